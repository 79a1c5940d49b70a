"""A text explored: where one reads, what is searched, and the tables made of it."""
