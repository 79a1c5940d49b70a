"""Optimizers: one file is one optimizer, `build(network, recipe, fused=...)`."""
