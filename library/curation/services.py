"""Beginning a collection, its words, its states, and how every change of one is written down (ADR 0016)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from library import access
from library.auditing import audit
from library.choices import CollectionState, PracticeState
from library.curation.changes import document_of, sorted_out
from library.curation.queries import WHOLE, document_at
from library.errors import NotReady, Overtaken
from library.indexing.asking import read_query
from library.indexing.search import search
from library.models import (
    Account,
    Collection,
    CollectionChange,
    CollectionCurator,
    CollectionSection,
    CollectionText,
    now,
)
from library.publishing import slugify
from library.workflow import CollectionStep, advance_collection

ORDERED: Final = "order"  # the deed of which many in a row are one entry
ONE_ENTRY: Final = timedelta(minutes=30)


class TwoTexts(Overtaken):
    """Somebody else has saved other words in the same boxes since the form was made; nothing is saved.

    :param theirs: name of the box -> what they saved.
    :param wanted: name of the box -> what it shows next: mine where both wrote, else what stands.
    :param version: of the collection, which the form has seen from now.
    """

    def __init__(self, theirs: Mapping[str, Any], wanted: Mapping[str, Any], version: int) -> None:
        super().__init__(gettext("Somebody else has saved here meanwhile. Compare the two texts, then save again."))
        self.theirs = dict(theirs)
        self.wanted = dict(wanted)
        self.version = version


# --- what every change does --------------------------------------------------------------------------------------


def hold(session: Session, collection: Collection, *, actor: Account) -> Collection:
    """Return a collection as it is now, for its curators to change, with nobody in between until the commit.

    Writing a row that stays as it is takes the lock on either database; SQLite knows no other.

    :raises NotPermitted: for those who do not curate it.
    """
    access.check_curator(collection, actor)
    same = update(Collection).where(Collection.id == collection.id).values(version=Collection.version)
    session.execute(same.execution_options(synchronize_session=False))
    fresh = select(Collection).where(Collection.id == collection.id).options(*WHOLE)
    return session.scalars(fresh.execution_options(populate_existing=True)).one()


def record(
    session: Session,
    collection: Collection,
    deed: str,
    *,
    actor: Account,
    audited: bool = False,
    again: Mapping[str, int] | None = None,
) -> None:
    """Give a collection its next version, and keep what it says now.

    Practices are put in order with many small moves: those of one person in a row are one entry.

    :param audited: the deed stands in the audit already.
    :param again: sections that were put back: old number -> new one, by which they are not put back twice.
    """
    collection.version += 1
    collection.changed_at = now()
    session.flush()
    latest = _latest_change(session, collection)
    if latest and deed == latest.deed == ORDERED and latest.actor_id == actor.id and _is_recent(latest):
        latest.version, latest.document, latest.created_at = collection.version, document_of(collection), now()
    else:
        _add_change(session, collection, deed, actor=actor, again=again)
    if not audited:
        audit(session, f"collection.{deed}", actor=actor, subject=collection)
    session.flush()


def _add_change(
    session: Session, collection: Collection, deed: str, *, actor: Account, again: Mapping[str, int] | None = None
) -> None:
    session.add(
        CollectionChange(
            collection_id=collection.id,
            version=collection.version,
            deed=deed,
            actor_id=actor.id,
            document=document_of(collection) | ({"again": dict(again)} if again else {}),
        )
    )


def _latest_change(session: Session, collection: Collection) -> CollectionChange | None:
    query = select(CollectionChange).where(CollectionChange.collection_id == collection.id)
    return session.scalars(query.order_by(CollectionChange.version.desc()).limit(1)).one_or_none()


def _is_recent(change: CollectionChange) -> bool:
    return now() - change.created_at < ONE_ENTRY


def settle(
    session: Session, collection: Collection, read: Any, stored: Mapping[str, Any], typed: Mapping[str, Any], seen: int
) -> dict[str, Any]:
    """Return what to store of a form that was made of an earlier version.

    :param read: tells from a document what the form was filled from then.
    :param stored: what stands there now.
    :param typed: what was sent.
    :param seen: version that the form was made of.
    :raises TwoTexts: if somebody else has changed the same boxes since.
    """
    base = stored if seen == collection.version else read(document_at(session, collection, seen))
    wanted, theirs = sorted_out(base, stored, typed)
    if theirs:
        raise TwoTexts(theirs, wanted, collection.version)
    return wanted


# --- words -------------------------------------------------------------------------------------------------------


def begin(
    session: Session,
    *,
    actor: Account,
    language: str,
    title: str,
    introduction: str = "",
    audience: str = "",
    cover: str | None = None,
) -> Collection:
    """Begin a collection, with an empty section to put practices in."""
    collection = Collection(
        slug=_free_slug(session, title),
        original_language=language,
        cover_id=cover,
        texts=[CollectionText(language=language, title=title, introduction=introduction, audience=audience)],
        sections=[CollectionSection(position=0)],
        curators=[CollectionCurator(account=actor)],
    )
    advance_collection(session, collection, CollectionStep.BEGIN, actor=actor)
    _add_change(session, collection, CollectionStep.BEGIN, actor=actor)
    session.flush()
    return collection


def write_text(
    session: Session, collection: Collection, language: str, typed: Mapping[str, Any], *, actor: Account, seen: int
) -> None:
    """Save the words of a collection in one language; those of another language without any word are removed.

    :param typed: ``title``, ``introduction``, ``audience``; for the original ``cover`` and ``written_in`` too.
    :param seen: version that the form was made of.
    :raises TwoTexts: if somebody else has changed the same boxes since.
    """
    collection = hold(session, collection, actor=actor)
    document = document_of(collection)
    read = _reader_of(language, typed)
    stored = read(document)
    wanted = settle(session, collection, read, stored, typed, seen)
    if wanted == stored:
        return
    _store_text(collection, language, wanted)
    if "cover" in wanted:
        collection.cover_id = wanted["cover"] or None
    if wanted.get("written_in", language) != language:
        _rename_language(session, collection, language, wanted["written_in"])
    if collection.published_at is None:
        collection.slug = _free_slug(session, collection.text_in("en").title, mine=collection)
    record(session, collection, "text", actor=actor)


def _reader_of(language: str, typed: Mapping[str, Any]) -> Any:
    def read(document: Mapping[str, Any]) -> dict[str, Any]:
        text = document.get("texts", {}).get(language, {})
        whole = {"cover": document.get("cover", ""), "written_in": document.get("original_language", "")}
        return {name: whole[name] if name in whole else text.get(name, "") for name in typed}

    return read


def _store_text(collection: Collection, language: str, words: Mapping[str, Any]) -> None:
    values = {name: words[name] for name in ("title", "introduction", "audience")}
    text = next((text for text in collection.texts if text.language == language), None)
    if text is None:
        if any(values.values()):
            collection.texts.append(CollectionText(language=language, **values))
    elif not any(values.values()) and language != collection.original_language:
        collection.texts.remove(text)
    else:
        for name, value in values.items():
            setattr(text, name, value)


def _rename_language(session: Session, collection: Collection, old: str, new: str) -> None:
    """Call the original words by another language, everywhere; for who chose a wrong one at the beginning."""
    text = next(text for text in collection.texts if text.language == old)
    values = {name: getattr(text, name) for name in ("title", "introduction", "audience")}
    collection.texts.remove(text)
    session.flush()
    collection.texts.append(CollectionText(language=new, **values))
    collection.original_language = new
    for section in collection.sections:
        section.headings = _renamed(section.headings, old, new)
        section.introductions = _renamed(section.introductions, old, new)
        for item in section.items:
            item.notes = _renamed(item.notes, old, new)


def _renamed(words: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    return {new if language == old else language: said for language, said in words.items()}


def _free_slug(session: Session, title: str, mine: Collection | None = None) -> str:
    wanted = slugify(title)
    query = select(Collection.slug).where(Collection.slug.startswith(wanted))
    taken = set(session.scalars(query.where(Collection.id != mine.id) if mine else query))
    return next(s for n in range(1, len(taken) + 2) if (s := wanted if n == 1 else f"{wanted}-{n}") not in taken)


# --- states ------------------------------------------------------------------------------------------------------


def missing(session: Session, collection: Collection) -> dict[str, str]:
    """Return what a collection lacks before it can be published: what it is, and a sentence that says so."""
    found = {}
    if not collection.text_in(collection.original_language).introduction.strip():
        found["introduction"] = gettext("Write an introduction")
    if not any(_has_something(session, section, collection) for section in collection.sections):
        found["practices"] = gettext("Put at least one published practice into a section")
    return found


def _has_something(session: Session, section: CollectionSection, collection: Collection) -> bool:
    if section.search is not None:
        wanted = read_query(section.search, collection.original_language, per_page=1)
        return search(session, wanted).result.total > 0
    return any(item.practice.state is PracticeState.PUBLISHED for item in section.items)


def publish(session: Session, collection: Collection, *, actor: Account) -> None:
    """Show a collection to the public.

    :raises NotReady: if something is missing; its problems say what.
    :raises Overtaken: if it is no draft any more.
    """
    collection = hold(session, collection, actor=actor)
    _check_state(collection, CollectionState.DRAFT)
    if lacking := missing(session, collection):
        raise NotReady(list(lacking.values()))
    advance_collection(session, collection, CollectionStep.PUBLISH, actor=actor)
    record(session, collection, CollectionStep.PUBLISH, actor=actor, audited=True)


def archive(session: Session, collection: Collection, *, actor: Account, reason: str) -> None:
    """Take a collection from the public, and say why.

    :raises Overtaken: if it is not published.
    """
    collection = hold(session, collection, actor=actor)
    _check_state(collection, CollectionState.PUBLISHED)
    advance_collection(session, collection, CollectionStep.ARCHIVE, actor=actor, reason=reason)
    record(session, collection, CollectionStep.ARCHIVE, actor=actor, audited=True)


def restore(session: Session, collection: Collection, *, actor: Account) -> None:
    """Show an archived collection to the public again.

    :raises Overtaken: if it is not archived.
    """
    collection = hold(session, collection, actor=actor)
    _check_state(collection, CollectionState.ARCHIVED)
    advance_collection(session, collection, CollectionStep.RESTORE, actor=actor)
    record(session, collection, CollectionStep.RESTORE, actor=actor, audited=True)


def _check_state(collection: Collection, expected: CollectionState) -> None:
    if collection.state is not expected:
        raise Overtaken(gettext("Somebody else has changed the state of this collection meanwhile. Look again."))


def delete(session: Session, collection: Collection, *, actor: Account) -> None:
    """Delete a draft that was never published, with its history; whatever was public stays, archived.

    :raises Overtaken: if it was published.
    """
    collection = hold(session, collection, actor=actor)
    _check_state(collection, CollectionState.DRAFT)
    audit(session, "collection.delete", actor=actor, subject=collection)
    session.flush()
    for change in session.scalars(select(CollectionChange).where(CollectionChange.collection_id == collection.id)):
        session.delete(change)
    session.flush()
    session.delete(collection)
    session.flush()
