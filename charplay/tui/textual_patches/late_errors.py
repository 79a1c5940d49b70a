"""Tells errors of widgets that are being taken away from errors of the program.

Textual ends the app for an exception in any handler, worker or timer, also of a dialog that was closed a moment
before and whose styles and children are gone. docs/TEXTUAL.md (late errors) has the text for upstream. Private parts
used: `active_message_pump`, which has whose handler runs, and `_pruning`, which marks a widget on its way out; the
place where it is asked is `App._handle_exception` (patched_app.py).
"""

import logging
import traceback

from textual._context import active_message_pump
from textual.dom import DOMNode
from textual.worker import active_worker

from charplay.formatting.sanitize import sanitize


def is_late() -> bool:
    """Return whether the widget that is at work now, or whose worker is, is being taken away, or the app has ended."""
    worker = active_worker.get(None)
    node = active_message_pump.get(None) if worker is None else worker.node
    return isinstance(node, DOMNode) and (node._pruning or not node.is_attached)  # noqa: SLF001


def log_error(error: Exception) -> None:
    """Write an error with its traceback to the log."""
    logging.getLogger("charplay").warning(sanitize("".join(traceback.format_exception(error)), "\n"))
