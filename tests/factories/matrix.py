"""The permission matrix: every route × method × role × situation, and what each must answer.

What a role may do comes from the table in ``permissions``; what the situation adds stands in ``RULES`` below, once an
endpoint. A route that takes a record and has no rule here fails the matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, url_for
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from factories.readers import SESSION_TABLE
from factories.watching import watched
from factories.worlds import Person, Situation, browser_of
from library.choices import Role
from library.permissions import ACCESS_ATTRIBUTE, PERMISSIONS, PUBLIC, Permission

IN, SIGN_IN, FORBIDDEN, MISSING, GONE, BROKEN = "in", "sign in", "403", "404", "410", "broken"
REVIEWERS = {Role.ADVISER, Role.ADMINISTRATOR}
AUDIT_TABLE = "audit_entry"
HEADERS = {"Referer": "https://localhost/"}

Facts = Collection[str]
Rule = Callable[[Facts, Role], str]


# --- rules: how a situation decides, once the role has let somebody through -----------------------------------------


def _there(facts: Facts, _role: Role) -> str:
    return IN if "there" in facts else MISSING


def _author(facts: Facts, _role: Role) -> str:
    """What is being written is nobody else's business, advisers' neither."""
    return IN if "own" in facts else MISSING


def _editor(facts: Facts, _role: Role) -> str:
    if "own" not in facts:
        return MISSING
    return IN if "editable" in facts else FORBIDDEN


def _part_of(rule: Rule) -> Rule:
    """A part is found in its own submission only."""
    return lambda facts, role: MISSING if "other part" in facts else rule(facts, role)


def _desk(facts: Facts, _role: Role) -> str:
    """Advisers see what was sent in."""
    return IN if "desk" in facts else MISSING


def _decider(facts: Facts, _role: Role) -> str:
    """Nobody decides on their own work or that of their organisation."""
    if "desk" not in facts:
        return MISSING
    return FORBIDDEN if "partial" in facts else IN


def _shown(facts: Facts, _role: Role) -> str:
    """The public sees what is published or archived, and a tombstone."""
    return IN if "there" in facts else GONE if "erased" in facts else MISSING


def _reporter(facts: Facts, role: Role) -> str:
    """What is archived takes no new reports."""
    return _shown(facts, role) if "archived" not in facts else FORBIDDEN


def _still(facts: Facts, role: Role) -> str:
    """There is no report in this world that one could say still holds."""
    return MISSING if "published" in facts else _reporter(facts, role)


def _town(facts: Facts, role: Role) -> str:
    """A municipality's own page is its people's, and advisers'."""
    if "there" not in facts:
        return MISSING
    return IN if "own" in facts or role in REVIEWERS else FORBIDDEN


def _others(facts: Facts, _role: Role) -> str:
    """Nobody changes their own standing."""
    if "there" not in facts:
        return MISSING
    return FORBIDDEN if "own" in facts else IN


def _sender(facts: Facts, _role: Role) -> str:
    """Whoever sent a table confirms it: their organisations were looked at."""
    if "there" not in facts:
        return MISSING
    return IN if "own" in facts else FORBIDDEN


def _published(facts: Facts, _role: Role) -> str:
    return IN if "published" in facts else MISSING


def _owner(facts: Facts, role: Role) -> str:
    return _published(facts, role) if "own" in facts or "published" not in facts else FORBIDDEN


def _reviser(facts: Facts, role: Role) -> str:
    """Owners revise, and advisers."""
    return _published(facts, role) if role in REVIEWERS else _owner(facts, role)


def _claimant(facts: Facts, role: Role) -> str:
    """Nobody claims what is theirs already."""
    return FORBIDDEN if "own" in facts else _published(facts, role)


def _kept_for_ever(facts: Facts, _role: Role) -> str:
    """Even of an erased practice the number leads to its tombstone."""
    return IN if {"there", "erased"} & set(facts) else MISSING


def _unsent(facts: Facts, _role: Role) -> str:
    """What an adviser has seen is withdrawn, never deleted."""
    if "own" not in facts:
        return MISSING
    return IN if "editable" in facts and "desk" not in facts else FORBIDDEN


def _curator(facts: Facts, role: Role) -> str:
    """Curators change what is theirs, and administrators where nobody else can."""
    if "there" not in facts:
        return MISSING
    return IN if "own" in facts or role is Role.ADMINISTRATOR else FORBIDDEN


def _first(facts: Facts, _role: Role) -> str:
    """Whoever began it stays."""
    return FORBIDDEN if "own" in facts else MISSING


def _nothing(_facts: Facts, _role: Role) -> str:
    """There is nothing without what leads here: a provider's answer, or a mailbox of development."""
    return MISSING


def _file(facts: Facts, role: Role) -> str:
    """Published files are everybody's; others are for authors, and for advisers once they were sent in."""
    return IN if {"public", "own"} & set(facts) or ("desk" in facts and role in REVIEWERS) else MISSING


def _invitation(facts: Facts, role: Role) -> str:
    if "there" not in facts:
        return MISSING
    return FORBIDDEN if "high" in facts and role is Role.ADVISER else IN


RULES: dict[str, tuple[str, Rule]] = {
    **dict.fromkeys(
        (
            "accounts.arrive",
            "accounts.arrive_post",
            "accounts.link",
            "accounts.link_post",
            "mailbox.anywhere",
            "mailbox.index",
        ),
        ("none", _nothing),
    ),
    "accounts.own_sign_in": ("name", _there),
    "accounts.remove_passkey": ("passkey", _there),
    **dict.fromkeys(
        (
            "accounts.accept_invitation",
            "accounts.confirm",
            "accounts.confirm_email",
            "accounts.confirm_email_post",
            "accounts.confirm_post",
            "accounts.invitation",
            "accounts.invitation_post",
            "accounts.reset",
            "accounts.reset_post",
            "mailbox.stop",
            "mailbox.stop_post",
            "upkeep.confirm",
            "upkeep.confirm_post",
            "upkeep.ended",
        ),
        ("token", _there),
    ),
    **dict.fromkeys(
        (
            "administration.activate",
            "administration.end_sessions",
            "administration.grant_role",
            "administration.join_organisation",
            "administration.leave_organisation",
            "administration.person",
            "administration.take_role",
        ),
        ("person", _there),
    ),
    "administration.deactivate": ("person", _others),
    "administration.reset_second_factor": ("person", _others),
    "administration.organisation": ("organisation", _there),
    "administration.change_organisation": ("organisation", _there),
    "administration.revoke": ("invitation", _invitation),
    "administration.send_again": ("invitation", _invitation),
    **dict.fromkeys(
        ("calls.call", "calls.close", "calls.edit", "calls.edit_post", "calls.reopen"),
        ("call", _there),
    ),
    "catalogue.agency": ("agency", _there),
    "catalogue.municipality": ("municipality", _there),
    "concepts.concept": ("concept", _there),
    "concepts.concept_file": ("concept", _there),
    "concepts.scheme": ("vocabulary", _there),
    "concepts.scheme_file": ("vocabulary", _there),
    "vocabularies.concept": ("concept", _there),
    **dict.fromkeys(
        (
            "words.check_import",
            "words.confirm_import",
            "words.discard_import",
            "words.import_batch",
            "words.undo_import",
        ),
        ("vocabulary import", _there),
    ),
    "vocabularies.scheme": ("vocabulary", _there),
    **dict.fromkeys(
        ("words.add", "words.addition", "words.history", "words.missing", "words.scheme"),
        ("vocabulary", _there),
    ),
    **dict.fromkeys(
        (
            "words.concept",
            "words.deprecate",
            "words.deprecation",
            "words.merge",
            "words.merger",
            "words.move",
            "words.place",
            "words.practices",
            "words.relate",
            "words.relations",
            "words.restore",
            "words.say",
            "words.unrelate",
            "words.words",
        ),
        ("concept", _there),
    ),
    "words.undo": ("word change", _there),
    "words.answer": ("suggested word", _there),
    "words.suggested": ("suggested word", _there),
    **dict.fromkeys(
        ("batches.batch", "batches.discard", "batches.messages", "batches.progress", "batches.row", "batches.undo"),
        ("batch", _there),
    ),
    "batches.check": ("batch", _sender),
    "batches.confirm": ("batch", _sender),
    "catalogue.practice": ("practice", _shown),
    "exchange.adopters": ("practice", _shown),
    "exchange.municipality": ("town", _town),
    "exchange.municipality_table": ("town", _town),
    "exchange.report": ("practice", _shown),
    "exchange.report_post": ("practice", _reporter),
    "exchange.still": ("practice", _still),
    "exchange.take_down": ("report", _there),
    "exchange.take_down_post": ("report", _there),
    "exchange.uses": ("municipality", _there),
    "exchange.withdraw": ("practice", _reporter),
    **dict.fromkeys(
        ("collections.card", "collections.collection", "collections.file"), ("public collection", _published)
    ),
    **dict.fromkeys(
        ("curation.changes", "curation.compare", "curation.preview"),
        ("curated collection", _there),
    ),
    **dict.fromkeys(
        (
            "curation.add_section",
            "curation.archive",
            "curation.archiving",
            "curation.collection",
            "curation.curators",
            "curation.delete",
            "curation.deletion",
            "curation.invite",
            "curation.new_section",
            "curation.publish",
            "curation.reorder",
            "curation.restore",
            "curation.text",
            "curation.write_text",
        ),
        ("curated collection", _curator),
    ),
    **dict.fromkeys(
        (
            "curation.bring_back",
            "curation.item",
            "curation.place",
            "curation.remove_curator",
            "curation.remove_item",
            "curation.remove_section",
            "curation.section",
            "curation.write_note",
            "curation.write_section",
        ),
        ("curated collection", _part_of(_curator)),
    ),
    "files.download": ("file", _file),
    "history.archive": ("practice", _shown),
    "history.compare": ("practice", _shown),
    "history.erase": ("practice", _shown),
    "history.erasure": ("practice", _shown),
    "history.restore": ("practice", _shown),
    "history.revision": ("practice", _shown),
    "history.revisions": ("practice", _shown),
    "history.state": ("practice", _shown),
    "mailbox.letter": ("name", _there),
    "permanent.by_identifier": ("practice-id", _kept_for_ever),
    "returning.own_sign_in_back": ("name", _there),
    **dict.fromkeys(
        ("review.people", "review.submission", "review.comment"),
        ("submission", _desk),
    ),
    "review.reply": ("submission", _part_of(_desk)),
    **dict.fromkeys(
        (
            "review.ask",
            "review.assess",
            "review.assessment",
            "review.assign",
            "review.bring_up_to_date",
            "review.decide",
            "review.decision",
            "review.due",
            "review.give_back",
            "review.take",
        ),
        ("submission", _decider),
    ),
    **dict.fromkeys(
        ("review.answer", "review.reopen", "review.resolve"),
        ("submission", _part_of(_decider)),
    ),
    **dict.fromkeys(
        (
            "submissions.authors",
            "submissions.check",
            "submissions.check_post",
            "submissions.files",
            "submissions.overview",
            "submissions.own_part",
            "submissions.preview",
            "submissions.confirm",
            "submissions.invite",
            "submissions.withdraw",
            "submissions.withdrawal",
        ),
        ("submission", _author),
    ),
    **dict.fromkeys(
        (
            "submissions.add_files",
            "submissions.edit",
            "submissions.edit_post",
            "submissions.files_post",
            "submissions.reopen",
        ),
        ("submission", _editor),
    ),
    "submissions.conflict_post": ("submission", _part_of(_editor)),
    "submissions.delete": ("submission", _unsent),
    "submissions.deletion": ("submission", _unsent),
    "submissions.leave": ("submission", _first),
    "submissions.remove": ("submission", _part_of(_first)),
    "submissions.remove_file": ("submission", _editor),
    **dict.fromkeys(
        (
            "submissions.conflict",
            "submissions.reply",
            "submissions.resend",
            "submissions.revoke",
        ),
        ("submission", _part_of(_author)),
    ),
    "submissions.revise": ("practice", _reviser),
    "submissions.suggest": ("name", _there),
    "upkeep.answer": ("claim", _there),
    "upkeep.answer_post": ("claim", _others),
    "upkeep.claim": ("practice", _published),
    "upkeep.claim_post": ("practice", _claimant),
    "upkeep.confirm_own": ("practice", _owner),
    "upkeep.confirm_own_post": ("practice", _owner),
    "upkeep.ended_own": ("practice", _owner),
    "upkeep.remind": ("practice-id", _published),
    "upkeep.word": ("practice-id", _published),
    "upkeep.word_post": ("practice-id", _published),
}


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
        family, decide = RULES.get(rule.endpoint, ("none", _there))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for role, person in world.items():
                for situation in person.situations[family]:
                    expected = _by_role(access, role) or decide(situation.facts, role)
                    yield Cell(rule.endpoint, method, role, situation, expected)


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

    def wrong(self, wanted: Collection[str] = ()) -> list[str]:
        """Ask all cells, or those of some endpoints, and return those that answer otherwise than they must."""
        self.asked = 0
        answers = []
        for cell in cells(self.app, self.world, wanted):
            answered = self.ask(cell)
            self.asked += 1
            if answered != cell.expected:
                answers.append(f"{cell}: {answered}, not {cell.expected}")
        return answers

    def ask(self, cell: Cell, *, with_token: bool = True) -> str:
        """Return what a cell answers."""
        with self.app.test_request_context():
            [rule] = self.app.url_map.iter_rules(cell.endpoint)
            values = self._values(cell, rule.arguments)
            address = url_for(cell.endpoint, **values)
        if cell.method == "GET":
            browser, token = self._kept[cell.role]
        else:  # some forms end the session from which they were sent
            browser, token = browser_of(self.app, self.world[cell.role])
        data = {"csrf_token": token} if with_token and cell.method != "GET" else {}
        with watched() as ledger, browser.open(address, method=cell.method, data=data, headers=HEADERS) as answer:
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
        every = [cell for cell in cells(asker.app, asker.world) if cell.method != "GET"]
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
