"""Bulk work: batches from the file to the end, and back."""

from __future__ import annotations

from flask import Blueprint

from library.web import never_stored

blueprint = Blueprint("batches", __name__, url_prefix="/<lang:lang>/curate/batches")
blueprint.after_request(never_stored)
