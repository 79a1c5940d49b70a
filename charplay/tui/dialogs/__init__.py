"""What is asked or shown over the main screen. Each dialog is dismissed with its answer, or with None."""
