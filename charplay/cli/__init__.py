"""The command line: `charplay` and its verbs."""
