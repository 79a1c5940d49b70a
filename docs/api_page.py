"""Makes the page of the Python API from the public names, their signatures and docstrings."""

import inspect
import re
from collections.abc import Iterator

import charplay

HEAD = """\
# Python API

`import charplay` offers these names and loads nothing heavy; `make reference` writes this page from their docstrings.
The [first page](index.md#from-python) has an example, and [notebook.ipynb](notebook.ipynb) runs in half a minute.
"""
SECTIONS = ("Args:", "Returns:", "Yields:", "Raises:", "Attributes:")


def page() -> str:
    """Make the whole page."""
    public = [(name, getattr(charplay, name)) for name in charplay.__all__]
    functions = [(name, one) for name, one in public if inspect.isfunction(one)]
    classes = [(name, one) for name, one in public if inspect.isclass(one)]
    parts = [HEAD, "## Functions\n", *(_entry("###", f"charplay.{name}", one) for name, one in functions)]
    parts.append("## What they return and raise\n")
    for name, one in classes:
        parts.append(f"### {name}\n\n{_prose(one)}\n")
        members = [(key, each) for key, each in vars(one).items() if not key.startswith("_")]
        parts += [
            _entry("####", f"{name}.{key}", each)
            for key, each in members
            if isinstance(each, property) or inspect.isfunction(each)
        ]
    return "\n".join(parts)


def _entry(level: str, name: str, one: object) -> str:
    """Write a function, method or property: its signature, and its docstring."""
    signature = _signature(name, one) if callable(one) else name
    return f"{level} {name.rpartition('.')[2]}\n\n```python\n{signature}\n```\n\n{_prose(one)}\n"


def _signature(name: str, one: object) -> str:
    """Write a parameter a line, annotations as they stand in the source."""
    found = inspect.signature(one)  # type: ignore[arg-type]  # asked only of what can be called
    lines, starred = [], False
    for each in found.parameters.values():
        if each.name == "self":
            continue
        if each.kind is each.KEYWORD_ONLY and not starred:
            lines.append("*")
        starred = starred or each.kind in (each.KEYWORD_ONLY, each.VAR_POSITIONAL)
        lines.append(_plain(str(each)))
    returns = "" if found.return_annotation is found.empty else f" -> {_plain(_name(found.return_annotation))}"
    inner = "".join(f"\n    {line}," for line in lines)
    return f"{name}({inner}\n){returns}" if lines else f"{name}(){returns}"


def _name(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _plain(text: str) -> str:
    """Leave out the quotes of annotations that are strings, and the module of what a module before it has."""
    return (
        re.sub(r"(^|: )'([^']+)'", r"\1\2", text).replace("charplay.api.model.", "").replace("charplay.api.curves.", "")
    )


def _prose(one: object) -> str:
    return "\n".join(_lines(inspect.getdoc(one) or ""))


def _lines(docstring: str) -> Iterator[str]:
    """Give a docstring's lines, with the entries of its sections as lists."""
    section = False
    for line in docstring.splitlines():
        if line in SECTIONS:
            section = True
            yield f"*{line.rstrip(':')}*\n"
        elif section and (entry := re.match(r" {4}(\S[^:]*): (.*)", line)):
            yield f"- `{entry[1]}`: {entry[2]}"
        else:
            yield f"  {line.strip()}" if section and line else line
