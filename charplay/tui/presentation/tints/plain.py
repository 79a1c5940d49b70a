"""Leaves a text as it is."""

from charplay.tui.presentation.tint import Tint

TINT = Tint(place=90, sentence="not tinted")
