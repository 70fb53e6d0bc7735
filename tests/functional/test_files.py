"""Files of a submission: added, described, removed, handed out to the right people, collected."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from factories import harmless_files as files
from factories.documents import a_document
from factories.people import hidden, send_files, signed_in
from factories.readers import Page, Reader
from factories.submissions import a_submission, account_called
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.attachments.services import collect_orphans
from library.attachments.storage import FileStore, store_of_app
from library.choices import Provenance, Role, SubmissionState
from library.extensions import db
from library.models import Attachment, AuditEntry, Material, Practice, Submission, now
from library.publishing import archive, known_to, publish
from library.workflow import Step, advance

pytestmark = pytest.mark.one_database


@pytest.fixture
def app(own_library: Flask) -> Flask:
    return own_library


@pytest.fixture
def author(app: Flask) -> Reader:
    return signed_in(app, Role.CONTRIBUTOR)


@pytest.fixture
def draft(author: Reader, own_session: Session) -> int:
    return written(own_session, SubmissionState.DRAFT)


def written(session: Session, state: SubmissionState, **options: Any) -> int:
    submission = a_submission(session, account_called(session, "contributor@example.org"), state=state, **options)
    session.commit()
    return submission.id


def add(browser: Reader, draft: int, *uploads: tuple[bytes, str]) -> Page:
    """Send files and return the page that answers, after its redirect."""
    page = browser.read(f"/en/submissions/{draft}/files")
    answer = send_files(browser, f"/en/submissions/{draft}/files/add", hidden(page), *uploads)
    if answer.status_code == 303:
        return browser.read(answer.location)
    return Page(answer)


def stored(app: Flask) -> list[Attachment]:
    with app.app_context():
        return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def bytes_of(app: Flask) -> list[str]:
    with app.app_context():
        return [name for name, _since in store_of_app().all()]


def materials(app: Flask, draft: int) -> list[dict[str, Any]]:
    with app.app_context():
        rows: list[dict[str, Any]] = db.session.get_one(Submission, draft).document["materials"]
        return rows


@pytest.mark.both_databases
def test_several_files_are_added_at_once_and_named_in_the_document(app: Flask, author: Reader, draft: int) -> None:
    page = add(author, draft, (files.pdf(), "Handbog om SSP.pdf"), (files.docx(), "skema.docx"))

    assert "2 files are added." in page.text
    assert [file.filename for file in stored(app)] == ["Handbog om SSP.pdf", "skema.docx"]
    added = materials(app, draft)[1:]
    assert [row["title"] for row in added] == ["Handbog om SSP", "skema"]
    assert [row["file"] for row in added] == [file.key for file in stored(app)]
    assert {row["language"] for row in added} == {"sv"}
    with app.app_context():
        assert list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("attachment.%")))) == [
            "attachment.add",
            "attachment.add",
        ]


def test_a_refused_file_is_named_with_its_reason_and_the_others_are_kept(
    app: Flask, author: Reader, draft: int
) -> None:
    page = add(author, draft, (files.pdf(), "fine.pdf"), (b"MZ\x90\x00" + bytes(100), "report.pdf"), (b"x", "old.doc"))

    assert page.response.status_code == 422
    summary = " ".join(element.text or "" for element in page.all("a") if element.get("href") == "#files")
    assert "“report.pdf” was not added: it is a program" in summary
    assert "“old.doc” was not added: it has an old Office format. Save it as .docx" in summary
    assert [file.filename for file in stored(app)] == ["fine.pdf"]
    assert len(bytes_of(app)) == 1


def test_no_file_chosen_is_said_at_the_field(author: Reader, draft: int) -> None:
    page = add(author, draft)

    assert page.response.status_code == 422
    assert "Choose at least one file" in page.text


def test_what_authors_say_of_a_file_is_saved_and_kept_when_wrong(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.png(), "map.png"))
    key = stored(app)[0].key
    page = author.read(f"/en/submissions/{draft}/files")
    said = {
        **hidden(page),
        f"title-{key}": "",
        f"alt-{key}": "A map of the district",
        f"language-{key}": "da",
        f"licence-{key}": "CC BY 4.0",
    }

    wrong = author.post(f"/en/submissions/{draft}/files", data=said)
    assert wrong.status_code == 422
    assert Page(wrong).by_id(f"alt-{key}").get("value") == "A map of the district"
    assert "Enter a title" in Page(wrong).text

    right = author.post(f"/en/submissions/{draft}/files", data={**said, f"title-{key}": "The map"})
    assert right.status_code == 303
    assert materials(app, draft)[1] == {
        "file": key,
        "title": "The map",
        "alt": "A map of the district",
        "language": "da",
        "licence": "CC BY 4.0",
    }


@pytest.mark.both_databases
def test_two_who_describe_files_at_once_are_noticed(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.png(), "map.png"))
    key = stored(app)[0].key
    seen = {**hidden(author.read(f"/en/submissions/{draft}/files")), f"language-{key}": ""}
    assert author.post(f"/en/submissions/{draft}/files", data={**seen, f"title-{key}": "One"}).status_code == 303

    late = author.post(f"/en/submissions/{draft}/files", data={**seen, f"title-{key}": "Two"})

    assert "/conflict/" in late.location
    assert materials(app, draft)[1]["title"] == "One"


@pytest.mark.both_databases
def test_a_removed_file_is_gone_at_once_and_its_bytes_with_the_next_round(
    app: Flask, author: Reader, draft: int
) -> None:
    add(author, draft, (files.pdf(), "a.pdf"))
    key = stored(app)[0].key
    page = author.read(f"/en/submissions/{draft}/files")

    answer = author.post(f"/en/submissions/{draft}/files/{key}/remove", data=hidden(page))

    assert "“a” is removed." in author.read(answer.location).text
    assert not stored(app)
    assert len(materials(app, draft)) == 1
    author.read(f"/files/{key}", 404)
    assert collected(app, at=timedelta(hours=3)) == 1
    assert not bytes_of(app)


@pytest.mark.both_databases
def test_what_an_adviser_was_sent_stays_when_its_author_removes_it(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.pdf(), "a.pdf"))
    key = stored(app)[0].key
    adviser = signed_in(app, Role.ADVISER)
    adviser.read(f"/files/{key}", 404)
    with app.app_context():
        sent = db.session.get_one(Submission, draft)
        other = a_submission(
            db.session,
            account_called(db.session, "contributor@example.org"),
            state=SubmissionState.CHANGES_REQUESTED,
            document=sent.document,
            adviser=account_called(db.session, "adviser@example.org"),
        )
        db.session.scalars(select(Attachment)).one().submission_id = other.id
        db.session.commit()
        number = other.id

    author.post(
        f"/en/submissions/{number}/files/{key}/remove", data=hidden(author.read(f"/en/submissions/{number}/files"))
    )

    assert adviser.get(f"/files/{key}").status_code == 200
    assert collected(app, at=timedelta(days=30)) == 0


def test_files_of_a_draft_are_nobodys_business(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.pdf(), "a.pdf"))
    key = stored(app)[0].key

    mine = author.get(f"/files/{key}")
    assert mine.status_code == 200
    assert "no-store" in mine.headers["Cache-Control"]
    reader = app.test_client()
    assert reader.get(f"/files/{key}").status_code == 404
    for role in (Role.MEMBER, Role.ADVISER, Role.ADMINISTRATOR):
        assert signed_in(app, role).get(f"/files/{key}").status_code == 404
    other = signed_in(app, Role.CONTRIBUTOR, email="other@example.org")
    assert other.get(f"/files/{key}").status_code == 404
    page = author.read(f"/en/submissions/{draft}/files")
    assert other.get(f"/en/submissions/{draft}/files").status_code == 404
    token = hidden(other.read("/en/account"))
    assert other.post(f"/en/submissions/{draft}/files/{key}/remove", data=token).status_code == 404
    assert page.text
    assert len(stored(app)) == 1


@dataclass(frozen=True)
class Published:
    id: int
    slug: str


def published(app: Flask, draft: int) -> Published:
    with app.app_context():
        document = db.session.get_one(Submission, draft).document
        practice = publish(db.session, document, provenance=Provenance.SUBMITTED, known=known_to(db.session))
        db.session.commit()
        return Published(practice.id, practice.slug)


def test_files_of_a_published_practice_are_downloads_for_everybody(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.pdf(), "Hånd”bog, «2».pdf"))
    key = stored(app)[0].key
    practice = published(app, draft)
    reader = app.test_client()
    assert isinstance(reader, Reader)

    answer = reader.get(f"/files/{key}")

    assert answer.data == files.pdf()
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in answer.headers
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''H%C3%A5nd" in disposition
    assert reader.get(f"/files/{key}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    part = reader.get(f"/files/{key}", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.data) == (206, b"%PDF-")
    page = reader.read(f"/en/practices/{practice.slug}")
    assert f"/files/{key}" in page.addresses
    assert "PDF, " in page.text


@pytest.mark.both_databases
def test_files_follow_their_practice(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.pdf(), "a.pdf"))
    key = stored(app)[0].key
    practice = published(app, draft)
    reader = app.test_client()

    with app.app_context():
        archive(db.session, db.session.get_one(Practice, practice.id), actor=None, reason="Merged")
        db.session.commit()
    assert reader.get(f"/files/{key}").status_code == 200

    with app.app_context():
        advance(db.session, db.session.get_one(Practice, practice.id), Step.ERASE, actor=None, reason="The law")
        db.session.commit()
    assert reader.get(f"/files/{key}").status_code == 404
    assert author.get(f"/files/{key}").status_code == 404
    assert collected(app, at=timedelta(hours=1)) == 1
    assert collected(app, at=timedelta(hours=3)) == 1
    assert not bytes_of(app)


def collected(app: Flask, *, at: timedelta) -> int:
    with app.app_context():
        gone = collect_orphans(db.session, store_of_app(), at=now() + at)
        db.session.commit()
        return gone


@pytest.mark.both_databases
def test_what_nothing_names_is_kept_for_a_week(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.pdf(), "a.pdf"), (files.txt(), "b.txt"))
    with app.app_context():
        submission = db.session.get_one(Submission, draft)
        rows = submission.document["materials"]
        submission.document = {**submission.document, "materials": rows[:2]}
        db.session.commit()

    assert collected(app, at=timedelta(days=6)) == 0
    assert collected(app, at=timedelta(days=8)) == 1  # the row
    assert len(bytes_of(app)) == 2
    assert collected(app, at=timedelta(days=8)) == 1  # its bytes, now that the row is gone for good
    assert [file.filename for file in stored(app)] == ["a.pdf"]
    assert bytes_of(app) == [stored(app)[0].key]


def test_bytes_without_a_row_are_collected_but_not_those_just_written(app: Flask) -> None:
    with app.app_context():
        store_of_app().put("0" * 32, io.BytesIO(b"half done"))

    assert collected(app, at=timedelta(minutes=30)) == 0
    assert collected(app, at=timedelta(hours=3)) == 1
    assert not bytes_of(app)


@pytest.mark.both_databases
def test_quotas_hold(open_library: Callable[..., Flask], own_place: Any) -> None:
    app = open_library(own_place, MAX_FILES_OF_SUBMISSION=2_500, MAX_FILES_OF_ACCOUNT=4_500, MAX_FILE=2_000)
    author = signed_in(app, Role.CONTRIBUTOR)
    with app.app_context():
        one, two, three = (written(db.session, SubmissionState.DRAFT) for _ in range(3))
    text = b"a" * 1_500

    assert "larger than" in add(author, one, (b"b" * 2_001, "large.txt")).text
    add(author, one, (text, "first.txt"))
    assert "over 100 MB together" in add(author, one, (text, "second.txt")).text
    add(author, two, (text, "third.txt"))
    add(author, three, (text, "fourth.txt"))
    with app.app_context():
        four = written(db.session, SubmissionState.DRAFT)
    assert "500 MB in 30 days" in add(author, four, (text, "fifth.txt")).text
    assert len(stored(app)) == 3


def test_large_forms_are_taken_where_files_are_added_and_from_people_who_have_signed_in(
    app: Flask, author: Reader, draft: int
) -> None:
    picture = files.noise_png(1_600_000)
    assert len(picture) > app.config["MAX_CONTENT_LENGTH"]

    assert "1 file is added." in add(author, draft, (picture, "large.png")).text
    for browser, path in (
        (app.test_client(), f"/en/submissions/{draft}/files/add"),
        (author, f"/en/submissions/{draft}/files"),
    ):
        answer = send_files(browser, path, {}, (picture, "x.png"))
        assert answer.status_code == 413


def test_files_cannot_be_added_while_an_adviser_has_the_case(app: Flask, author: Reader, own_session: Session) -> None:
    signed_in(app, Role.ADVISER)
    number = written(own_session, SubmissionState.IN_REVIEW, adviser=account_called(own_session, "adviser@example.org"))
    page = author.read(f"/en/submissions/{number}/files")
    assert "Add files" not in page.text
    token = hidden(author.read("/en/account"))
    answer = send_files(author, f"/en/submissions/{number}/files/add", token, (files.pdf(), "a.pdf"))
    assert answer.status_code == 403


def test_pictures_lose_what_their_camera_wrote(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.jpeg_with_place(), "IMG_0001.JPG"))
    picture = stored(app)[0]

    sent = author.get(f"/files/{picture.key}").data

    assert picture.filename == "IMG_0001.jpg"
    assert not Image.open(io.BytesIO(sent)).getexif()
    assert b"GPS" not in sent
    assert b"Canon" not in sent
    assert Image.open(io.BytesIO(sent)).size == (30, 40), "not upright"


def test_the_store_is_closed_to_others_and_names_files_by_their_key(app: Flask, author: Reader, draft: int) -> None:
    add(author, draft, (files.pdf(), "../../etc/passwd.pdf"))
    folder = re.sub("^file://", "", app.config["FILES_URL"])
    import pathlib

    found = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]

    assert [path.name for path in found] == [stored(app)[0].key]
    assert stored(app)[0].filename == "passwd.pdf"
    assert pathlib.Path(folder).stat().st_mode & 0o077 == 0
    assert found[0].stat().st_mode & 0o077 == 0


def test_a_store_in_memory_behaves_as_a_bucket_would() -> None:
    store = FileStore("memory://files-of-this-test")
    store.put("a" * 32, io.BytesIO(b"content"))

    with store.open("a" * 32) as stream:
        assert stream.read() == b"content"
    assert [name for name, _since in store.all()] == ["a" * 32]
    store.remove("a" * 32)
    store.remove("a" * 32)
    assert not list(store.all())
    with pytest.raises(FileNotFoundError):
        store.open("../../etc/passwd")


def test_a_material_needs_no_statement_of_its_own(
    app: Flask, author: Reader, draft: int, count_statements: Callable[..., Any]
) -> None:
    add(author, draft, *((files.txt(), f"{n}.txt") for n in range(5)))
    practice = published(app, draft)
    with app.app_context():
        assert len(db.session.scalars(select(Material).where(Material.practice_id == practice.id)).all()) == 6
        other = publish(db.session, a_document(), provenance=Provenance.SUBMITTED, known=known_to(db.session)).slug
        db.session.commit()
    reader = app.test_client()
    reader.get(f"/en/practices/{practice.slug}")
    numbers = []
    for slug in (practice.slug, other):
        with count_statements() as ledger:
            reader.get(f"/en/practices/{slug}")
        numbers.append(len(ledger.statements))
    assert numbers[0] == numbers[1]
