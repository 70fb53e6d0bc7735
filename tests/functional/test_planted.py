"""Checks that are taken away one at a time: for each, the permission matrix turns red.

A matrix that is green proves something only if it would be red. Each row below plants one missing check, as somebody
might forget it, and names the routes at which it must be noticed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from factories.matrix import Asker, nothing_kept, views_reached_without_token
from factories.worlds import Person, a_world
from flask import Flask
from sqlalchemy.orm import Session

from library import access, commenting, permissions
from library.administration import services as administration
from library.catalogue import queries as catalogue
from library.choices import PracticeState, Role, SubmissionState
from library.drafting import saving
from library.files import queries as files
from library.models import Comment, KeptEdit
from library.permissions import ACCESS_ATTRIBUTE
from library.upkeep import services as upkeep
from library.upkeep import views as upkeep_views

pytestmark = [pytest.mark.one_database, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch, Flask], None]


@dataclass(frozen=True)
class Row:
    """One missing check.

    :param forgot: what somebody forgot.
    :param at: the routes at which it must be noticed.
    """

    forgot: str
    at: tuple[str, ...]
    plant: Plant


def everywhere(patch: Patch, function: Callable[..., Any], instead: Callable[..., Any]) -> None:
    """Replace a function in every module of the library that has taken it by its name."""
    taken = [
        (module, name)
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith("library")
        for name, value in vars(module).items()
        if value is function
    ]
    assert taken, f"{function.__name__} is nowhere"
    for module, name in taken:
        patch.setattr(module, name, instead)


def without_guard(endpoint: str) -> Plant:
    """Take the ``@requires`` from a view; what it declares stays, for the matrix reads that."""

    def plant(patch: Patch, app: Flask) -> None:
        guarded = app.view_functions[endpoint]
        inner = guarded.__wrapped__  # type: ignore[attr-defined] # functools.wraps leaves it

        def bare(*args: Any, **values: Any) -> Any:
            return inner(*args, **values)

        setattr(bare, ACCESS_ATTRIBUTE, getattr(guarded, ACCESS_ATTRIBUTE))
        patch.setitem(app.view_functions, endpoint, bare)

    return plant


def never(function: Callable[..., Any]) -> Plant:
    """Let a check pass whatever it is asked."""
    return lambda patch, _app: everywhere(patch, function, lambda *_args, **_values: None)


def always(function: Callable[..., Any], *, answer: bool) -> Plant:
    """Let a question have one answer whatever is asked."""
    return lambda patch, _app: everywhere(patch, function, lambda *_args, **_values: answer)


def setting(module: Any, name: str, value: Any) -> Plant:
    return lambda patch, _app: patch.setattr(module, name, value)


def _any_comment(session: Session, _submission: object, number: int) -> Comment:
    return session.get_one(Comment, number)


def _any_kept(session: Session, _submission: object, number: int, *_args: object, **_values: object) -> KeptEdit:
    return session.get_one(KeptEdit, number)


def _any_practice(slug: str) -> object:
    return upkeep_views.queries.practice_at(upkeep_views.db.session, slug)


ROWS = [
    Row("who lists people", ("administration.people",), without_guard("administration.people")),
    Row("who gives roles", ("administration.grant_role",), without_guard("administration.grant_role")),
    Row("who downloads the audit", ("administration.audit_csv",), without_guard("administration.audit_csv")),
    Row("who opens the review desk", ("review.queues",), without_guard("review.queues")),
    Row("who erases practices", ("history.erasure",), without_guard("history.erasure")),
    Row("who archives practices", ("history.archive",), without_guard("history.archive")),
    Row("who sees claims", ("upkeep.claims",), without_guard("upkeep.claims")),
    Row("who writes submissions", ("submissions.mine",), without_guard("submissions.mine")),
    Row(
        "that roles matter at all", ("administration.people", "review.queues"), always(permissions.permits, answer=True)
    ),
    Row("whose draft it is", ("submissions.overview", "submissions.preview"), never(access.check_author)),
    Row("that what was sent in is not edited", ("submissions.edit",), never(access.check_editable)),
    Row(
        "in which states authors may write",
        ("submissions.edit", "submissions.add_files"),
        setting(access, "EDITABLE", frozenset(SubmissionState)),
    ),
    Row("that advisers see no drafts", ("review.submission", "review.people"), never(access.check_desk)),
    Row("whether it was ever sent in", ("review.submission",), always(access.is_at_the_desk, answer=True)),
    Row("that nobody decides on their own work", ("review.decision", "review.take"), never(access.check_decider)),
    Row("that organisations are partial", ("review.assessment",), always(access.is_partial, answer=False)),
    Row("who is an author", ("files.download", "submissions.overview"), always(access.is_author, answer=True)),
    Row("whose file it is", ("files.download",), setting(files, "_may_read", lambda *_args: True)),
    Row("that erased practices show no files", ("files.download",), setting(files, "_is_shown", lambda *_args: True)),
    Row("that erased practices are gone", ("catalogue.practice",), setting(catalogue, "VISIBLE", tuple(PracticeState))),
    Row("who answers for a practice", ("upkeep.confirm_own",), setting(upkeep_views, "_own", _any_practice)),
    Row("that nobody decides on their own claim", ("upkeep.answer_post",), never(upkeep.check_claim_decider)),
    Row("that one's own practice is not claimed", ("upkeep.claim_post",), never(upkeep.check_claimable)),
    Row(
        "that nobody closes their own account", ("administration.deactivate",), never(administration._check_not_oneself)
    ),
    Row(
        "whom advisers may invite",
        ("administration.revoke", "administration.send_again"),
        never(administration._check_may_invite),
    ),
    Row(
        "that a comment belongs to its submission",
        ("submissions.reply",),
        lambda patch, _app: everywhere(patch, commenting.comment_of, _any_comment),
    ),
    Row(
        "that a kept edit belongs to its draft",
        ("submissions.conflict",),
        lambda patch, _app: everywhere(patch, saving.kept_edit, _any_kept),
    ),
]


@pytest.fixture(scope="module")
def world(module_library: Flask) -> dict[Role, Person]:
    return a_world(module_library)


@pytest.fixture
def asker(module_library: Flask, world: dict[Role, Person], monkeypatch: Patch) -> Asker:
    monkeypatch.setattr(Session, "commit", nothing_kept)
    return Asker(module_library, world)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.forgot)
def test_the_matrix_notices_that_somebody_forgot(row: Row, asker: Asker, monkeypatch: Patch) -> None:
    row.plant(monkeypatch, asker.app)
    wrong = asker.wrong(asker.cells(row.at))
    assert asker.asked
    assert wrong, f"nobody noticed that somebody forgot {row.forgot}"


def test_the_matrix_is_green_where_nobody_forgot_anything(asker: Asker) -> None:
    wanted = {"review.submission", "submissions.overview", "files.download", "catalogue.practice"}
    assert asker.wrong(asker.cells(wanted)) == []


def test_the_token_test_notices_that_nobody_checks_tokens(asker: Asker, monkeypatch: Patch) -> None:
    monkeypatch.setitem(asker.app.config, "WTF_CSRF_CHECK_DEFAULT", False)
    assert len(views_reached_without_token(asker)) > 20


def test_at_least_twenty_checks_are_taken_away() -> None:
    assert len({row.forgot for row in ROWS}) >= 20
