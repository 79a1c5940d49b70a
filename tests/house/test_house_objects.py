"""Three laws that slicing a class into files cannot meet: how long an object is, how deep its chain, whom it keeps."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import pytest

import charplay

ROOT = Path(charplay.__file__).parent.parent
LONGEST = 400
"""Source lines of an object, those of its bases in charplay counted."""
DEEPEST = 2
"""Classes of charplay with method bodies in an object's chain, itself included."""
MOST_WISHES = 10
"""What a controller may ask of the screen."""


LAYERS = (
    "charplay.tui.textual_patches", "charplay.tui.widgets", "charplay.tui.presentation", "charplay.tui.dialogs",
    "charplay.tui.panes", "charplay.tui.controllers", "charplay.tui.screens", "charplay.tui.app",
)  # fmt: skip
"""Inside the screen's room, from below. What is elsewhere in it stands beneath, and the other rooms beneath that."""


def layer(module: str) -> int:
    """How high a module stands."""
    at = next((at for at, name in enumerate(LAYERS) if module == name or module.startswith(f"{name}.")), None)
    return 1 + at if at is not None else 0 if module.startswith("charplay.tui.") else -1


@dataclass
class Class:
    """A class of charplay, as it is written."""

    name: str
    module: str
    node: ast.ClassDef
    bases: list["Class"] = field(default_factory=list)

    @cached_property
    def chain(self) -> list["Class"]:
        """Itself and all its bases in charplay, each once."""
        found = {self.name: self}
        for base in self.bases:
            found |= {each.name: each for each in base.chain}
        return list(found.values())

    @property
    def lines(self) -> int:
        """Source lines, docstrings and all."""
        return (self.node.end_lineno or 0) - self.node.lineno + 1

    @property
    def methods(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Those that it defines."""
        return [each for each in self.node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]

    @property
    def has_bodies(self) -> bool:
        """Whether one of its methods does anything."""
        return any(not _is_stub(statement) for method in self.methods for statement in method.body)

    @property
    def kept(self) -> list[ast.expr]:
        """The annotations of its fields, and of the parameters that its methods make attributes of."""
        fields = [each.annotation for each in self.node.body if isinstance(each, ast.AnnAssign)]
        return fields + [annotation for method in self.methods for annotation in _kept(method)]

    @property
    def is_protocol(self) -> bool:
        """Whether it only says what others have."""
        return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in self.node.bases)


def _is_stub(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


class House:
    """Every class of charplay, by its full name; built from sources, so that a test may put in a bad one."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._trees = {module: _parsed(text) for module, text in sources.items()}
        self._names = {module: dict(_imports(tree)) for module, tree in self._trees.items()}
        self.classes: dict[str, Class] = {}
        for module, tree in self._trees.items():
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    name = f"{module}.{node.name}"
                    self.classes[name] = Class(name, module, node)
                    self._names[module][node.name] = name
        for each in self.classes.values():
            each.bases = [base for node in each.node.bases for base in self.named(each.module, _head(node))]

    def named(self, module: str, expression: ast.expr) -> list[Class]:
        """The classes of charplay that an expression in a module names; a text is read as an annotation."""
        words: list[str] = []
        for node in ast.walk(expression):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words += re.findall(r"\w+", node.value)
            elif isinstance(node, ast.Name):
                words.append(node.id)
        names = (self._names[module].get(word, "") for word in words)
        return [self.classes[name] for name in names if name in self.classes]

    def too_long(self) -> set[str]:
        """Objects of more than so many lines."""
        return {name for name, each in self.classes.items() if sum(one.lines for one in each.chain) > LONGEST}

    def too_deep(self) -> set[str]:
        """Objects with too long a chain."""
        return {name for name, each in self.classes.items() if sum(one.has_bodies for one in each.chain) > DEEPEST}

    def keepers(self) -> set[str]:
        """Classes that keep an object from a higher layer, and know it by its class."""
        return {
            name
            for name, each in self.classes.items()
            for annotation in each.kept
            for owner in self.named(each.module, annotation)
            if layer(owner.module) > layer(each.module) and not owner.is_protocol
        }

    def controllers(self) -> list[Class]:
        """Whatever is a controller."""
        base = "charplay.tui.controllers.base.Controller"
        return [each for each in self.classes.values() if base in {one.name for one in each.chain}]

    def built_otherwise(self) -> set[str]:
        """Controllers that are built from more than the playground and the `Ui`."""
        return {
            each.name
            for each in self.controllers()
            for method in each.methods
            if method.name == "__init__" and [one.arg for one in method.args.args] != ["self", "playground", "ui"]
        }


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _head(base: ast.expr) -> ast.expr:
    """`Dialog` of `Dialog[str]`."""
    return base.value if isinstance(base, ast.Subscript) else base


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _kept(method: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """The annotations of parameters that a method makes attributes of."""
    arguments = [*method.args.args, *method.args.kwonlyargs]
    annotations = {each.arg: each.annotation for each in arguments if each.annotation is not None}
    for node in ast.walk(method):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(part, ast.Attribute) for target in targets for part in ast.walk(target)):
                for name in ast.walk(node.value):
                    if isinstance(name, ast.Name) and name.id in annotations:
                        yield annotations[name.id]


def sources() -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / "charplay").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text()
    return found


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return sources()


@pytest.fixture(scope="module")
def house(written: dict[str, str]) -> House:
    return House(written)


def test_the_house_is_read_as_it_is(house: House) -> None:
    from charplay.tui.dialogs.branches import BranchesDialog
    from charplay.tui.screens.main import MainScreen

    for real in (MainScreen, BranchesDialog):
        name = f"{real.__module__}.{real.__qualname__}"
        ours = {
            f"{one.__module__}.{one.__qualname__}" for one in real.__mro__ if one.__module__.startswith("charplay.")
        }
        assert {one.name for one in house.classes[name].chain} == ours


def test_no_object_is_long(house: House) -> None:
    assert house.too_long() == set()


def test_no_chain_is_deep(house: House) -> None:
    assert house.too_deep() == set()


def test_nothing_keeps_its_owner_but_through_a_protocol(house: House) -> None:
    assert house.keepers() == set()


def test_a_controller_is_built_from_the_playground_and_the_ui_alone(house: House) -> None:
    assert house.built_otherwise() == set()


def test_the_screen_is_asked_for_few_things(house: House) -> None:
    wishes = house.classes["charplay.tui.controllers.base.Ui"]
    assert wishes.is_protocol
    assert not wishes.has_bodies
    assert len(wishes.methods) <= MOST_WISHES


BAD = "charplay.tui.widgets.bad"


def with_bad(written: dict[str, str], text: str, module: str = BAD) -> House:
    return House({**written, module: text})


def test_a_long_object_is_found_however_it_is_cut(written: dict[str, str]) -> None:
    body = "\n".join(f"    attribute_{number} = {number}" for number in range(210))
    house = with_bad(written, f"class First:\n{body}\n\n\nclass Second(First):\n{body}\n")
    assert house.too_long() == {f"{BAD}.Second"}


def test_a_deep_chain_is_found_also_through_mix_ins_and_other_files(written: dict[str, str]) -> None:
    text = """
from typing import Protocol

from charplay.tui.dialogs.choice import ChoiceDialog

class Says(Protocol):
    def say(self) -> str:
        '''Nothing.'''

class Name(ChoiceDialog, Says):
    title = "a name alone is free"

class Deep(Name):
    def say(self) -> str:
        return ""
"""
    assert with_bad(written, text).too_deep() == {f"{BAD}.Deep"}


@pytest.mark.parametrize("annotation", ["TextPane", '"TextPane"', '"TextPane | None"'])
def test_whoever_keeps_a_pane_from_below_is_found(written: dict[str, str], annotation: str) -> None:
    text = f"""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.tui.panes.text import TextPane

class Keeper:
    def __init__(self, owner: {annotation}) -> None:
        self._owner = owner

class Held:
    owner: {annotation}

class Asker:
    def __init__(self, owner: {annotation}) -> None:
        self.width = 3
        print(owner)
"""
    assert with_bad(written, text).keepers() == {f"{BAD}.Keeper", f"{BAD}.Held"}
    playground = "charplay.playground.bad"
    assert with_bad(written, text, playground).keepers() == {
        f"{playground}.Keeper",
        f"{playground}.Held",
    }


def test_a_controller_that_wants_more_is_found(written: dict[str, str]) -> None:
    text = """
from charplay.tui.controllers.base import Controller

class Greedy(Controller):
    def __init__(self, playground, ui, screen):
        super().__init__(playground, ui)
"""
    module = "charplay.tui.controllers.bad"
    assert with_bad(written, text, module).built_otherwise() == {f"{module}.Greedy"}


def rootless_errors(house: House) -> set[str]:
    """Public errors that are no `CharplayError`; those of Python's own kinds are for the code that catches them."""
    return {
        name
        for name, each in house.classes.items()
        if [base.id for base in each.node.bases if isinstance(base, ast.Name)] == ["Exception"]
        and name.rpartition(".")[2].endswith("Error")
        and not name.rpartition(".")[2].startswith("_")
        and name != "charplay.errors.CharplayError"
    }


def test_whatever_a_user_can_cause_is_one_kind_of_error(house: House) -> None:
    assert not rootless_errors(house)


def test_an_error_of_another_kind_is_found() -> None:
    assert rootless_errors(House({"charplay.a": "class AError(Exception): pass\nclass _BError(Exception): pass"})) == {
        "charplay.a.AError"
    }
