"""What becomes of a published practice: revised, archived, brought back, erased."""

from __future__ import annotations

import pytest
from factories.documents import titled
from factories.html import words
from factories.readers import Reader
from factories.records import a_practice, follow, practice_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.models import Event, Practice, PracticeText, Revision
from library.publishing import archive, restore
from library.workflow import Step, advance


def found(reader: Reader, query: str) -> set[str]:
    return {item["slug"] for item in reader.get("/api/v1/practices", query_string={"q": query}).json["items"]}


def test_an_archived_practice_leaves_search_and_keeps_its_page_marked_with_the_reason(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    practice = practice_called(own_session, "dk-natteravnene")
    listed = own_reader.read(f"/en/practices?q={practice.slug.split('-')[0]}")
    archive(own_session, practice, actor=None, reason="Merged into another programme")
    own_session.commit()
    assert practice.slug not in own_reader.read("/en/practices?q=natteravnene").slugs, "before any follower ran"
    follow(own_library)
    assert practice.slug not in found(own_reader, "natteravnene")
    assert practice.slug not in own_reader.read("/en/practices?country=dk&sort=title").slugs
    page = own_reader.read(f"/en/practices/{practice.slug}")
    alert = words(page.by_class("ds-alert")[0])
    assert "archived" in alert
    assert "Merged into another programme" in alert
    assert own_reader.get(f"/p/{practice.id}").status_code == 302
    assert listed.response.status_code == 200


def test_a_practice_that_is_brought_back_is_found_again(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    practice = practice_called(own_session, "dk-natteravnene")
    archive(own_session, practice, actor=None, reason="By mistake")
    own_session.commit()
    follow(own_library)
    restore(own_session, practice, actor=None)
    own_session.commit()
    follow(own_library)
    assert practice.slug in found(own_reader, "natteravnene")
    assert not own_reader.read(f"/en/practices/{practice.slug}").by_class("ds-alert")


def test_an_erased_practice_is_gone_from_every_page(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    practice = practice_called(own_session, "dk-ssp")
    slug, identifier = practice.slug, practice.id
    linked = own_session.scalars(select(Practice.slug).where(Practice.model_id == identifier)).all()
    advance(own_session, practice, Step.ERASE, actor=None, reason="A court said so")
    own_session.commit()
    follow(own_library)
    assert "was erased" in own_reader.read(f"/en/practices/{slug}", status=410).heading
    assert own_reader.get(f"/p/{identifier}").location.endswith(f"/practices/{slug}")
    assert slug not in found(own_reader, "SSP")
    assert linked
    for other in linked:
        assert f"/en/practices/{slug}" not in own_reader.read(f"/en/practices/{other}").addresses


def test_a_revision_replaces_the_page_and_is_kept_beside_the_one_before(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    practice = a_practice(own_session, titled("Evening at school"))
    own_session.commit()
    a_practice(own_session, titled("Night at school"), revises=practice, note="Longer hours")
    own_session.commit()
    follow(own_library)
    assert practice.slug == "evening-at-school", "addresses stay"
    page = own_reader.read(f"/en/practices/{practice.slug}")
    assert page.heading == "Night at school"
    assert "revision 2" in words(page.by_id("citation"))
    kept = own_session.scalars(select(Revision).where(Revision.practice_id == practice.id).order_by(Revision.number))
    assert [(r.number, r.content["text"]["en"]["title"], r.note) for r in kept] == [
        (1, "Evening at school", ""),
        (2, "Night at school", "Longer hours"),
    ]
    assert practice.slug in found(own_reader, '"night at school"')
    assert practice.slug not in found(own_reader, '"evening at school"')


def test_a_language_that_a_revision_leaves_out_is_gone(own_session: Session) -> None:
    practice = a_practice(own_session)
    english_gone = titled("Bara svenska")
    del english_gone["text"]["en"]
    for row in (*english_gone["agencies"], *english_gone["evaluations"]):
        for words_ in (row.get("role"), row.get("summary")):
            if words_:
                del words_["en"]
    a_practice(own_session, english_gone, revises=practice)
    own_session.commit()
    kept = own_session.scalars(select(PracticeText.language).where(PracticeText.practice_id == practice.id))
    assert list(kept) == ["sv"]


def test_every_step_leaves_an_event_with_its_reason(own_session: Session) -> None:
    practice = a_practice(own_session)
    archive(own_session, practice, actor=None, reason="Superseded")
    restore(own_session, practice, actor=None)
    own_session.commit()
    events = own_session.scalars(select(Event).where(Event.practice_id == practice.id).order_by(Event.id)).all()
    assert [(e.step, e.from_state, e.to_state, e.reason) for e in events] == [
        ("publish", None, "published", ""),
        ("archive", "published", "archived", "Superseded"),
        ("restore", "archived", "published", ""),
    ]


def test_two_practices_of_one_title_get_addresses_of_their_own(own_session: Session) -> None:
    slugs = [a_practice(own_session, titled("The same name")).slug for _ in range(3)]
    assert slugs == ["the-same-name", "the-same-name-2", "the-same-name-3"]


@pytest.mark.parametrize("language", ["en", "fi"])
def test_a_page_of_another_practice_does_not_list_an_archived_one_as_similar(
    own_library: Flask, own_reader: Reader, own_session: Session, language: str
) -> None:
    practice = practice_called(own_session, "dk-ssp")
    similar = own_reader.read(f"/{language}/practices/{practice.slug}").by_class("similar")[0]
    link = next(link.get("href", "") for link in similar.iter("a"))
    other = own_session.scalars(select(Practice).where(Practice.slug == link.rsplit("/", 1)[1])).one()
    archive(own_session, other, actor=None, reason="Superseded")
    own_session.commit()
    page = own_reader.read(f"/{language}/practices/{practice.slug}")
    assert link not in [a.get("href") for part in page.by_class("similar") for a in part.iter("a")]
