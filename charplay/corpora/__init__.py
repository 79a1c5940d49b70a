"""Texts: found, fetched, decoded, cleaned and encoded as ids."""
