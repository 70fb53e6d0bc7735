"""The search as a browser takes it into its own search box: a description of it in each language, and completions.

What is written here is the OpenSearch 1.1 description document (https://github.com/dewitt/opensearch) and its extension
for suggestions.
"""

from __future__ import annotations

from textwrap import shorten
from typing import Final
from xml.etree import ElementTree as ET

from flask import Blueprint, current_app, jsonify, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.catalogue.list_files import MEDIA_TYPES
from library.catalogue.suggesting import suggest
from library.catalogue.suggestion_views import PER_MINUTE
from library.extensions import db, limiter
from library.indexing.asking import words_of
from library.languages import ENDONYMS
from library.permissions import public
from library.web import absolute_url, language, redirect_to_language, static_url

blueprint = Blueprint("opensearch", __name__, url_prefix="/<lang:lang>")
root = Blueprint("opensearch_root", __name__)

DESCRIPTION_TYPE: Final = "application/opensearchdescription+xml"
COMPLETIONS_TYPE: Final = "application/x-suggestions+json"
NAMESPACE: Final = "http://a9.com/-/spec/opensearch/1.1/"
MOZILLA: Final = "http://www.mozilla.org/2006/browser/search/"
# Characters, by the specification.
LONGEST_SHORT_NAME, LONGEST_LONG_NAME = 16, 48
KEPT_FOR: Final = 24 * 3600  # seconds; browsers look now and then whether a description has changed
ANY_WORDS: Final = "?q={searchTerms}"


@root.get("/opensearch.xml")
@public
def in_some_language() -> Response:
    """Lead to the description in the language of the browser."""
    return redirect_to_language("opensearch.description")


@blueprint.get("/opensearch.xml")
@public
def description() -> Response:
    """Describe the search of one language; every page names this address in its head."""
    site = current_app.config["SITE_NAME"]
    ET.register_namespace("", NAMESPACE)
    ET.register_namespace("moz", MOZILLA)
    document = ET.Element(f"{{{NAMESPACE}}}OpenSearchDescription")
    # A browser keeps one search of a name; so each language has a name of its own.
    _add(document, "ShortName", _cut(site, f" ({language()})", LONGEST_SHORT_NAME))
    _add(document, "LongName", _cut(site, f" ({ENDONYMS[language()]})", LONGEST_LONG_NAME))
    _add(document, "Description", gettext("Search the practices"))
    for media_type, rel, template in _addresses():
        _add(document, "Url", type=media_type, rel=rel, method="get", template=template)
    _add(document, "Image", absolute_url(static_url("img/favicon.svg")), type="image/svg+xml", width="16", height="16")
    _add(document, "Query", role="example", searchTerms="SSP")
    _add(document, "Language", language())
    _add(document, "InputEncoding", "UTF-8")
    _add(document, "OutputEncoding", "UTF-8")
    ET.SubElement(document, f"{{{MOZILLA}}}SearchForm").text = absolute_url(url_for("catalogue.search"))
    answer = Response(ET.tostring(document, encoding="utf-8", xml_declaration=True), content_type=DESCRIPTION_TYPE)
    answer.cache_control.public = True
    answer.cache_control.max_age = KEPT_FOR
    return answer


@blueprint.get("/completions")
@public
@limiter.limit(PER_MINUTE)
def completions() -> Response:
    """Suggest what to search for: the words of the suggestions, what each is, and where it leads.

    A browser searches for the words that are chosen, and these find what they name first.
    """
    typed = words_of(request.args.get("q"))
    groups = suggest(db.session, typed, language())
    rows = {one.label: (group.heading, one.url) for group in groups for one in group.suggestions}
    headings = [heading for heading, _url in rows.values()]
    addresses = [absolute_url(url) for _heading, url in rows.values()]
    answer = jsonify([typed, list(rows), headings, addresses])
    answer.mimetype = COMPLETIONS_TYPE
    answer.cache_control.public = True
    answer.cache_control.no_cache = True
    return answer


def _addresses() -> tuple[tuple[str, str, str], ...]:
    """Return media type, relation and template of every address of the search."""
    return (
        ("text/html", "results", absolute_url(url_for("catalogue.search")) + ANY_WORDS),
        (COMPLETIONS_TYPE, "suggestions", absolute_url(url_for("opensearch.completions")) + ANY_WORDS),
        (MEDIA_TYPES["atom"], "results", absolute_url(url_for("lists.practices", suffix="atom")) + ANY_WORDS),
        (DESCRIPTION_TYPE, "self", absolute_url(url_for("opensearch.description"))),
    )


def _add(document: ET.Element, tag: str, text: str = "", **attributes: str) -> None:
    ET.SubElement(document, f"{{{NAMESPACE}}}{tag}", attributes).text = text or None


def _cut(name: str, mark: str, most: int) -> str:
    """Return a name with a mark behind it, the name cut between its words if both are too long."""
    room = most - len(mark)
    return (shorten(name, room, placeholder="") or name[:room]) + mark
