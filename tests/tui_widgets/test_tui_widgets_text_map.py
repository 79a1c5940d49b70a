"""The map of a text as it is drawn."""

from charplay.formatting.ascii_fallback import to_ascii
from charplay.tui.widgets.text_map import SIGNS, UNKNOWN, UNREAD, sign


def test_every_band_has_a_sign_of_its_own_without_colour_and_in_ascii() -> None:
    signs = [sign(band) for band in range(-2, len(SIGNS))]
    assert signs[:2] == [UNKNOWN, UNREAD]
    assert len(set(signs)) == len(signs)
    assert len({*map(to_ascii, signs)}) == len(signs)
