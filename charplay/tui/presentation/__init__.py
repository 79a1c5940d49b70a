"""State as rows of cells, ready to be drawn. Pure: no widget, no screen."""
