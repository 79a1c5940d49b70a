"""The network writes, on numpy alone."""
