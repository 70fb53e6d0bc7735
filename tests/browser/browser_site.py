"""The library on a free port of this machine, and the list of its pages."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import waitress
from flask import abort

from library.permissions import public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

# Chromium without the windows that nobody sees here: the same engine, and a tab costs a third of the time. Where
# only the whole browser is installed, that will do.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# What there is to look at. Records are named that show every part a page can have.
PAGES = {
    "home": "/en/",
    "home, in Finnish": "/fi/",
    "search, everything": "/en/practices",
    "search, with words": "/sv/practices?q=hat",
    "search, with filters": "/en/practices?q=school&agency=schools&agency=police&together=agency",
    "search, page 2, by title": "/nb/practices?page=2&sort=title",
    "search, nothing found": "/is/practices?q=zzzqqqzzz&agency=schools",
    "search, too long a question": "/en/practices?q=" + "hate+" * 60,
    "search, one endless word": "/fi/practices?q=" + "rikoksentorjunta" * 12,
    "practice, with studies": "/en/practices/{studied}",
    "practice, a model": "/da/practices/{model}",
    "practice, in a language it is not written in": "/fi/practices/{foreign}",
    "agency": "/en/agencies/police",
    "gap map": "/en/map",
    "gap map, one theme, in Finnish": "/fi/map?theme=safe-online-sphere",
    "gap map, by prevention level": "/sv/map?by=prevention_level",
    "calls": "/en/calls",
    "municipalities": "/sv/municipalities",
    "municipality, with practices": "/en/municipalities/{busy}",
    "municipality, without": "/en/municipalities/{idle}",
    "about": "/en/about",
    "accessibility": "/nn/accessibility",
    "privacy": "/da/privacy",
    "sign in": "/en/account/sign-in",
    "400": "/en/failing/400",
    "403": "/en/failing/403",
    "404": "/en/practices/no-such-practice",
    "500": "/sv/failing/500",
    "503": "/en/failing/503",
}


def make_it_fail(app: Flask) -> None:
    """Give a library addresses that fail, to see what readers see then."""

    @app.get("/<lang:lang>/failing/<int:code>")
    @public
    def failing(code: int) -> str:
        if code == 500:
            raise RuntimeError("as wanted by a test")
        abort(code)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve a library on loopback and yield its address."""
    server: Any = waitress.create_server(
        app, host="127.0.0.1", port=0, threads=4, ident=None, clear_untrusted_proxy_headers=True
    )
    thread = threading.Thread(target=server.run, name="library-under-test")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: _close(server))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()


def _close(server: Any) -> None:
    """End the loop that a server runs in, from inside of it."""
    for channel in list(server.active_channels.values()):
        channel.close()
    server.close()
