"""Cleaning rules: one file is one rule.

A rule has DESCRIPTION, one line for the form; ALPHABET, the characters it leaves, or None; PIECEWISE, whether a text
may be cleaned in pieces that end with a line; and clean(text), which done twice does no more than done once.
"""
