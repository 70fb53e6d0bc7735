"""Lists of practices as files, at the address of the page with a suffix, or by ``Accept``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from flask import Blueprint, current_app, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from index import SearchRequest, Sort
from library.catalogue import list_files, list_queries, queries, results
from library.catalogue.forms import SearchForm
from library.characters import writable
from library.errors import NotFound
from library.extensions import db, limiter
from library.permissions import public
from library.tables.queries import speech_of
from library.web import absolute_url, language, problem_response

blueprint = Blueprint("lists", __name__, url_prefix="/<lang:lang>")

MOST: Final = 20_000  # practices in one file
IN_MEMORY: Final = 8_000_000  # bytes of a file; more goes to the disk
PIECE: Final = 64_000  # bytes
PER_MINUTE: Final = "30 per minute"  # a whole library as a table is work


@blueprint.get("/practices.<suffix:suffix>")
@public
def practices(suffix: str) -> Response:
    """Hand out every practice that a search finds."""
    return handed_out(suffix)


@blueprint.get("/agencies/<slug:code>.<suffix:suffix>")
@public
def of_agency(code: str, suffix: str) -> Response:
    """Lead to the practices of an agency as a file."""
    if queries.lexicon(db.session).get(f"agencies/{code}") is None:
        raise NotFound(code)
    return redirect(url_for("lists.practices", suffix=suffix, agency=code))


@blueprint.get("/municipalities/<slug:slug>.<suffix:suffix>")
@public
def of_municipality(slug: str, suffix: str) -> Response:
    """Lead to the practices of a municipality as a file."""
    found = queries.municipality(db.session, slug)
    return redirect(url_for("lists.practices", suffix=suffix, municipality=found.slug))


@limiter.limit(PER_MINUTE)
def handed_out(suffix: str) -> Response:
    """Return what the search of this request finds as a file, whichever address asked for it.

    :raises NotFound: if lists are not to be had as that.
    """
    if suffix not in list_files.MEDIA_TYPES:
        raise NotFound(suffix)
    wanted = SearchForm(request.args).to_request(language())
    if suffix == "atom":
        wanted = replace(wanted, sort=Sort.NEWEST)
    ids = list_queries.found_ids(db.session, wanted, most=list_files.IN_FEED if suffix == "atom" else MOST)
    if ids is None:
        return problem_response(503, "Search index unavailable", "The index is being rebuilt; try again in a moment.")
    out: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by ``_pieces``
    speech = speech_of(db.session, language())
    list_files.write(suffix, out, lambda: list_queries.entries(db.session, ids), _heading(wanted), speech)
    out.seek(0)
    answer = Response(_pieces(out), content_type=list_files.MEDIA_TYPES[suffix])
    kind = "inline" if suffix in list_files.SHOWN else "attachment"
    answer.headers.set("Content-Disposition", kind, filename=f"practices.{suffix}")
    return answer


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while piece := out.read(PIECE):
            yield piece


def _heading(wanted: SearchRequest) -> list_files.Heading:
    site = current_app.config["SITE_NAME"]
    asked = writable(wanted.text, instead=" ")  # feeds and workbooks name them
    words = gettext("Practices on “%(query)s”", query=asked) if asked else gettext("Practices")
    return list_files.Heading(
        title=words,
        site=site,
        url=absolute_url(results.address(wanted)),
        language=language(),
        address=lambda identifier: absolute_url(url_for("permanent.by_identifier", identifier=identifier)),
    )


def files_of(wanted: SearchRequest) -> list[tuple[str, str]]:
    """Return name and address of each kind of file in which a search is to be had."""
    return [(_NAMES[suffix], results.address(wanted, suffix=suffix)) for suffix in list_files.MEDIA_TYPES]


_NAMES: Final = {"csv": "CSV", "xlsx": "Excel", "json": "JSON", "ris": "RIS", "bib": "BibTeX", "atom": "Atom"}
