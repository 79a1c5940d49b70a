"""What a loss on a text is worth: losses of simple predictors on the same held-out characters."""
