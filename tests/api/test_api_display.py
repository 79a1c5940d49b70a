"""What a notebook shows: pictures and texts, with nothing in them that a text could have put there."""

from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import tiny_checkpoint

import charplay
from charplay.api.display import MOST_CHARACTERS, tinted_html
from charplay.formatting.sanitize import sanitize
from charplay.protocol.events import Started
from charplay.runs.home import Home
from charplay.runs.run import Run


class Read(HTMLParser):
    """The tags and the texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, str]] = []
        self.shown: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(f"{name}" for name, _ in attrs)))  # type: ignore[arg-type]

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


@given(st.text(st.characters(exclude_categories=["Cs", "Mn", "Me"])), st.integers(0, 5))
def test_no_text_becomes_markup_and_all_of_it_is_shown(text: str, prompt: int) -> None:
    bits = np.linspace(-1, 12, len(text)).tolist()
    page = Read(tinted_html(text, bits, prompt=min(prompt, len(text)), remark=text))
    assert set(page.tags) <= {("div", "style"), ("span", "style")}
    shown = "".join(page.shown)
    assert shown.startswith(sanitize(text, newline="\n"))
    assert shown.endswith(sanitize(text, newline="\n"))


def test_a_surprise_is_the_redder_the_larger_it_is() -> None:
    page = tinted_html("abcd", [float("nan"), 0.0, 4.0, 9.0])
    assert "'>ab<span style='background:rgba(220,60,40,0.35)'>c</span>" in page
    assert "<span style='background:rgba(220,60,40,0.70)'>d</span>" in page


def test_a_long_text_is_cut_and_says_so() -> None:
    page = Read(tinted_html("x" * (MOST_CHARACTERS + 1234), [1.0] * (MOST_CHARACTERS + 1234)))
    assert page.shown[0] == "x" * MOST_CHARACTERS
    assert page.shown[1] == "1,234 more characters"


def test_a_sample_and_a_surprisal_are_shown_tinted(checkpoint: Path) -> None:
    model = charplay.load(checkpoint)
    sample = model.sample("<b>ÿ", 30)
    page = Read(sample._repr_html_())
    assert "".join(page.shown).startswith(sanitize(sample.text, newline="\n"))
    assert "ÿ" in page.shown[-1]
    assert "the fox" in "".join(Read(model.surprisal("the fox")._repr_html_()).shown)


@pytest.fixture
def run(home: Home) -> Run:
    made = tiny_checkpoint()
    run = Run.create(
        home.checkpoints, asked=made.recipe, resolved=made.recipe, corpus=made.corpus, vocabulary=made.vocabulary,
        facts={}, name="mine",
    )  # fmt: skip
    run.append("metrics", [{"step": n, "epoch": n / 9, "seconds": n, "train_loss": 3 / n} for n in range(1, 9)])
    run.append("metrics", [{"step": n, "epoch": n / 9, "seconds": n, "val_loss": 3 / n} for n in (4, 8)])
    return run


def test_curves_are_a_picture(run: Run) -> None:
    drawn = charplay.curves(run.name)
    assert drawn.runs == (run.name,)
    root = ElementTree.fromstring(drawn._repr_svg_())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = " ".join(each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "Loss, nats a character" in texts
    assert run.name in texts
    assert charplay.curves(run.folder, run.folder, quantity="bits", across="epoch").svg != drawn.svg


def test_what_cannot_be_drawn_is_one_sentence(run: Run) -> None:
    for wrong, sentence in (
        ({"quantity": "los"}, "quantity is one of loss, bits"),
        ({"across": "steps"}, "across is one of step"),
    ):
        with pytest.raises(charplay.CharplayError, match=sentence):
            charplay.curves(run.name, **wrong)
    with pytest.raises(charplay.CharplayError, match="name at least one run"):
        charplay.curves()
    with pytest.raises(charplay.CharplayError, match="there is no run"):
        charplay.curves("nothing")


def test_a_training_shows_its_curves_once_it_has_begun(pangram: str) -> None:
    training = charplay.train(pangram, steps=4, hidden_size=8, device="cpu", threads=1, log_every=1)
    assert training._repr_html_() is None
    while not isinstance(next(training), Started):
        pass
    training.result()
    assert "<svg" in (training._repr_html_() or "")
