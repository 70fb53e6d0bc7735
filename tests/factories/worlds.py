"""A small world for the permission matrix: one person a role, and every kind of record in every relation to each.

Each situation says in plain facts how the person stands to the record; the rules in ``matrix`` read these facts and
nothing of the library, so that a check which is lost there does not get lost here too.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.json.tag import TaggedJSONSerializer
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from factories.adoptions import an_adoption
from factories.batches import a_batch
from factories.collections import a_collection, a_section
from factories.documents import a_document, titled
from factories.records import a_practice
from factories.submissions import a_submission
from library.accounts.services import ensure_roles
from library.attachments.storage import store_of_app
from library.choices import BatchKind, BatchState, CollectionState, Provenance, Role, SubmissionState
from library.extensions import db
from library.models import (
    Account,
    Attachment,
    Batch,
    Call,
    Claim,
    Comment,
    ConceptChange,
    ConceptSuggestion,
    Invitation,
    KeptEdit,
    Material,
    Opinion,
    Organisation,
    Passkey,
    Practice,
    PracticeAuthor,
    ServerSession,
    Submission,
    now,
)
from library.workflow import Step, SubmissionStep, advance, advance_submission

MISSING = 987_654_321
NOBODYS = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Situation:
    """One record as one person meets it.

    :param name: how the person stands to it.
    :param values: parts of an address.
    :param facts: what is true of it: ``there``, ``own``, ``editable``, ``desk``, ``partial`` …
    """

    name: str
    values: dict[str, Any]
    facts: frozenset[str] = frozenset()


Situations = dict[str, list[Situation]]  # family -> situations


@dataclass
class Person:
    """Somebody with one role, or nobody: a reader has no account."""

    role: Role
    account_id: int | None = None
    uniquifier: str = ""
    situations: Situations = field(default_factory=dict)


def a_world(app: Flask) -> dict[Role, Person]:
    """Make the records, and return the people."""
    with app.test_request_context():
        world = _Maker(db.session).people()
        db.session.commit()
        return world


# --- browsers ----------------------------------------------------------------------------------------------------


def browser_of(app: Flask, person: Person) -> tuple[FlaskClient, str]:
    """Return a browser in which somebody has just signed in, and a CSRF token for its forms."""
    browser, raw = FlaskClient(app), secrets.token_hex(20)
    token = secrets.token_urlsafe(32)
    kept: dict[str, Any] = {"csrf_token": raw}
    if person.account_id:
        kept |= {"_user_id": person.uniquifier, "_fresh": False, "proved_at": time.time()}
    with app.app_context(), db.sessionmaker.begin() as session:
        session.add(
            ServerSession(
                token_hash=hashlib.sha256(token.encode()).digest(),
                account_id=person.account_id,
                data=TaggedJSONSerializer().dumps(kept),
                expires_at=now() + timedelta(hours=2),
            )
        )
    browser.set_cookie("session", token)
    return browser, str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw))


# --- records -----------------------------------------------------------------------------------------------------


class _Maker:
    """Makes records; whatever it makes is flushed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.roles = ensure_roles(session)
        self.stranger = self.account(Role.CONTRIBUTOR, "stranger")
        self.chief = self.account(Role.ADVISER, "chief")
        self.account(Role.ADMINISTRATOR, "deputy")
        self.body = Organisation(slug="matrix-body", kind="ngo", name="Body")
        session.add(self.body)
        self.town = Organisation(slug="matrix-town", kind="municipality", country_id="countries/dk", name="Town")
        session.add(self.town)
        self.shared = [*self._practices(), *self._foreign_submissions()]

    def people(self) -> dict[Role, Person]:
        return {role: self._person(role) for role in Role}

    def account(self, role: Role, name: str) -> Account:
        account = Account(
            email=f"{name}@matrix.example",
            name=name,
            fs_uniquifier=uuid.uuid4().hex,
            confirmed_at=now(),
            roles=[self.roles[role]],
        )
        self.session.add(account)
        self.session.flush()
        return account

    def _person(self, role: Role) -> Person:
        me = None if role is Role.READER else self.account(role, f"me-{role.value}")
        found: Situations = {"practice": [], "practice-id": [], "submission": [], "file": [], "claim": []}
        for family, situation in (*self.shared, *(self._own(me) if me else ())):
            found[family].append(situation)
        found |= self._small(me)
        for situation in found["practice"]:
            identifier = situation.values["identifier"]
            found["practice-id"].append(Situation(situation.name, {"identifier": identifier}, situation.facts))
        return Person(role, me.id if me else None, me.fs_uniquifier if me else "", found)

    def _small(self, me: Account | None) -> Situations:
        """Return situations of families that need few records."""
        there, own = frozenset({"there"}), frozenset({"there", "own"})
        mine = [Situation("oneself", {"identifier": me.id}, own)] if me else []
        key = Passkey(
            user_id=self.stranger.id,
            credential_id=secrets.token_bytes(8),
            public_key=b"x",
            backup_state=False,
            device_type="x",
            name=secrets.token_hex(4),
            usage="secondary",
        )
        self.session.add(key)
        self.session.flush()
        return {
            "none": [Situation("no record", {}, there)],
            "person": [
                *mine,
                Situation("somebody else", {"identifier": self.stranger.id}, there),
                Situation("missing", {"identifier": MISSING}),
            ],
            "organisation": [
                Situation("there", {"identifier": self.body.id}, there),
                Situation("missing", {"identifier": MISSING}),
            ],
            "invitation": [
                Situation("of a contributor", {"identifier": self.invitation(Role.CONTRIBUTOR).id}, there),
                Situation("of an adviser", {"identifier": self.invitation(Role.ADVISER).id}, there | {"high"}),
                Situation("missing", {"identifier": MISSING}),
            ],
            "passkey": [
                Situation("somebody else's", {"identifier": key.id}),
                Situation("missing", {"identifier": MISSING}),
            ],
            "token": [Situation("made up", {"token": "x" * 43})],
            "name": [Situation("unknown", {"name": "nothing", "key": "nothing", "scheme": "nothing"})],
            "call": [
                Situation("there", {"identifier": self.call().id}, there),
                Situation("missing", {"identifier": MISSING}),
            ],
            "agency": [
                Situation("there", {"code": "police", "suffix": "json"}, there),
                Situation("missing", {"code": "nothing", "suffix": "json"}),
            ],
            "concept": [
                Situation("there", {"scheme": "agencies", "code": "police", "form": "ttl"}, there),
                Situation("missing", {"scheme": "agencies", "code": "nothing", "form": "ttl"}),
            ],
            "word change": [
                Situation("there", {"identifier": self.word_change().id}, there),
                Situation("missing", {"identifier": MISSING}),
            ],
            "suggested word": [
                Situation("there", {"identifier": self.suggested_word().id}, there),
                Situation("missing", {"identifier": MISSING}),
            ],
            "vocabulary import": [
                Situation("checked", {"identifier": self.vocabulary_import(BatchState.READY).id}, there),
                Situation("brought in", {"identifier": self.vocabulary_import(BatchState.APPLIED).id}, there),
                Situation("missing", {"identifier": MISSING}),
            ],
            "vocabulary": [
                Situation("there", {"scheme": "agencies", "form": "ttl"}, there),
                Situation("missing", {"scheme": "nothing", "form": "ttl"}),
            ],
            "town": [
                Situation("one's own", {"slug": "matrix-town"}, own),
                Situation("somebody else's", {"slug": "dk-aarhus"}, there),
                Situation("missing", {"slug": "nothing"}),
            ],
            "batch": self._batches(me),
            "report": self._reports(),
            "public collection": self._public_collections(),
            "curated collection": self._curated_collections(me),
            "municipality": [
                Situation("there", {"slug": "dk-aarhus", "suffix": "json"}, there),
                Situation("missing", {"slug": "nothing", "suffix": "json"}),
            ],
            "list": [
                Situation("there", {"suffix": "json"}, there),
                Situation("missing", {"suffix": "docx"}),
            ],
        }

    def _batches(self, me: Account | None) -> list[Situation]:
        """Return checked tables: a colleague's, none, and one's own."""
        theirs = a_batch(self.session, self.chief)
        found = [
            Situation("a colleague's", {"identifier": theirs.id, "number": 2}, frozenset({"there"})),
            Situation("missing", {"identifier": MISSING, "number": 2}),
        ]
        if me:
            values = {"identifier": a_batch(self.session, me).id, "number": 2}
            found.append(Situation("one's own", values, frozenset({"there", "own"})))
        return found

    def _curated_collections(self, me: Account | None) -> list[Situation]:
        """Return collections as curators meet them: their own, and with a part of another; a colleague's; none."""
        theirs = self._collection_parts(self.chief)
        found = [Situation("a colleague's", theirs, frozenset({"there"}))]
        found.append(Situation("missing", dict.fromkeys(theirs, MISSING) | {"code": "en"}))
        if me:
            mine, own = self._collection_parts(me), frozenset({"there", "own"})
            found.append(Situation("one's own", mine, own))
            parts = {**theirs, "identifier": mine["identifier"], "number": MISSING, "account": self.stranger.id}
            found.append(Situation("one's own, part of another", parts, own | {"other part"}))
        return found

    def _collection_parts(self, curator: Account) -> dict[str, Any]:
        section = a_section("Begin here", self.practice(f"Chosen by {curator.name}, {secrets.token_hex(2)}"))
        made = a_collection(self.session, curator, state=CollectionState.DRAFT, sections=[section])
        item = section.items[0].id
        parts = {"section": section.id, "item": item, "code": "en", "number": 1, "account": curator.id}
        return {"identifier": made.id, **parts}

    def _public_collections(self) -> list[Situation]:
        """Return a collection in every state: the public, curators too, reads there what is published."""
        found = []
        for state in CollectionState:
            made = a_collection(self.session, self.chief, state=state)
            facts = frozenset({"there", state.value})
            found.append(Situation(state.value, {"slug": made.slug, "suffix": "json"}, facts))
        return [*found, Situation("missing", {"slug": "nothing", "suffix": "json"})]

    def _reports(self) -> list[Situation]:
        """Return a municipality's report, and the same under the address of another practice."""
        used, other = self.practice("In use"), self.practice("Not in use")
        report = an_adoption(self.session, used, self.town)
        return [
            Situation("there", {"slug": used.slug, "identifier": report.id}, frozenset({"there"})),
            Situation("of another practice", {"slug": other.slug, "identifier": report.id}),
            Situation("missing", {"slug": used.slug, "identifier": MISSING}),
        ]

    def word_change(self) -> ConceptChange:
        made = ConceptChange(scheme_code="agencies", concept_id="agencies/police", deed="words", before={}, after={})
        self.session.add(made)
        self.session.flush()
        return made

    def suggested_word(self) -> ConceptSuggestion:
        made = ConceptSuggestion(scheme_code="themes", language="da", label="Havnefest", account_id=self.stranger.id)
        self.session.add(made)
        self.session.flush()
        return made

    def call(self) -> Call:
        made = Call(theme_id="themes/hate", original_language="en", titles={"en": "Against hate"})
        self.session.add(made)
        self.session.flush()
        return made

    def invitation(self, role: Role | None = None, submission: Submission | None = None) -> Invitation:
        made = Invitation(
            token_hash=secrets.token_bytes(32),
            email=f"{secrets.token_hex(4)}@matrix.example",
            role=role,
            submission_id=submission.id if submission else None,
            invited_by=self.stranger,
            expires_at=now() + timedelta(days=7),
        )
        self.session.add(made)
        self.session.flush()
        return made

    def vocabulary_import(self, state: BatchState) -> Batch:
        made = Batch(
            kind=BatchKind.VOCABULARY,
            state=state,
            applied_at=now() if state is BatchState.APPLIED else None,
            filename="words.ttl",
            options={"scheme": "agencies", "fresh": False, "missing": "keep"},
        )
        self.session.add(made)
        self.session.flush()
        return made

    # --- practices

    def _practices(self) -> list[tuple[str, Situation]]:
        published = self.practice("Somebody else's")
        archived = self.practice("Archived")
        advance(self.session, archived, Step.ARCHIVE, actor=None, reason="It ended.")
        erased = self.practice("Erased")
        advance(self.session, erased, Step.ERASE, actor=None, reason="The law.")
        claim = Claim(practice_id=published.id, account_id=self.stranger.id, message="Ours.")
        self.session.add(claim)
        self.session.flush()
        return [
            ("practice", _of(published, "somebody else's", "there", "published")),
            ("practice", _of(archived, "archived", "there", "archived")),
            ("practice", _of(erased, "erased", "erased")),
            (
                "practice",
                Situation("missing", {"slug": "missing", "identifier": MISSING, "practice": MISSING, "number": 1}),
            ),
            ("file", self._file("of a published practice", None, {"there", "public"}, practice=published)),
            ("file", self._file("of an erased practice", None, set(), practice=erased)),
            ("file", Situation("missing", {"key": NOBODYS})),
            ("claim", Situation("somebody else's", {"identifier": claim.id}, frozenset({"there"}))),
            ("claim", Situation("missing", {"identifier": MISSING})),
        ]

    def practice(self, title: str) -> Practice:
        return a_practice(self.session, titled(title, owner="dk-aarhus"), provenance=Provenance.COMPILED)

    # --- submissions

    def _foreign_submissions(self) -> list[tuple[str, Situation]]:
        return [
            *self._submission("somebody else's draft", self.stranger, SubmissionState.DRAFT, "there"),
            *self._submission("sent in by somebody else", self.stranger, SubmissionState.SUBMITTED, "there", "desk"),
            *self._submission("somebody else's in review", self.stranger, SubmissionState.IN_REVIEW, "there", "desk"),
            *self._submission("withdrawn unsent by somebody else", self.stranger, SubmissionState.WITHDRAWN, "there"),
            *self._submission(
                "taken back to a draft by somebody else", self.stranger, SubmissionState.SUBMITTED, "there"
            ),
            ("submission", Situation("missing", _parts(MISSING, MISSING))),
        ]

    def _own(self, me: Account) -> list[tuple[str, Situation]]:
        """Return records in which this person has a part."""
        me.organisations += [self.body, self.town]
        practice = self.practice(f"Of {me.name}")
        self.session.add(PracticeAuthor(practice_id=practice.id, account_id=me.id, position=0, name=me.name))
        claim = Claim(practice_id=practice.id, account_id=me.id, message="Mine.")
        self.session.add(claim)
        self.session.flush()
        own = ("there", "own", "partial")
        return [
            ("practice", _of(practice, "one's own", "there", "published", "own")),
            ("claim", Situation("one's own", {"identifier": claim.id}, frozenset({"there", "own"}))),
            *self._submission("one's own draft", me, SubmissionState.DRAFT, *own, "editable"),
            *self._submission("sent in by oneself", me, SubmissionState.SUBMITTED, *own, "desk"),
            *self._submission("one's own in review", me, SubmissionState.IN_REVIEW, *own, "desk"),
            *self._submission("one's own to change", me, SubmissionState.CHANGES_REQUESTED, *own, "editable", "desk"),
            *self._submission(
                "of one's own organisation", self.stranger, SubmissionState.IN_REVIEW, "there", "desk", "partial"
            ),
            *self._parts_of_another(me),
        ]

    def _parts_of_another(self, me: Account) -> list[tuple[str, Situation]]:
        """Return one's own draft with the comment, kept edit, file or invitation of a foreign one in its address."""
        mine = a_submission(self.session, me)
        theirs = a_submission(self.session, self.stranger)
        parts = _parts(mine.id, self._add_parts(theirs, self.stranger), key=self._attachment(theirs, None).key)
        facts = frozenset({"there", "own", "partial", "editable", "other part"})
        return [("submission", Situation("one's own draft, part of another", parts, facts))]

    def _submission(
        self, name: str, author: Account, state: SubmissionState, *facts: str
    ) -> list[tuple[str, Situation]]:
        document = a_document()
        key = secrets.token_hex(16)
        document["materials"] = [{"title": "Handbook", "file": key, "language": "sv"}]
        adviser = None if author.id == self.chief.id else self.chief
        made = a_submission(self.session, author, state=state, document=document, adviser=adviser)
        made.owner = None
        if name.startswith("of one's own organisation"):
            made.owner = self.body
        if name.startswith("taken back"):
            advance_submission(self.session, made, SubmissionStep.WITHDRAW, actor=author)
            advance_submission(self.session, made, SubmissionStep.REOPEN, actor=author)
        parts = _parts(made.id, self._add_parts(made, author), key=key, account=author.id)
        file = self._file(name, made, set(facts), key=key)
        return [("submission", Situation(name, parts, frozenset(facts))), ("file", file)]

    def _add_parts(self, submission: Submission, author: Account) -> dict[str, int]:
        comment = Comment(submission_id=submission.id, field="", author_id=self.chief.id, body="Why?")
        opinion = Opinion(submission_id=submission.id, asked_by_id=None, adviser_id=self.chief.id, question="And you?")
        kept = KeptEdit(
            submission_id=submission.id, account_id=author.id, base_version=1, fields={"start_year": "1999"}
        )
        self.session.add_all([comment, opinion, kept])
        self.session.flush()
        return {
            "number": comment.id,
            "comment": comment.id,
            "opinion": opinion.id,
            "kept": kept.id,
            "invitation": self.invitation(submission=submission).id,
        }

    def _attachment(self, submission: Submission | None, practice: Practice | None, key: str = "") -> Attachment:
        key = key or secrets.token_hex(16)
        store_of_app().put(key, io.BytesIO(b"words"))
        made = Attachment(
            key=key,
            submission_id=submission.id if submission else None,
            practice_id=practice.id if practice else None,
            account_id=self.stranger.id,
            filename="words.txt",
            media_type="text/plain",
            size=5,
            sha256=hashlib.sha256(b"words").hexdigest(),
        )
        self.session.add(made)
        self.session.flush()
        return made

    def _file(
        self,
        name: str,
        submission: Submission | None,
        facts: set[str],
        *,
        practice: Practice | None = None,
        key: str = "",
    ) -> Situation:
        made = self._attachment(submission, practice, key)
        if practice is not None:
            self.session.add(
                Material(practice_id=practice.id, position=9, title="Words", attachment_id=made.id, language="sv")
            )
        return Situation(name, {"key": made.key}, frozenset(facts))


def _of(practice: Practice, name: str, *facts: str) -> Situation:
    values = {"slug": practice.slug, "identifier": practice.id, "practice": practice.id, "number": 1}
    return Situation(name, values, frozenset(facts))


def _parts(
    identifier: int, inner: dict[str, int] | int, *, key: str = NOBODYS, account: int = MISSING
) -> dict[str, Any]:
    names = ("number", "comment", "opinion", "kept", "invitation")
    numbers = inner if isinstance(inner, dict) else dict.fromkeys(names, inner)
    return {"identifier": identifier, "step": "about", "key": key, "account": account, **numbers}
