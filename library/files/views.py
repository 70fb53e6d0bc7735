"""Attachments as downloads."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("files", __name__, url_prefix="/files")
