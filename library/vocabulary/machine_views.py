"""Addresses of vocabularies and concepts that never change: a page for people, Turtle or JSON-LD for machines.

People are sent to the page in their language with 303, as the concept itself is no page (W3C, Cool URIs for the
Semantic Web, 3 December 2008). Files carry the version of the vocabularies as their mark, so that who has one need not
fetch it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from library.errors import NotFound
from library.extensions import db
from library.permissions import public
from library.vocabulary import public_queries
from library.vocabulary.reading import BASE
from library.vocabulary.terms import json_text, turtle
from library.web import absolute_url

permanent = Blueprint("concepts", __name__, url_prefix="/vocabularies")

HTML: Final = "text/html"
TYPES: Final = {"ttl": "text/turtle", "jsonld": "application/ld+json", "csv": "text/csv"}
OF_SCHEMES: Final = ("ttl", "jsonld", "csv")
OF_CONCEPTS: Final = ("ttl", "jsonld")
FORM_OF: Final = {kind: form for form, kind in TYPES.items()} | {"application/json": "jsonld"}


@permanent.get("")
@public
def landing() -> BaseResponse:
    """Lead to the vocabularies in the reader's language."""
    return _see_page("vocabularies.landing")


@permanent.get("/<slug:scheme>")
@public
def scheme(scheme: str) -> BaseResponse:
    """Answer for a vocabulary with what was asked for: its page, or a file."""
    form = _wanted(*OF_SCHEMES)
    if form:
        return _negotiated(_scheme_file(scheme, form))
    public_queries.scheme(db.session, scheme, "en")
    return _see_page("vocabularies.scheme", scheme=scheme)


@permanent.get("/<slug:scheme>.<suffix:form>")
@public
def scheme_file(scheme: str, form: str) -> BaseResponse:
    """Hand out a whole vocabulary as Turtle, JSON-LD or CSV."""
    if form not in OF_SCHEMES:
        raise NotFound(form)
    return _scheme_file(scheme, form)


@permanent.get("/<slug:scheme>/<slug:code>")
@public
def concept(scheme: str, code: str) -> BaseResponse:
    """Answer for a concept with what was asked for: its page, or a file."""
    form = _wanted(*OF_CONCEPTS)
    if form:
        return _negotiated(_concept_file(scheme, code, form))
    public_queries.entry(db.session, scheme, code)
    return _see_page("vocabularies.concept", scheme=scheme, code=code)


@permanent.get("/<slug:scheme>/<slug:code>.<suffix:form>")
@public
def concept_file(scheme: str, code: str, form: str) -> BaseResponse:
    """Hand out one concept as Turtle or JSON-LD."""
    if form not in OF_CONCEPTS:
        raise NotFound(form)
    return _concept_file(scheme, code, form)


def _wanted(*forms: str) -> str:
    """Return which file is asked for; nothing where a page is, or anything will do."""
    offered = [HTML, *(kind for kind, form in FORM_OF.items() if form in forms)]
    return FORM_OF.get(request.accept_mimetypes.best_match(offered, HTML), "")


def _see_page(endpoint: str, **values: Any) -> BaseResponse:
    answer = redirect(url_for(endpoint, **values), 303)
    answer.vary.update(["Accept", "Accept-Language"])
    return answer


def _negotiated(answer: BaseResponse) -> BaseResponse:
    answer.vary.add("Accept")
    return answer


def _scheme_file(scheme: str, form: str) -> BaseResponse:
    def made() -> str:
        return _at_home(public_queries.scheme_file(db.session, scheme, form))

    return _file(f"{scheme}.{form}", form, made)


def _concept_file(scheme: str, code: str, form: str) -> BaseResponse:
    def made() -> str:
        said = public_queries.concept_statements(db.session, scheme, code)
        return _at_home(json_text(said) if form == "jsonld" else "".join(turtle(said)))

    return _file(f"{code}.{form}", form, made)


def _file(name: str, form: str, made: Callable[[], str]) -> BaseResponse:
    """Return a file, or that the one the reader has is still right; only then it is made."""
    answer = Response(mimetype=TYPES[form])
    answer.set_etag(f"{public_queries.version(db.session)}-{form}")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    if form == "csv":
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if not request.if_none_match.contains(answer.get_etag()[0] or ""):
        answer.set_data(made())
    answer.make_conditional(request)
    return answer


def _at_home(text: str) -> str:
    """Return a file with our own addresses at the address of this installation."""
    return text.replace(BASE, absolute_url(url_for("concepts.landing")) + "/")
