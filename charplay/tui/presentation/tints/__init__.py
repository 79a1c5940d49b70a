"""The tints of a text, one file each, found by listing this folder: a file's name is its tint's.

Each has a `TINT`: see `charplay.tui.presentation.tint`.
"""
