"""The page and the files that a browser loads: all from here, nothing from elsewhere."""

from html import escape
from importlib.resources import files
from string import Template
from typing import NamedTuple

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self' {websockets}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""xterm writes styles into its page, so these may stand in it."""

WATCHING = "You watch. Who came first types; once they have gone, you do."
ONLY_WATCHING = "You watch this run; keys do nothing here."


class File(NamedTuple):
    """A file that is served as it is."""

    content: bytes
    content_type: str


def load_files() -> dict[str, File]:
    """Read the files by the path at which they are served. ModuleNotFoundError without textual-serve."""
    ours, terminal = files("charplay.web"), files("textual_serve") / "static"
    return {
        "/page.css": File((ours / "page.css").read_bytes(), "text/css"),
        "/page.js": File((ours / "page.js").read_bytes(), "text/javascript"),
        "/xterm.css": File((terminal / "css" / "xterm.css").read_bytes(), "text/css"),
        "/textual.js": File((terminal / "js" / "textual.js").read_bytes(), "text/javascript"),
        "/roboto-mono.ttf": File((terminal / "fonts" / "RobotoMono-VariableFont_wght.ttf").read_bytes(), "font/ttf"),
    }


def entrance_page() -> str:
    """Return the page that a token opens.

    It goes on by itself: a cookie that is strict is not sent where another site's link is merely redirected.
    """
    return (files("charplay.web") / "entrance.html").read_text("utf-8")


def screen_page(title: str, websocket: str, visitor: str, *, typing: bool, font_size: int) -> str:
    """Return the page with the screen, for one visitor. `websocket` is its address; no token is in it."""
    page = Template((files("charplay.web") / "page.html").read_text("utf-8"))
    return page.substitute(
        title=escape(title),
        websocket=escape(websocket),
        visitor=escape(visitor),
        watching=WATCHING if typing else ONLY_WATCHING,
        font_size=font_size,
    )


def headers(host: str) -> dict[str, str]:
    """Return what every answer says: nothing is loaded from elsewhere, framed, kept or told to others."""
    return {
        "Content-Security-Policy": CSP.format(websockets=f"ws://{host} wss://{host}"),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
