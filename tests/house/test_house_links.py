"""Links of the documents lead to a file and a heading that exist, and every page stands in the navigation."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
NAVIGATION = (ROOT / "mkdocs.yml").read_text().partition("\nnav:")[2]
OUTSIDE = ("https://", "http://", "mailto:")


def prose(text: str) -> str:
    """A page without its code, in which brackets are no links."""
    return re.sub(r"`[^`\n]+`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def links(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)", prose(text))
    return [link for link in found if not link.startswith(OUTSIDE)]


@cache
def anchors(path: Path) -> set[str]:
    """What Markdown's table of contents makes of the headings."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def anchor(heading: str) -> str:
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def faults(link: str, page: Path) -> str:
    """What is wrong with a link on a page; empty where it is right."""
    name, _, heading = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return f"{link}: there is no such file"
    if page.parent == DOCS and DOCS not in target.parents:
        return f"{link}: not in the site"
    if heading and heading not in anchors(target):
        return f"{link}: there is no such heading"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert not [wrong for link in links(page.read_text()) if (wrong := faults(link, page))]


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("RECIPES.md", ""),
        ("RECIPES.md#the-classics", ""),
        ("NONE.md", "no such file"),
        ("RECIPES.md#none", "no such heading"),
        ("../Makefile", "not in the site"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(link: str, wrong: str) -> None:
    (found,) = links(f"See [it]({link}), `[no](link)`.")
    assert wrong in faults(found, DOCS / "index.md")
    assert bool(faults(found, DOCS / "index.md")) == bool(wrong)


def test_the_navigation_has_every_page_once() -> None:
    named = re.findall(r": (\S+\.md)$", NAVIGATION, re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in DOCS.glob("*.md"))
