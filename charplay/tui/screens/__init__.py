"""What is laid over the main screen, and the main screen."""
