"""The permission matrix: every route × method × role × situation, and what each must answer.

What a role may do comes from the table in ``permissions``; what the situation adds stands in ``access_rules``, once an
endpoint. A route that takes a record and has no rule here fails the matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, url_for
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from factories.access_rules import BROKEN, FORBIDDEN, GONE, IN, MISSING, RULES, SIGN_IN, there
from factories.readers import SESSION_TABLE
from factories.watching import watched
from factories.worlds import Person, Situation, browser_of
from library.choices import Role
from library.permissions import ACCESS_ATTRIBUTE, PERMISSIONS, PUBLIC, Permission

AUDIT_TABLE = "audit_entry"
HEADERS = {"Referer": "https://localhost/"}


# --- cells -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One request and what it must answer."""

    endpoint: str
    method: str
    role: Role
    situation: Situation
    expected: str

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} as {self.role.value}, {self.situation.name}"


def unclassified(app: Flask) -> set[str]:
    """Return endpoints that take a record, and for which nobody has said whose."""
    takes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments - {"lang"}}
    return takes - {"static"} - RULES.keys()


def no_longer_there(app: Flask) -> set[str]:
    """Return endpoints that have a rule and no route."""
    return RULES.keys() - app.view_functions.keys()


def cells(app: Flask, world: dict[Role, Person], wanted: Collection[str] = ()) -> Iterator[Cell]:
    """Yield the cells of all endpoints, or of those that are wanted."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint == "static" or (wanted and rule.endpoint not in wanted):
            continue
        access = getattr(app.view_functions[rule.endpoint], ACCESS_ATTRIBUTE)
        family, decide = RULES.get(rule.endpoint, ("none", there))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for role, person in world.items():
                for situation in person.situations[family]:
                    expected = _by_role(access, role) or decide(situation.facts, role)
                    yield Cell(rule.endpoint, method, role, situation, expected)


def one_each(every: Iterable[Cell]) -> list[Cell]:
    """Return one cell for each route and method: the most able role that gets in, with a record that there is."""
    best: dict[tuple[str, str], Cell] = {}
    for cell in every:
        known = best.setdefault((cell.endpoint, cell.method), cell)
        if _telling(cell) > _telling(known):
            best[cell.endpoint, cell.method] = cell
    return list(best.values())


def _telling(cell: Cell) -> tuple[bool, int, int]:
    return cell.expected == IN, list(Role).index(cell.role), len({"published", "own"} & set(cell.situation.facts))


def _by_role(access: object, role: Role) -> str:
    """Return what a role answers by itself; nothing where it lets somebody through to the record."""
    if access == PUBLIC or (isinstance(access, Permission) and access in PERMISSIONS[role]):
        return ""
    return SIGN_IN if role is Role.READER else FORBIDDEN


# --- asking ------------------------------------------------------------------------------------------------------


class Asker:
    """Asks cell after cell. Whatever a form does is rolled back (see ``nothing_kept`` in the tests)."""

    def __init__(self, app: Flask, world: dict[Role, Person]) -> None:
        self.app, self.world, self.asked = app, world, 0
        self.silent: set[str] = set()
        self._kept = {role: browser_of(app, person) for role, person in world.items()}

    def cells(self, wanted: Collection[str] = ()) -> list[Cell]:
        return list(cells(self.app, self.world, wanted))

    def wrong(self, asked: Iterable[Cell], *, whole: bool = False) -> list[str]:
        """Ask cells and return those that answer otherwise than they must."""
        self.asked = 0
        answers = []
        for cell in asked:
            answered = self.ask(cell, whole=whole)
            self.asked += 1
            if answered != cell.expected:
                answers.append(f"{cell}: {answered}, not {cell.expected}")
        return answers

    def ask(self, cell: Cell, *, with_token: bool = True, whole: bool = False) -> str:
        """Return what a cell answers, by its head or once the whole of it has come."""
        with self.app.test_request_context():
            [rule] = self.app.url_map.iter_rules(cell.endpoint)
            values = self._values(cell, rule.arguments)
            address = url_for(cell.endpoint, **values)
        if cell.method == "GET":
            browser, token = self._kept[cell.role]
        else:  # some forms end the session from which they were sent
            browser, token = browser_of(self.app, self.world[cell.role])
        data = {"csrf_token": token} if with_token and cell.method != "GET" else {}
        with (
            watched() as ledger,
            browser.open(address, method=cell.method, data=data, headers=HEADERS, buffered=whole) as answer,
        ):
            changed = {*ledger.committed, *ledger.lost} - {SESSION_TABLE}
            if answer.status_code < 400 and changed and AUDIT_TABLE not in changed:
                self.silent.add(cell.endpoint)
            return outcome(answer)

    def _values(self, cell: Cell, arguments: Collection[str]) -> dict[str, object]:
        values = {"lang": "en", **cell.situation.values}
        if cell.endpoint == "review.answer":
            values["number"] = values.get("opinion", 0)
        if "body" in arguments:
            values["body"] = self.world[Role.MEMBER].situations["organisation"][0].values["identifier"]
        return {name: values[name] for name in arguments}


def outcome(answer: TestResponse) -> str:
    """Return what an answer means for whoever asked."""
    status = answer.status_code
    if status >= 500:
        return f"{BROKEN} ({status})"
    if status == 401 or (status in (302, 303) and "/account/sign-in?next=" in answer.headers.get("Location", "")):
        return SIGN_IN
    return {403: FORBIDDEN, 404: MISSING, 410: GONE}.get(status, IN)


def nothing_kept(session: Session) -> None:
    """Do all that a commit does but keep it: in place of ``Session.commit``, so that no cell changes the world."""
    session.flush()
    session.rollback()


def views_reached_without_token(asker: Asker) -> set[str]:
    """Return endpoints whose view runs although a form came without its CSRF token."""
    reached: set[str] = set()
    kept = dict(asker.app.view_functions)
    try:
        for endpoint, view in kept.items():
            asker.app.view_functions[endpoint] = _reporting(view, endpoint, reached)
        every = [cell for cell in asker.cells() if cell.method != "GET"]
        firsts = {cell.endpoint: cell for cell in reversed(every) if cell.role is Role.ADMINISTRATOR}
        for cell in firsts.values():
            asker.ask(cell, with_token=False)
    finally:
        asker.app.view_functions.update(kept)
    return reached


def _reporting(view: Callable[..., Any], endpoint: str, reached: set[str]) -> Callable[..., Any]:
    @wraps(view)  # the CSRF guard knows views by their names
    def report(*_args: object, **_values: object) -> str:
        reached.add(endpoint)
        return "reached"

    return report
