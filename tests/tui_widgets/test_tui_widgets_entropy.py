"""The tint by entropy, which is one file."""

from scripted_models import reciter
from textual.color import Color

from charplay.sampling.generator import TextGenerator
from charplay.tui.presentation.tinting import PLAIN, palette, tint_number, tint_numbers, tints
from charplay.tui.presentation.tints.entropy import MOST_BITS

VERSE = "to be or not to be\n"


def test_it_stands_before_the_text_as_it_is() -> None:
    assert tints()[-2:] == ("entropy", "plain")


def test_it_is_the_bluer_the_less_the_network_knew() -> None:
    styles = palette(Color.parse("#d8dbe2"), dark=True)
    shown = [Color.from_rich_color(styles[tint_number("entropy", bits)].color) for bits in (0.0, 1.0, 3.0, MOST_BITS)]
    assert [colour.hex for colour in (shown[0], shown[-1])] == ["#D8DBE2", "#4F9DFF"]
    assert [colour.r for colour in shown] == sorted((colour.r for colour in shown), reverse=True)
    assert tint_number("entropy", float("nan")) == PLAIN

    generator = TextGenerator(reciter(VERSE))
    generator.advance(10.0, 12)
    bits = [each.entropy for each in (generator.transcript[at] for at in range(len(generator.transcript)))]
    assert min(bits) < max(bits)
    assert tint_numbers("entropy", generator.transcript, 0, 12) == [tint_number("entropy", each) for each in bits]
