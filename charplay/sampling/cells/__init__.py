"""Recurrent cells on numpy, one file each.

A cell offers `GATES` and `PARTS`, `parameter_shapes`, `prepare` and `advance`: see `charplay.sampling.cell.Cell`.
"""
