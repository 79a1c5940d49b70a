"""Decides whose requests are answered.

Every user of a machine reaches its loopback, and every page in a browser can ask it for something. So each request must
name the address that is served, come from no other page, and carry a cookie that only the token has bought.
"""

import secrets
from collections.abc import Sequence
from hmac import compare_digest


class Access:
    """The token of one server, and the cookie that it is exchanged for. Neither is written anywhere."""

    def __init__(self, hosts: Sequence[str]) -> None:
        """`hosts` are the values of the header Host that are served, such as 127.0.0.1:8000."""
        self._hosts = frozenset(host.lower() for host in hosts)
        self.token = secrets.token_urlsafe(32)
        self.cookie = secrets.token_urlsafe(32)
        self.cookie_name = f"charplay-{secrets.token_hex(4)}"
        """Its own for each server: a browser sends the cookies of one port to all ports of a machine."""

    def is_token(self, given: str) -> bool:
        """Whether this is the token; it takes as long whatever was given."""
        return compare_digest(given.encode(errors="replace"), self.token.encode())

    def refusal(self, host: str, origin: str | None, cookie: str | None, *, needs_origin: bool = False) -> str:
        """Return why a request is refused; nothing where it may be answered."""
        return self.foreign(host, origin, needs_origin=needs_origin) or (
            ""
            if compare_digest((cookie or "").encode(errors="replace"), self.cookie.encode())
            else "open the address that `charplay serve` printed: it has the token"
        )

    def foreign(self, host: str, origin: str | None, *, needs_origin: bool = False) -> str:
        """Return why a request comes from elsewhere: it names another address, or a page of another one sent it."""
        if host.lower() not in self._hosts:
            return "this address is not served; `charplay serve --address` names one behind a proxy"
        if origin is None:
            return "no page sent this" if needs_origin else ""
        scheme, _, sender = origin.lower().partition("://")
        return "" if scheme in {"http", "https"} and sender == host.lower() else "another page sent this"
