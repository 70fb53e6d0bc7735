"""Practices brought in by the table: what the pages show, what changes and when, and how it is taken back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from factories.documents import titled
from factories.html import words
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from factories.records import a_practice
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from library.attachments.storage import store_of_app
from library.choices import BatchDeed, BatchState, ConceptStatus, PracticeState, Role
from library.extensions import db
from library.history.services import erase
from library.interchange import batch_services, work_services
from library.lexicon import renew
from library.models import (
    AuditEntry,
    Batch,
    BatchRow,
    Concept,
    ConceptLabel,
    Event,
    IndexJob,
    LabelKind,
    Practice,
    Revision,
)
from library.tables.columns import in_order, row_of
from library.tables.writing import csv_text, write_xlsx
from library.workflow import Step, advance

OVERVIEW = "/en/curate/batches"


@pytest.fixture(scope="module")
def adviser(module_library: Flask) -> Reader:
    return signed_in(module_library, Role.ADVISER, email="importer@example.org")


def table(*rows: Mapping[str, str], by_name: bool = True) -> str:
    return "".join(csv_text(in_order({name for row in rows for name in row}), rows, by_name=by_name))


def row(title: str, **more: Any) -> dict[str, str]:
    keys = {name: more.pop(name) for name in ("external_id", "identifier", "revision") if name in more}
    return {**row_of(titled(title, **more)), **keys}


def send(browser: Reader, content: bytes, name: str = "table.csv", **boxes: str) -> Any:
    fields = {**hidden(browser.read(OVERVIEW)), "provenance": "compiled", "state": "published", **boxes}
    file = ("file", FileStorage(io.BytesIO(content), filename=name))
    boundary, body = encode_multipart(MultiDict([*fields.items(), file]))
    return browser.post(OVERVIEW, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def work(app: Flask) -> None:
    with app.app_context():
        while work_services.take_up(db.sessionmaker, store_of_app()):
            pass


def taken(app: Flask, browser: Reader, content: bytes, name: str = "table.csv", **boxes: str) -> str:
    answer = send(browser, content, name, **boxes)
    assert answer.status_code == 303, words(Page(answer).root)
    work(app)
    return str(answer.location)


def deed(app: Flask, browser: Reader, page: str, name: str, **boxes: str) -> Any:
    answer = browser.post(f"{page}/{name}", data={**hidden(browser.read(page)), **boxes})
    if answer.status_code == 303:
        work(app)
    return answer


def with_session(app: Flask, do: Callable[[Session], Any]) -> Any:
    with app.app_context(), db.sessionmaker() as session:
        return do(session)


def batch_at(app: Flask, page: str) -> Batch:
    found: Batch = with_session(app, lambda session: session.get_one(Batch, int(page.rsplit("/", 1)[1])))
    return found


def practice(app: Flask, external_id: str) -> Practice | None:
    found: Practice | None = with_session(
        app, lambda session: session.scalars(select(Practice).where(Practice.external_id == external_id)).one_or_none()
    )
    return found


def test_a_windows_1252_table_with_semicolons_and_nordic_letters_imports_right(
    module_library: Flask, adviser: Reader
) -> None:
    title = "Åpen skole på Ærø, Þórshöfn og Järvenpää"
    read = list(csv.reader(io.StringIO(table(row(title, external_id="nordic"), by_name=False).lstrip("\ufeff"))))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(read)

    page = taken(module_library, adviser, text.getvalue().encode("cp1252"))
    shown = adviser.read(page)
    assert "Windows-1252" in shown.text
    assert "semicolons" in shown.text
    assert title in shown.text
    assert practice(module_library, "nordic") is None, "nothing is public before it is confirmed"

    assert deed(module_library, adviser, page, "confirm").status_code == 303
    found = practice(module_library, "nordic")
    assert found is not None
    assert title in adviser.read(f"/sv/practices/{found.slug}").heading


def test_what_comes_in_has_its_revision_event_audit_entry_and_index_job(module_library: Flask, adviser: Reader) -> None:
    rows = [row("Applies it", external_id="applies", model="the-model"), row("The model", external_id="the-model")]
    page = taken(module_library, adviser, table(*rows).encode())
    deed(module_library, adviser, page, "confirm")

    def kept(session: Session) -> None:
        found = session.scalars(select(Practice).where(Practice.external_id == "applies")).one()
        assert found.model is not None
        assert found.model.external_id == "the-model"
        assert [text.language for text in found.texts] == ["en", "sv"]
        assert session.scalars(select(Event.step).where(Event.practice_id == found.id)).all() == ["publish"]
        assert session.scalars(select(Revision.number).where(Revision.practice_id == found.id)).all() == [1]
        assert session.scalar(select(func.count()).where(IndexJob.practice_id == found.id)) == 1
        entry = select(AuditEntry.action).where(
            AuditEntry.subject_kind == "practice", AuditEntry.subject_id == found.id
        )
        assert session.scalars(entry).all() == ["practice.publish"]

    with_session(module_library, kept)


def test_a_workbook_is_read_like_a_text_file(module_library: Flask, adviser: Reader) -> None:
    one = row("From a workbook", external_id="workbook")
    made = io.BytesIO()
    write_xlsx(made, in_order(one), [one], title="Practices")
    page = taken(module_library, adviser, made.getvalue(), "table.xlsx")
    deed(module_library, adviser, page, "confirm")
    assert practice(module_library, "workbook") is not None


def test_a_half_broken_table_changes_nothing_and_says_what_to_mend(module_library: Flask, adviser: Reader) -> None:
    broken = {**row("Broken", external_id="broken"), "country": "Atlantis", "start_year": "long ago"}
    page = taken(module_library, adviser, table(row("Sound", external_id="sound"), broken).encode())
    shown = adviser.read(page)
    assert "Atlantis" in shown.text
    assert "Perhaps:" in shown.text or "Denmark" in shown.text, "what is allowed is not told"
    assert "long ago" in shown.text
    assert "1800–2200" in shown.text
    assert deed(module_library, adviser, page, "confirm").status_code == 303
    assert practice(module_library, "sound") is None
    lines = list(csv.reader(io.StringIO(adviser.get(f"{page}/messages.csv").get_data(as_text=True))))
    assert {tuple(line[:3]) for line in lines[1:]} >= {("3", "Country", "Atlantis"), ("3", "Start year", "long ago")}


def test_messages_are_handed_out_by_pieces(
    module_library: Flask, adviser: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{**row(f"Piece {number}"), "country": f"Atlantis {number}"} for number in range(20)]
    page = taken(module_library, adviser, table(*rows).encode())
    whole = adviser.get(f"{page}/messages.csv")
    monkeypatch.setattr("library.tables.lines.FLUSHED", 10)
    answer = adviser.get(f"{page}/messages.csv", buffered=False)
    pieces = list(answer.iter_encoded())
    assert len(pieces) > 20
    assert b"".join(pieces) == whole.data


def test_a_formula_is_refused_in_its_cell(module_library: Flask, adviser: Reader) -> None:
    content = table(row("Formula")).replace("2016", "=2000+16")
    page = taken(module_library, adviser, content.encode())
    assert "This is a formula" in adviser.read(page).text
    assert batch_at(module_library, page).state is BatchState.FAULTY


def test_a_heading_that_nobody_knows_is_refused_by_name(module_library: Flask, adviser: Reader) -> None:
    page = taken(module_library, adviser, table(row("Heading")).replace("start_year", "Begun in").encode())
    assert "Begun in" in adviser.read(page).text


def test_personal_data_must_be_looked_at_before_anything_comes_in(module_library: Flask, adviser: Reader) -> None:
    one = {**row("With a number", external_id="number"), "problem.sv": "Ring Anna på 070-123 45 67."}
    page = taken(module_library, adviser, table(one).encode())
    assert "phone number" in adviser.read(page).text
    assert deed(module_library, adviser, page, "confirm").status_code == 422
    assert practice(module_library, "number") is None
    assert deed(module_library, adviser, page, "confirm", acknowledged="y").status_code == 303
    assert practice(module_library, "number") is not None


def test_nobody_brings_in_what_their_own_organisation_owns(module_library: Flask, adviser: Reader) -> None:
    def join(session: Session) -> None:
        from library.models import Account, Organisation

        me = session.scalars(select(Account).where(Account.email == "importer@example.org")).one()
        me.organisations.append(session.scalars(select(Organisation).where(Organisation.slug == "fi-helsinki")).one())
        session.commit()

    with_session(module_library, join)
    page = taken(module_library, adviser, table(row("My own", owner="fi-helsinki")).encode())
    assert "another adviser" in adviser.read(page).text


def test_what_is_ones_own_and_unchanged_comes_back_in_with_a_list(module_library: Flask, adviser: Reader) -> None:
    def mine(session: Session) -> int:
        from library.models import Account, PracticeAuthor

        me = session.scalars(select(Account).where(Account.email == "importer@example.org")).one()
        made = a_practice(session, titled("Written by the importer"))
        session.add(PracticeAuthor(practice_id=made.id, account_id=me.id, name="Me", position=0))
        session.commit()
        return made.id

    number = with_session(module_library, mine)
    same = {**row_of(titled("Written by the importer")), "identifier": str(number)}
    page = taken(module_library, adviser, table(same).encode())
    assert batch_at(module_library, page).state is BatchState.READY
    page = taken(module_library, adviser, table({**same, "start_year": "2015"}).encode())
    assert batch_at(module_library, page).state is BatchState.FAULTY
    assert "another adviser" in adviser.read(page).text


def changed_practice(app: Flask, title: str) -> tuple[int, str]:
    def make(session: Session) -> tuple[int, str]:
        made = a_practice(session, titled(title))
        session.commit()
        return made.id, str(made.external_id)

    found: tuple[int, str] = with_session(app, make)
    return found


def revisions(app: Flask, identifier: int) -> Sequence[Any]:
    found: Sequence[Any] = with_session(
        app,
        lambda session: session.scalars(
            select(Revision.content).where(Revision.practice_id == identifier).order_by(Revision.number)
        ).all(),
    )
    return found


def test_a_record_is_changed_by_its_number_and_gets_its_former_words_back(
    module_library: Flask, adviser: Reader
) -> None:
    number, _ = changed_practice(module_library, "Before")
    cells = {"identifier": f"/p/{number}", "revision": "1", "title.sv": "Efter"}
    page = taken(module_library, adviser, table(cells).encode())
    shown = adviser.read(f"{page}/rows/2")
    assert "Efter" in shown.text
    deed(module_library, adviser, page, "confirm")
    first, second = revisions(module_library, number)
    assert second["text"]["sv"]["title"] == "Efter"
    assert second["text"]["en"] == first["text"]["en"], "what the table does not speak of was lost"

    deed(module_library, adviser, page, "undo")
    assert revisions(module_library, number)[2] == first
    assert batch_at(module_library, page).state is BatchState.UNDONE


def test_what_was_revised_since_the_table_was_made_is_overwritten_only_if_chosen(
    module_library: Flask, adviser: Reader
) -> None:
    number, _ = changed_practice(module_library, "Twice revised")
    for title in ("Två", "Tre"):
        cells = {"identifier": str(number), "revision": "1", "title.sv": title}
        page = taken(module_library, adviser, table(cells).encode())
        deed(module_library, adviser, page, "confirm")
    assert "has revised this practice since" in adviser.read(page).text
    assert len(revisions(module_library, number)) == 2

    deed(module_library, adviser, page, "check", overwrite="y")
    deed(module_library, adviser, page, "confirm")
    assert revisions(module_library, number)[-1]["text"]["sv"]["title"] == "Tre"


def test_what_is_the_same_is_left_alone(module_library: Flask, adviser: Reader) -> None:
    number, _ = changed_practice(module_library, "The same")
    cells = {**row_of(titled("The same")), "identifier": str(number), "revision": "1"}
    page = taken(module_library, adviser, table(cells).encode())
    deed(module_library, adviser, page, "confirm")
    assert len(revisions(module_library, number)) == 1


def test_what_was_handed_out_before_or_after_a_merge_comes_in_without_a_difference(
    module_library: Flask, adviser: Reader
) -> None:
    def merge(session: Session) -> int:
        for code in ("night-guard", "guard-of-night"):  # a code of its own, and one that another is called by
            session.add(Concept(id=f"agencies/{code}", scheme_code="agencies", code=code, position=900))
        session.flush()
        rows = [{"code": "night-guard"}, {"code": "guard-of-night", "lead": True}]
        made = a_practice(session, titled("Merged away", agencies=rows))
        police = ConceptLabel(
            concept_id="agencies/police", language="en", kind=LabelKind.ALTERNATIVE, text="night-guard", position=90
        )
        session.add(police)
        for concept in session.scalars(select(Concept).where(Concept.position == 900)):
            concept.status, concept.replaced_by_id = ConceptStatus.DEPRECATED, "agencies/business"
        renew(session)
        session.commit()
        return made.id

    number = with_session(module_library, merge)
    (old,) = revisions(module_library, number)
    cells = {**row_of(old), "identifier": str(number), "revision": "1"}
    new = {**old, "agencies": [{"code": "business", "lead": True}]}
    for given in (cells, {**row_of(new), "identifier": str(number)}):
        page = taken(module_library, adviser, table(given).encode())
        assert batch_at(module_library, page).options["counts"] == {"keep": 1}, adviser.read(page).text

    page = taken(module_library, adviser, table({**cells, "start_year": "2014"}).encode())
    deed(module_library, adviser, page, "confirm")
    assert revisions(module_library, number)[1] == {**new, "start_year": 2014}


def test_an_undone_import_archives_what_it_brought_and_brings_it_back_when_it_comes_again(
    module_library: Flask, adviser: Reader
) -> None:
    content = table(row("Comes and goes", external_id="comes")).encode()
    page = taken(module_library, adviser, content)
    deed(module_library, adviser, page, "confirm")
    deed(module_library, adviser, page, "undo")
    found = practice(module_library, "comes")
    assert found is not None
    assert found.state is PracticeState.ARCHIVED
    assert "undone" in str(found.archive_reason)

    again = taken(module_library, adviser, content)
    deed(module_library, adviser, again, "confirm")
    back = practice(module_library, "comes")
    assert back is not None
    assert (back.id, back.state) == (found.id, PracticeState.PUBLISHED)


def test_an_import_does_not_bring_back_what_somebody_archived_later(module_library: Flask, adviser: Reader) -> None:
    content = table(row("Archived later", external_id="archived-later")).encode()
    page = taken(module_library, adviser, content)
    for name in ("confirm", "undo"):
        deed(module_library, adviser, page, name)
    deed(module_library, adviser, taken(module_library, adviser, content), "confirm")

    def archive_it(session: Session) -> None:
        found = session.scalars(select(Practice).where(Practice.external_id == "archived-later")).one()
        assert found.state is PracticeState.PUBLISHED
        advance(session, found, Step.ARCHIVE, actor=None, reason="It harmed somebody")
        session.commit()

    with_session(module_library, archive_it)
    again = taken(module_library, adviser, content)
    assert batch_at(module_library, again).state is BatchState.FAULTY
    assert "This practice is archived" in adviser.read(again).text


def test_erasing_a_practice_empties_what_batches_remember_of_it(module_library: Flask, adviser: Reader) -> None:
    number, _ = changed_practice(module_library, "Remembered")
    warned = {"identifier": str(number), "title.sv": "Minns", "problem.sv": "Ring Anna på 070-123 45 67."}
    done = taken(module_library, adviser, table({"identifier": str(number), "title.sv": "Minne"}).encode())
    deed(module_library, adviser, done, "confirm")
    waiting = taken(module_library, adviser, table(warned).encode())

    def erase_it(session: Session) -> None:
        from library.models import Account

        me = session.scalars(select(Account).where(Account.email == "importer@example.org")).one()
        erase(session, session.get_one(Practice, number), actor=me, reason="The law")
        session.commit()

    with_session(module_library, erase_it)

    def kept(session: Session) -> list[BatchRow]:
        return list(session.scalars(select(BatchRow).where(BatchRow.practice_id == number)))

    rows = with_session(module_library, kept)
    assert len(rows) == 2
    for one in rows:
        assert (one.title, one.before, one.after) == ("", {}, {})
        assert all(fault["value"] == "" for fault in one.faults)
    for page in (done, waiting):
        assert "070" not in str(batch_at(module_library, page).options)
        adviser.read(page)
    deed(module_library, adviser, waiting, "confirm", acknowledged="y")
    assert batch_at(module_library, waiting).state is BatchState.FAULTY
    assert not batch_at(module_library, waiting).faults, "it failed instead of saying what is in the way"
    deed(module_library, adviser, done, "undo")
    assert batch_at(module_library, done).options["touched"] == 1


def test_undoing_leaves_what_somebody_has_revised_since_and_says_so(module_library: Flask, adviser: Reader) -> None:
    rows = [row("Touched", external_id="touched"), row("Untouched", external_id="untouched")]
    page = taken(module_library, adviser, table(*rows).encode())
    deed(module_library, adviser, page, "confirm")
    later = taken(module_library, adviser, table({"external_id": "touched", "title.sv": "Rörd"}).encode())
    deed(module_library, adviser, later, "confirm")

    deed(module_library, adviser, page, "undo")
    untouched = practice(module_library, "untouched")
    assert untouched is not None
    assert untouched.state is PracticeState.PUBLISHED, "undone although one was touched"
    assert "Somebody has revised it since" in adviser.read(f"{page}?show=touched").text

    deed(module_library, adviser, page, "undo", leave_touched="y")
    states = [one.state for name in ("touched", "untouched") if (one := practice(module_library, name))]
    assert states == [PracticeState.PUBLISHED, PracticeState.ARCHIVED]


def test_a_worker_that_dies_before_the_end_leaves_nothing_and_the_next_one_does_it(
    module_library: Flask, adviser: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = taken(module_library, adviser, table(row("Survives", external_id="survives")).encode())
    adviser.post(f"{page}/confirm", data=hidden(adviser.read(page)))

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(batch_services.Claim, "finish", die)  # the last thing before the commit
        with pytest.raises(SystemExit):
            work(module_library)
    assert practice(module_library, "survives") is None
    assert batch_at(module_library, page).state is BatchState.APPLYING

    monkeypatch.setattr(batch_services, "LEASE", -batch_services.LEASE)
    work(module_library)
    assert practice(module_library, "survives") is not None
    assert batch_at(module_library, page).state is BatchState.APPLIED


def test_a_new_practice_is_shown_as_its_page_before_it_comes_in(module_library: Flask, adviser: Reader) -> None:
    page = taken(module_library, adviser, table(row("Shown before")).encode())
    assert "Shown before" in adviser.read(f"{page}/rows/2").heading
    assert adviser.get(f"{page}/rows/99").status_code == 404
    deed(module_library, adviser, page, "discard")
    assert batch_at(module_library, page).state is BatchState.DISCARDED
    rows = select(func.count()).select_from(BatchRow).where(BatchRow.batch_id == batch_at(module_library, page).id)
    assert with_session(module_library, lambda session: session.scalar(rows)) == 0


def test_a_form_without_a_file_or_a_reason_says_so(adviser: Reader) -> None:
    boxes = {**hidden(adviser.read(OVERVIEW)), "provenance": "compiled", "state": "archived"}
    answer = adviser.post(OVERVIEW, data=boxes)
    assert answer.status_code == 422
    assert "Choose a file" in Page(answer).text
    assert "Write why they are archived" in Page(answer).text


def test_a_refused_file_is_named_with_the_reason(adviser: Reader) -> None:
    answer = send(adviser, b"a,b\n1,2\n")
    assert answer.status_code == 422
    assert "does not name the fields" in Page(answer).text


def test_the_template_is_read_back_in_any_language(module_library: Flask, adviser: Reader) -> None:
    for language in ("en", "fi", "is"):
        for suffix in ("xlsx", "csv"):
            address = f"/{language}/curate/batches/template.{suffix}?languages=sv&languages=is"
            answer = send(adviser, adviser.get(address).data, f"template.{suffix}")
            assert answer.status_code == 303
            work(module_library)
            assert "nothing below its headings" in adviser.read(answer.location).text


def test_progress_is_told_to_scripts(module_library: Flask, adviser: Reader) -> None:
    page = taken(module_library, adviser, table(row("Progress")).encode())
    told = adviser.get(f"{page}/progress").get_json()
    assert (told["state"], told["total"]) == ("ready", 1)


def test_deeds_are_counted_in_the_list(module_library: Flask, adviser: Reader) -> None:
    page = taken(module_library, adviser, table(row("Counted")).encode())
    kept = with_session(
        module_library,
        lambda session: session.scalars(select(BatchRow.deed).where(BatchRow.batch_id == int(page.rsplit("/", 1)[1]))),
    )
    assert kept is not None
    assert BatchDeed.CREATE.label in adviser.read(page).text
