"""Where texts come from: one file is one source.

A source has entries(paths), what it offers, found without reading any text; and read(entry, encoding, progress),
the text of one of them.
"""
