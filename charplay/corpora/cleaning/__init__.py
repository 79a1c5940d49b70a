"""Cleaning rules: one module is one rule.

A rule has `DESCRIPTION`, one line for the form; `ALPHABET`, the characters it leaves, or None; `PIECEWISE`, whether a
text may be cleaned in pieces of whole lines; and `clean(text)`, which is idempotent.

`APPLIES_TO_INPUT` says whether a prompt, a typed text and a scored text go through it, too: only a rule that maps each
character whatever stands around it (but for the form of a final sigma) may, and none that cuts. Such a rule has
`PARTICIPLE`, what it did to a text, as in "lowercased".
"""
