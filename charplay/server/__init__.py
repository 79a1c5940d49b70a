"""A run behind a socket that only its user can open, and the trainer that a client's own playground uses."""
