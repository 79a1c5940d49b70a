"""Textual's insides are leaned on in one folder: nothing else imports or names its private parts."""

import ast
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from textual.app import App
from textual.containers import Container
from textual.dom import DOMNode
from textual.driver import Driver
from textual.events import Event
from textual.message_pump import MessagePump
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import DirectoryTree, Input, OptionList, Static, TextArea, Tree

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "charplay"
PATCHES = PACKAGE / "tui" / "textual_patches"
CLASSES = (App, Widget, Screen, ModalScreen, Input, Static, Container, ScrollView, OptionList, Tree, DirectoryTree,
           TextArea, Driver, MessagePump, DOMNode, Timer, Strip, Event, Reactive)  # fmt: skip
"""Those of Textual's whose private parts are looked for, wherever they are reached from."""
HANDLER = re.compile(r"_on_[a-z_]+")
"""Handlers may be private: Textual calls every class's own, and documents it."""


@cache
def parts_of(cls: type) -> frozenset[str]:
    """The private names that a class of Textual defines itself: in its body, or by setting them on itself."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError):
        tree = ast.parse("")
    set_here = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and of_itself(node)}
    return frozenset(name for name in {*vars(cls), *set_here} if is_private(name))


def of_itself(node: ast.Attribute) -> bool:
    """Whether it is an attribute of `self`, `cls` or `super()`."""
    match node.value:
        case ast.Name(id="self" | "cls"):
            return True
        case ast.Call(func=ast.Name(id="super")):
            return True
    return False


def is_private(name: str) -> bool:
    """Whether it begins with one underscore; a handler is none of the private ones."""
    return name.startswith("_") and not name.startswith("__") and not HANDLER.fullmatch(name)


def textual_parts(cls: type) -> frozenset[str]:
    """The private names that a class has from Textual."""
    return frozenset().union(*(parts_of(base) for base in cls.__mro__ if base.__module__.startswith("textual")))


EVERYWHERE = frozenset().union(*(textual_parts(cls) for cls in CLASSES))


def own_names(tree: ast.Module) -> set[str]:
    """The names that the file's own classes, functions and variables have."""
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    stored = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and of_itself(node)
              and isinstance(node.ctx, ast.Store)}  # fmt: skip
    return defined | named | stored


def offences(source: str, where: str, classes: dict[str, type]) -> Iterator[str]:
    """What a file names of Textual's insides; `classes` are its own, by name.

    A class may have no name that a class of Textual above it uses for itself, be it on purpose or by chance; and nobody
    may reach for such a name of another object.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        modules = [node.module] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (f"{where}: {name}" for name in modules if name and re.match(r"textual\b.*\._", name))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in classes:
            theirs = textual_parts(classes[node.name])
            used = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute) and of_itself(each)}
            used |= {each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
            used |= {name for each in node.body if isinstance(each, ast.Assign | ast.AnnAssign)
                     for name in own_names(ast.Module([each], []))}  # fmt: skip
            yield from (f"{where}: {node.name}.{name}" for name in sorted(used & theirs))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    reached = {
        node.attr for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and not of_itself(node) and ast.unparse(node.value) not in imported
    }  # fmt: skip
    yield from (f"{where}: .{name}" for name in sorted((reached & EVERYWHERE) - own_names(tree)))


def searched() -> list[Path]:
    """Every file of the package outside of the folder."""
    return sorted(path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(PATCHES))


def offences_of(path: Path) -> set[str]:
    """What a file of the package names of Textual's insides."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    imported = path.is_relative_to(PACKAGE / "tui") and path.name != "__main__.py"
    module = importlib.import_module(name.removesuffix(".__init__")) if imported else sys
    classes = {each.__name__: each for each in vars(module).values() if isinstance(each, type)}
    classes = {name: each for name, each in classes.items() if each.__module__ == module.__name__}
    return set(offences(path.read_text(), path.relative_to(ROOT).as_posix(), classes))


def test_nothing_outside_the_folder_names_textuals_insides() -> None:
    found = {offence for path in searched() for offence in offences_of(path)}
    assert found == set()


class Ours(Widget):
    """A class of ours, as `SABOTAGE` has it."""


SABOTAGE = {
    "import textual._compositor": "a.py: textual._compositor",
    "from textual._context import active_app": "a.py: textual._context",
    "from textual.drivers._writer_thread import WriterThread": "a.py: textual.drivers._writer_thread",
    "def look(app): return app._driver": "a.py: ._driver",
    "def look(self): return self.app._exit": "a.py: ._exit",
    "class Ours(Widget):\n def look(self): return self._pruning": "a.py: Ours._pruning",
    "class Ours(Widget):\n def __init__(self): self._styles_cache = None": "a.py: Ours._styles_cache",
    "class Ours(Widget):\n def _size_updated(self, *_): super()._size_updated(*_)": "a.py: Ours._size_updated",
    "class Ours(Widget):\n def _size_updated(self, *_): return False": "a.py: Ours._size_updated",
    "class Ours(Widget):\n _cover = None": "a.py: Ours._cover",
}


@pytest.mark.parametrize("source", SABOTAGE)
def test_what_names_them_is_found(source: str) -> None:
    assert SABOTAGE[source] in set(offences(source, "a.py", {"Ours": Ours}))


@pytest.mark.parametrize(
    "source",
    [
        "from textual.widget import Widget",
        "class Ours(Widget):\n def _on_mount(self): self._rows_of_ours = 1",
        "class Ours(Widget):\n def look(self): return self.__dict__",
        "class Plain:\n def __init__(self): self._size = 3\n def same(self, other): return other._size == self._size",
        "import textual_fastdatatable._backend",
        "import os\nos._exit(1)",
    ],
)
def test_what_names_none_is_not(source: str) -> None:
    assert not set(offences(source, "a.py", {"Ours": Ours}))


def test_the_private_parts_are_known_at_all() -> None:
    assert {"_driver", "_exit", "_display", "_handle_exception"} <= textual_parts(App)
    assert {"_pruning", "_compositor", "_forward_event"} <= textual_parts(Screen)
    assert {"_down_buttons", "_mouse"} <= EVERYWHERE
    assert len(searched()) > 100
