"""Rebinds one command of several on a key: Textual's key map takes the key away from all of them.

On the main screen a key means something else in each pane, so several bindings share it; and where a rebound command
gets a key that another has, Textual's map drops the other one. docs/TEXTUAL.md (keymap) has the text for upstream.
Public parts used: `BindingsMap.apply_keymap`, which is replaced for the whole process.
"""

from textual.binding import Binding, BindingsMap, Keymap, KeymapApplyResult


def patch_keymap() -> None:
    """Have a key map move its own bindings alone; may be called again."""
    BindingsMap.apply_keymap = _apply_keymap  # type: ignore[method-assign]


def _apply_keymap(self: BindingsMap, keymap: Keymap) -> KeymapApplyResult:
    """Move the bindings whose ids the map has; on a key that others have, too, they come first, as the map has them."""
    order = {name: at for at, name in enumerate(keymap)}
    kept: dict[str, list[Binding]] = {}
    moved: dict[str, list[Binding]] = {}
    for key, found in self.key_to_bindings.items():
        for binding in found:
            if not (wanted := keymap.get(binding.id or "")):
                kept.setdefault(key, []).append(binding)
                continue
            for new in wanted.split(","):
                there = moved.setdefault(new, [])
                if all(each.id != binding.id for each in there):  # it may have had several keys
                    there.append(binding.with_key(new, None))
    for found in moved.values():
        found.sort(key=lambda each: order[each.id or ""])
    self.key_to_bindings = {key: [*moved.get(key, ()), *kept.get(key, ())] for key in kept | moved}
    return KeymapApplyResult(set())
