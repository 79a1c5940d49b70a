"""Recurrent cells: one file is a cell's torch layer; its numpy step has the same name in `sampling/cells`."""
