"""Recurrent cells on numpy, one file each.

A cell offers `GATES` and `PARTS`, `prepare` and `advance`: see `charplay.sampling.cell.Cell`.
"""
