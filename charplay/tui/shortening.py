"""Names that are too long for their place. What tells them apart stands at their ends, so the middle gives way."""

from rich.cells import cell_len, set_cell_size

from charplay.tui.visible import plain


def shorten(name: str, width: int) -> str:
    """Outside text on one line, in at most `width` cells: of a longer one its beginning and its end."""
    shown = plain(name)
    if cell_len(shown) <= width:
        return shown
    if width < 1:
        return ""
    tail = width // 2
    head = width - 1 - tail
    return f"{set_cell_size(shown, head).rstrip()}…{set_cell_size(shown[::-1], tail)[::-1].lstrip()}"
