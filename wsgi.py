"""Composition root: settings meet application.

Servers load ``wsgi:app``; the ``library`` command is ``wsgi:command``.
"""

from __future__ import annotations

from flask.cli import FlaskGroup

from config import from_environment
from library.app import create_app

app = create_app(from_environment())
command = FlaskGroup(create_app=lambda: app, add_default_commands=False, add_version_option=False)
