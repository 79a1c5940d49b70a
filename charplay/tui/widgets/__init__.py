"""Widgets that any pane may hold; none knows the app above it."""
