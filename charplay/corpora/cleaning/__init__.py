"""Cleaning rules: one module is one rule.

A rule has `DESCRIPTION`, one line for the form; `ALPHABET`, the characters it leaves, or None; `PIECEWISE`, whether a
text may be cleaned in pieces of whole lines; and `clean(text)`, which is idempotent.
"""
