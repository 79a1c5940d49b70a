"""What to build and how to train it."""
