"""Practices of a collection: the note on each, their order, taking one out."""

from __future__ import annotations

from typing import Any

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.curation import present, queries, section_services
from library.curation.blueprint import blueprint
from library.curation.collection_views import back_to, curated, page_of
from library.curation.forms import Move, NoteForm, OrderForm, PlaceForm
from library.curation.section_services import Direction, Place
from library.curation.section_views import wanted_language
from library.curation.services import TwoTexts
from library.errors import Overtaken
from library.extensions import db
from library.models import Collection, CollectionItem
from library.permissions import Permission, actor, requires
from library.web import commits, language

Answer = str | Response | tuple[str, int]


@blueprint.get("/collections/<int:identifier>/items/<int:item>")
@requires(Permission.CURATE_COLLECTIONS)
def item(identifier: int, item: int) -> str:
    """Show why a practice is here, and where it stands, to change both."""
    found = curated(identifier)
    _, shown = queries.item_of(found, item)
    form = NoteForm(formdata=None)
    form.show({"note": shown.notes.get(wanted_language(found), "")}, found.version)
    return _item_page(found, shown, note=form)


@blueprint.post("/collections/<int:identifier>/items/<int:item>")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def write_note(identifier: int, item: int) -> Answer:
    """Save why a practice is here."""
    found, form = curated(identifier), NoteForm()
    section, shown = queries.item_of(found, item)
    if not form.validate_on_submit():
        return _item_page(found, shown, note=form), 422
    code = wanted_language(found)
    try:
        section_services.write_note(db.session, found, shown, code, form.note.data, actor=actor(), seen=form.seen)
    except TwoTexts as two:
        form.show(two.wanted, two.version)
        form.form_errors.append(str(two))
        return _item_page(found, shown, note=form, theirs=two.theirs), 409
    flash(gettext("Saved."), "success")
    return back_to(found, section=section.id, _anchor=f"item-{item}")


@blueprint.post("/collections/<int:identifier>/items/<int:item>/place")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def place(identifier: int, item: int) -> Answer:
    """Put a practice at a number of a section."""
    found, form = curated(identifier), PlaceForm()
    _, shown = queries.item_of(found, item)
    _offer(form, found)
    if not form.validate_on_submit():
        return _item_page(found, shown, place=form), 422
    section = queries.section_of(found, int(form.section.data))
    there = section_services.place_at(db.session, found, shown, section, form.number.data, actor=actor())
    flash(_said(found, shown, there), "success")
    return back_to(found, section=section.id, _anchor=f"item-{item}")


@blueprint.post("/collections/<int:identifier>/items/<int:item>/remove")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def remove_item(identifier: int, item: int) -> Answer:
    """Take a practice out."""
    found = curated(identifier)
    section, shown = queries.item_of(found, item)
    section_services.remove_item(db.session, found, shown, actor=actor())
    return back_to(found, section=section.id)


# --- order -------------------------------------------------------------------------------------------------------


@blueprint.post("/collections/<int:identifier>/order")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def reorder(identifier: int) -> Answer:
    """Move a practice or a section: one place by a button, or to where it was dragged."""
    found, form = curated(identifier), OrderForm()
    if not form.validate_on_submit() or form.move is None:
        flash(gettext("Press a button beside what you want to move."), "warning")
        return back_to(found)
    _tell_of_others(found, form.seen)
    try:
        return _moved(found, form.move)
    except Overtaken as refusal:
        flash(str(refusal), "warning")
        return back_to(found)


def _moved(found: Collection, move: Move) -> Response:
    if move.what == "section":
        section = queries.section_of(found, move.identifier)
        direction = Direction(move.direction)
        number = section_services.move_section(db.session, found, section, direction, actor=actor())
        flash(gettext("The section is number %(number)s now.", number=number), "success")
        return back_to(found, moved=section.id, by=f"section-{move.direction}")
    _, shown = queries.item_of(found, move.identifier)
    there = _put(found, shown, move)
    flash(_said(found, shown, there), "success")
    return back_to(found, section=there.section.id, moved=shown.id, by=move.direction or "drag")


def _put(found: Collection, shown: CollectionItem, move: Move) -> Place:
    if move.direction:
        return section_services.step(db.session, found, shown, Direction(move.direction), actor=actor())
    section = queries.section_of(found, move.section or 0)
    return section_services.place_before(db.session, found, shown, section, move.before, actor=actor())


def _tell_of_others(found: Collection, seen: int) -> None:
    """Say that a colleague was here since the page was made; what is moved is moved among what there is now."""
    latest = queries.latest_change(db.session, found)
    if latest and 0 < seen < found.version and latest.actor_id != actor().id:
        name = latest.actor.name if latest.actor else gettext("Somebody")
        flash(gettext("%(name)s has changed this collection meanwhile. You see it as it is now.", name=name), "info")


def _said(found: Collection, shown: CollectionItem, there: Place) -> str:
    title, _ = present.titled(shown, language())
    section = present.name_of(there.section, language(), found.original_language)
    words: str = gettext(
        "“%(title)s” is number %(number)s of %(of)s in “%(section)s” now.",
        title=title,
        number=there.number,
        of=there.of,
        section=section,
    )
    return words


# --- the page of a practice --------------------------------------------------------------------------------------


def _offer(form: PlaceForm, found: Collection) -> None:
    fixed = (section for section in found.sections if section.search is None)
    form.offer((each.id, present.name_of(each, language(), found.original_language)) for each in fixed)


def _item_page(
    found: Collection,
    shown: CollectionItem,
    *,
    note: NoteForm | None = None,
    place: PlaceForm | None = None,
    theirs: dict[str, Any] | None = None,
) -> str:
    code, original = wanted_language(found), found.original_language
    section, _ = queries.item_of(found, shown.id)
    if note is None:
        note = NoteForm(formdata=None)
        note.show({"note": shown.notes.get(code, "")}, found.version)
    if place is None:
        place = PlaceForm(formdata=None, data={"section": str(section.id), "number": shown.position + 1})
    _offer(place, found)
    title, title_language = present.titled(shown, language())
    return page_of(
        "item",
        found,
        item=shown,
        title=title,
        title_language=title_language,
        absent=present.absence(shown),
        practice_url=url_for("catalogue.practice", slug=shown.practice.slug),
        note=note,
        place=place,
        code=code,
        written=list(present.languages_of(found)),
        original=shown.notes.get(original, "") if code != original else "",
        theirs=present.beside(theirs or {}, {"note": note.note.data}),
    )
