"""The network learns. The only room that knows torch."""
