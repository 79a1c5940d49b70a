"""Sources of texts: one module is one source.

A source has `entries(paths)`, which lists its texts without reading any, and `read(entry, encoding, progress)`, which
reads one of them.
"""
