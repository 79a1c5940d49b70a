"""Draws charts as grids of characters: numbers in, cells out. Needs numpy and no screen."""
