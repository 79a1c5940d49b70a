"""What crosses between the training thread and the rest: plain frozen values."""
