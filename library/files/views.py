"""Attachments as downloads."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, request
from flask_login import current_user
from werkzeug.wsgi import wrap_file

from library.attachments.storage import store_of_app
from library.errors import NotFound
from library.extensions import db
from library.files import queries
from library.models import Attachment
from library.permissions import public

blueprint = Blueprint("files", __name__, url_prefix="/files")

KEPT: Final = timedelta(hours=1)  # by browsers and proxies; an erased practice's files are gone from them after it
POLICY: Final = "default-src 'none'; sandbox"


@blueprint.get("/<key:key>")
@public
def download(key: str) -> Response:
    """Hand out a file: those of published practices to everybody, others to who may read the submission."""
    person = current_user if request.cookies and current_user.is_authenticated else None
    attachment, everybody = queries.readable(db.session, key, actor=person)
    answer = _streamed(attachment)
    kept = f"public, max-age={int(KEPT.total_seconds())}"
    answer.headers["Cache-Control"] = kept if everybody else "private, no-store"
    return answer


def _streamed(attachment: Attachment) -> Response:
    """Return a file as an answer that is read while it is sent; parts and unchanged files are known to browsers."""
    try:
        stream = store_of_app().open(attachment.key)
    except FileNotFoundError as error:
        raise NotFound(attachment.key) from error
    answer = Response(wrap_file(request.environ, stream), direct_passthrough=True)
    answer.call_on_close(stream.close)
    answer.content_type = _content_type(attachment.media_type)
    answer.content_length = attachment.size
    answer.last_modified = attachment.created_at
    answer.set_etag(attachment.sha256)
    answer.headers["Content-Security-Policy"] = POLICY
    _name(answer, attachment.filename)
    answer.make_conditional(request, accept_ranges=True, complete_length=attachment.size)
    return answer


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _name(answer: Response, filename: str) -> None:
    """Say what to save the file as (RFC 6266): in ASCII for old browsers, as it is for others."""
    plain = filename.encode("ascii", "replace").decode().replace("?", "_")
    extended = {} if plain == filename else {"filename*": f"UTF-8''{_percent(filename)}"}
    answer.headers.set("Content-Disposition", "attachment", filename=plain, **extended)


def _percent(filename: str) -> str:
    return quote(filename, safe="!#$&+-.^_`|~")
