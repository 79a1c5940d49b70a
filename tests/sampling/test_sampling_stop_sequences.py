"""Stop texts end a text exactly where one of them stands for the first time."""

from hypothesis import given
from hypothesis import strategies as st

from charplay.formatting.escapes import showable
from charplay.sampling.stop_sequences import StopSequences, clean_stop_texts, format_stop_texts, parse_stop_texts

TEXTS = st.text("ab\n", max_size=12)


@given(st.lists(TEXTS, max_size=3), TEXTS)
def test_it_ends_at_the_first_place_where_one_ends(stops: list[str], text: str) -> None:
    watch = StopSequences(stops)
    ended = [at for at, character in enumerate(text, 1) if watch.ended(character)]
    assert ended == [at for at in range(1, len(text) + 1) if any(each and text[:at].endswith(each) for each in stops)]


def test_stop_texts_are_cleaned_as_the_training_text_was() -> None:
    assert clean_stop_texts(["The End", "fin"], ["lowercase"]) == (
        ("the end", "fin"), "the end|fin, lowercased as in training",
    )  # fmt: skip
    assert clean_stop_texts(["the end", "fin"], ["lowercase"]) == (("the end", "fin"), "")


@given(st.lists(st.text(min_size=1, max_size=5) | st.sampled_from(["|", "a|b", "\t", "\\n", "\u0301"]), max_size=4))
def test_stop_texts_are_read_as_they_are_written(texts: list[str]) -> None:
    texts = ["".join(character for character in text if not "\ud800" <= character < "\ue000") for text in texts]
    written = format_stop_texts(text for text in texts if text)
    assert parse_stop_texts(written) == tuple(text for text in texts if text)
    assert showable(written) == written, "nothing of it changes in a field"
