"""The panes of the main screen: each owns its insides and sends messages up."""
