"""Commands to a trainer and events from it: frozen values, the only ones that cross to and from the training thread."""
