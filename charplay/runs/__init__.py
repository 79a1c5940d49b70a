"""Runs on disk: folders, checkpoints, metrics, locks, and the store that lists them."""
