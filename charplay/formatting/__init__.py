"""Text made safe for a terminal, shortened to its place, and numbers written with their units."""
