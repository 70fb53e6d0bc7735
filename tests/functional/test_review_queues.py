"""The heaps on the desk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from factories.desk import an_adviser, an_author, as_stored, decide, send, sent_in, take
from factories.documents import titled
from factories.html import words
from factories.readers import Page, Reader
from factories.submissions import a_submission, account_called
from factories.watching import Ledger
from flask import Flask
from sqlalchemy.orm import Session

from library.choices import SubmissionState
from library.deadlines import overdue
from library.models import Comment, Submission, SubmissionAuthor, SubmissionEvent, now

Count = Callable[[], AbstractContextManager[Ledger]]
MOST = 30  # statements for any page of the desk, whatever the data


def titles(page: Page) -> list[str]:
    return [words(row.find("./h3")) for row in page.all("ol[@class='waiting']/li")]


def counts(page: Page) -> dict[str, int]:
    links = [link for link in page.all("a") if (link.get("id") or "").startswith("queue-")]
    return {(link.get("id") or "").removeprefix("queue-"): int(words(link.findall("span")[1])) for link in links}


def test_each_submission_lies_where_it_waits(own_library: Flask, own_session: Session) -> None:
    author, astrid, bo = an_author(own_library, own_session), an_adviser(own_library), an_adviser(own_library, "Bo")
    colleague = account_called(own_session, "bo@example.org")
    names = ("Nobody's", "Astrid's", "Bo's", "Sent back", "Declined", "Overdue", "Asked about")
    made = {name: sent_in(own_session, author, document=titled(name)) for name in names}
    a_submission(own_session, author, document=titled("Draft"))
    own_session.commit()
    take(astrid, made["Astrid's"])
    for name in ("Bo's", "Asked about"):
        take(bo, made[name])
    for name, decision in (("Sent back", "request-changes"), ("Declined", "decline")):
        take(bo, made[name])
        decide(bo, made[name], decision)
    as_stored(own_session, made["Overdue"]).due_on = now().date() - timedelta(days=1)
    own_session.commit()
    asked = {"colleague": str(account_called(own_session, "astrid@example.org").id)}
    send(bo, f"/en/review/{made['Asked about'].id}/opinions", asked)

    lying = {
        "unassigned": ["Overdue", "Nobody's"],
        "mine": ["Astrid's"],
        "opinion": ["Asked about"],
        "overdue": ["Overdue"],
        "waiting": ["Sent back"],
        "others": ["Bo's", "Asked about"],
        "decided": ["Declined"],
    }
    found = {queue: titles(astrid.read(f"/en/review?queue={queue}")) for queue in lying}
    assert found == lying
    assert counts(astrid.read("/en/review")) == {queue: len(titles) for queue, titles in lying.items()}
    assert titles(astrid.read("/en/review")) == ["Astrid's"], "what waits for oneself comes first"
    assert titles(astrid.read("/en/review?queue=nonsense&page=-7")) == ["Astrid's"]
    own_session.expire_all()
    assert not overdue(own_session, now().date()), "nobody has it, so nobody is reminded"
    take(bo, made["Overdue"])
    as_stored(own_session, made["Overdue"]).due_on = now().date() - timedelta(days=1)
    own_session.commit()
    assert [(s.title, s.adviser) for s in overdue(own_session, now().date())] == [("Overdue", colleague)]


def test_what_is_due_first_comes_first_then_what_has_waited_longest(own_library: Flask, own_session: Session) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    today = now().date()
    for title, due, age in (("C", 9, 1), ("A", 3, 2), ("D", 9, 0), ("B", 9, 5)):
        submission = sent_in(own_session, author, document=titled(title))
        submission.due_on, submission.submitted_at = today + timedelta(days=due), now() - timedelta(days=age)
    own_session.commit()

    page = astrid.read("/en/review?queue=unassigned")

    assert titles(page) == ["A", "B", "C", "D"]
    assert "2 days old" in page.text
    assert "0 days old" in page.text


def test_a_long_queue_has_pages(own_library: Flask, own_session: Session) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    for number in range(23):
        a_submission(own_session, author, state=SubmissionState.SUBMITTED, document=titled(f"Case {number:02}"))
    own_session.commit()

    first, second = (titles(astrid.read(f"/en/review?queue=unassigned&page={page}")) for page in (1, 2))

    assert first + second == [f"Case {number:02}" for number in range(23)]
    assert len(first) == 20
    assert titles(astrid.read("/en/review?queue=unassigned&page=99")) == second


def test_the_desk_costs_the_same_however_much_lies_on_it(
    own_library: Flask, own_session: Session, count_statements: Count
) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    submission = sent_in(own_session, author)
    take(astrid, submission)
    comment_on(own_session, submission, 1)
    pages = [f"/en/review/{submission.id}{page}" for page in ("", "/people", "/assessment", "/decision")]
    pages += ["/en/review?queue=mine"]
    few = {page: statements(count_statements, astrid, page) for page in pages}

    for number in range(12):
        other = an_author(own_library, own_session, f"author{number}@example.org", f"Author {number}")
        more = a_submission(
            own_session,
            other,
            state=SubmissionState.IN_REVIEW,
            document=titled(f"Case {number}"),
            adviser=account_called(own_session, "astrid@example.org"),
        )
        more.authors.append(SubmissionAuthor(account=author, position=1))
        submission.authors.append(SubmissionAuthor(account=other, position=number + 1))
        comment_on(own_session, submission, 3)
    own_session.commit()

    assert {page: statements(count_statements, astrid, page) for page in pages} == few
    assert max(few.values()) <= MOST


def statements(count: Count, reader: Reader, address: str) -> int:
    reader.read(address)  # whatever is read once a process
    with count() as ledger:
        reader.read(address)
    return len(ledger.statements)


def comment_on(session: Session, submission: Submission, comments: int) -> None:
    for _ in range(comments):
        thread = Comment(submission_id=submission.id, field="problem", author_id=submission.created_by_id, body="Hm")
        session.add(thread)
        session.flush()
        session.add(Comment(submission_id=submission.id, field="problem", parent_id=thread.id, body="Yes"))
        session.add(SubmissionEvent(submission_id=submission.id, step="comment", actor_id=submission.created_by_id))
    session.commit()
