"""Who counts as a reader: a browser of somebody who reads. Robots, fetches ahead and those at the desk do not.

Robots that pass themselves off as browsers count; nothing that keeps no identity can tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final

from flask import request
from flask_login import current_user

from library.permissions import Permission, permits, roles_of

# Every browser since the nineties says that it is Mozilla, but for old Operas; most robots do not.
_BROWSER: Final = re.compile(r"(?:Mozilla|Opera)/\d")
# Those that do, name themselves behind it. Cubot makes telephones.
_ROBOT: Final = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|scrap|headless|phantom|lighthouse|pagespeed|preview|monitor|uptime|pingdom|feed"
    r"|rss|curl|wget|python|java/|go-http|http-?client|validator|checker|facebookexternalhit|embedly|heritrix|nutch"
    r"|google-|mediapartners|fetch|scan",
    re.IGNORECASE,
)
_AHEAD: Final = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_FETCHED_AHEAD: Final = re.compile("prefetch|prerender|preview", re.IGNORECASE)
_LONGEST: Final = 300  # characters of what a browser says of itself
_KNOWN: Final[dict[str, bool]] = {}  # what browsers say of themselves -> whether they are any
_MOST_KNOWN: Final = 2_000


def reader() -> str | None:
    """Return what tells the reader of this request from others for today, or ``None`` where nobody is to be counted.

    It is network and browser together. It is never kept: see ``heap.Today.mark``.
    """
    environ = request.environ  # a quarter of what it costs to ask for each header
    agent = environ.get("HTTP_USER_AGENT", "")[:_LONGEST]
    if environ["REQUEST_METHOD"] != "GET" or not _is_browser(agent) or _is_ahead(environ):
        return None
    if permits(roles_of(current_user), Permission.REVIEW_SUBMISSIONS):
        return None
    return f"{_network(environ.get('REMOTE_ADDR', ''))}|{agent}"


def _is_browser(agent: str) -> bool:
    known = _KNOWN.get(agent)
    if known is None:
        known = bool(_BROWSER.match(agent)) and not _ROBOT.search(agent)
        if len(_KNOWN) < _MOST_KNOWN:
            _KNOWN[agent] = known
    return known


def _is_ahead(environ: Mapping[str, Any]) -> bool:
    """Return whether a browser fetches a page that nobody has asked for yet."""
    return any(name in environ and _FETCHED_AHEAD.search(environ[name]) for name in _AHEAD)


def _network(address: str) -> str:
    """Return an address; of IPv6 the half that a household or an office shares, for the rest is theirs to change."""
    if ":" not in address:
        return address
    try:
        return ip_address(address.partition("%")[0]).packed[:8].hex()
    except ValueError:
        return address
