"""Cleaning rules: one module is one rule.

A rule has `DESCRIPTION`, one line for the form; `ALPHABET`, the characters it leaves, or None; `PIECEWISE`, whether a
text may be cleaned in pieces of whole lines; and `clean(text)`, which is idempotent.

A rule that must see the whole text, and not as one string, has `clean_pieces(text, progress, **arguments)` instead. It
may have `PARAMETERS` (`fs/entry_calls.py`), its arguments, and then `EXAMPLE`, how it is written with some. One whose
arguments count the original's characters has `COUNTS_ORIGINAL`: it goes before all others. One that would do another
thing to another text, such as counting that, has `OF_ITS_TEXT`: a text beside the one that is learned does not go
through it.

`APPLIES_TO_INPUT` says whether a prompt, a typed text and a scored text go through it, too: only a rule that maps each
cluster, a character with the marks on it, whatever stands around it (but for the form of a final sigma) may, and none
that cuts. Such a rule has `PARTICIPLE`, what it did to a text, as in "lowercased".
"""
