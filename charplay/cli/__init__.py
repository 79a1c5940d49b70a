"""The front door: `charplay` and its verbs."""
