"""A text becomes numbers."""
