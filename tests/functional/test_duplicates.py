"""Somebody who begins a case is told what the library, or they themselves, have already."""

from __future__ import annotations

from typing import Any

from factories.documents import titled
from factories.people import signed_in
from factories.readers import Reader
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import select

from library.choices import Role
from library.extensions import db
from library.models import Practice, PracticeText


def asked(browser: Reader, **query: Any) -> list[dict[str, str]]:
    answer = browser.get("/en/submissions/duplicates", query_string=query)
    assert answer.status_code == 200
    items: list[dict[str, str]] = answer.json["items"]
    return items


def test_a_published_practice_of_the_same_title_is_found_in_any_of_its_languages(own_library: Flask) -> None:
    author = signed_in(own_library, Role.CONTRIBUTOR)
    with own_library.app_context():
        practice = db.session.scalars(select(Practice).where(Practice.external_id == "dk-ssp")).one()
        titles = {
            text.language: text.title
            for text in db.session.scalars(select(PracticeText).where(PracticeText.practice_id == practice.id))
        }

    for language, title in titles.items():
        found = asked(author, title=title, language=language)
        assert found[0]["url"] == f"/en/practices/{practice.slug}"
        assert found[0]["note"] == "In the library"


def test_other_work_is_not_called_a_duplicate(own_library: Flask) -> None:
    author = signed_in(own_library, Role.CONTRIBUTOR)
    assert asked(author, title="Beekeeping for retired sailors", summary="Bees on roofs.", language="en") == []
    assert asked(author, title="SSP", language="en") == []
    assert asked(author) == []
    assert asked(author, title='"[a TO z]* ?*?* \x01', summary="-" * 5000, language="xx", without="nonsense") == []


def test_one_s_own_draft_is_named_and_nobody_elses(own_library: Flask) -> None:
    author = signed_in(own_library, Role.CONTRIBUTOR)
    other = signed_in(own_library, Role.CONTRIBUTOR, email="other@example.org")
    title = "Lantern walks through the harbour quarter"
    with own_library.app_context():
        me = account_called(db.session, "contributor@example.org")
        draft = a_submission(db.session, me, document=titled(title)).id
        db.session.commit()

    assert asked(author, title=title) == [{"title": title, "url": f"/en/submissions/{draft}", "note": "Your own draft"}]
    assert asked(other, title=title) == []
    assert asked(author, title=title, without=draft) == []
    assert other.get(f"/en/submissions/duplicates?title=a&without={draft}").status_code == 404
