"""Claims: who did the work that the library compiled says so, and an adviser who has no part in it answers."""

from __future__ import annotations

from datetime import date

import pytest
from factories.people import hidden, sign_in, signed_in
from factories.readers import Reader
from factories.records import a_practice, an_account, practice_called
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import ClaimState, Provenance, Role
from library.models import AuditEntry, Claim, Mail, Notice, Organisation, Practice, PracticeAuthor
from library.ownership import owners

NAME = "dk-natteravnene"


@pytest.fixture
def practice(own_session: Session) -> Practice:
    return practice_called(own_session, NAME)


@pytest.fixture
def claimant(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.MEMBER, email="night@raven.example", name="Nora Night")


def claim(browser: Reader, practice: Practice, **typed: str) -> Claim | None:
    """Claim a practice as a browser does."""
    address = f"/en/practices/{practice.slug}/claim"
    token = hidden(browser.read(address))
    answer = browser.post(address, data={**token, "organisation": "", "message": "I lead it", **typed})
    assert answer.status_code == 303, answer.text
    return None


def the_claim(session: Session) -> Claim:
    session.expire_all()
    return session.scalars(select(Claim)).one()


def answer(browser: Reader, made: Claim, **typed: str) -> int:
    address = f"/en/review/claims/{made.id}"
    token = {"csrf_token": hidden(browser.read(address)).get("csrf_token", "")}
    return browser.post(address, data={**token, **typed}).status_code


def test_the_page_of_a_compiled_practice_asks_whether_it_is_yours(
    own_reader: Reader, own_session: Session, practice: Practice
) -> None:
    address = f"/en/practices/{practice.slug}/claim"
    assert address in own_reader.read(f"/en/practices/{practice.slug}").addresses
    assert "/account/sign-in?next=" in own_reader.get(address).location
    own = a_practice(own_session)
    own_session.commit()
    assert "Is this yours?" not in own_reader.read(f"/en/practices/{own.slug}").text


def test_a_claim_goes_from_its_maker_to_an_adviser_and_back_and_the_practice_is_theirs(
    own_library: Flask, own_session: Session, practice: Practice, claimant: Reader
) -> None:
    adviser = signed_in(own_library, Role.ADVISER)
    organisation = practice.owner
    assert organisation is not None
    claim(claimant, practice, organisation=str(organisation.id), message="I coordinate it, <b>call me</b>")
    made = the_claim(own_session)
    assert (made.state, made.organisation_id) == (ClaimState.OPEN, organisation.id)
    assert [n.kind for n in own_session.scalars(select(Notice))] == ["claim-made"]
    waiting = claimant.read(f"/en/practices/{practice.slug}/claim")
    assert "Waiting for an adviser" in waiting.text

    listed = adviser.read("/en/review/claims")
    assert f"/en/review/claims/{made.id}" in listed.addresses
    page = adviser.read(f"/en/review/claims/{made.id}")
    assert "I coordinate it, <b>call me</b>" in page.text
    assert answer(adviser, made, verdict="accept", join="y", answer="Welcome") == 303

    made = the_claim(own_session)
    assert made.state is ClaimState.ACCEPTED
    person = account_called(own_session, "night@raven.example")
    own_session.refresh(practice)
    assert [owner.id for owner in owners(own_session, practice)] == [person.id]
    assert organisation in person.organisations
    assert practice.provenance is Provenance.COMPILED
    assert practice.confirmed_on is None, "an adviser's yes is not the owner's word"
    author = own_session.scalars(select(PracticeAuthor)).one()
    assert (author.name, author.credited) == ("Nora Night", False)
    (mail,) = own_session.scalars(select(Mail))
    assert (mail.kind, mail.address) == ("claim-decided", "night@raven.example")
    assert "Welcome" in mail.text
    assert "/en/account/practices" in mail.text

    token = {"csrf_token": hidden(claimant.read("/en/account/practices"))["csrf_token"]}
    assert claimant.post(f"/en/practices/{practice.slug}/confirm", data=token).status_code == 303
    own_session.refresh(practice)
    assert practice.confirmed_on is not None
    assert practice.confirmed_on <= date.today()  # noqa: DTZ011 - as the page
    shown = own_library.test_client()
    assert isinstance(shown, Reader)
    assert "not confirmed by its owner" not in shown.read(f"/en/practices/{practice.slug}").text


def test_a_declined_claim_says_why_and_can_be_made_again(
    own_library: Flask, own_session: Session, practice: Practice, claimant: Reader
) -> None:
    adviser = signed_in(own_library, Role.ADVISER)
    claim(claimant, practice)
    made = the_claim(own_session)
    assert answer(adviser, made, verdict="decline") == 422, "a no needs words"
    assert answer(adviser, made) == 422
    assert answer(adviser, made, verdict="decline", answer="Ask the secretariat first") == 303
    made = the_claim(own_session)
    assert made.state is ClaimState.DECLINED
    (mail,) = own_session.scalars(select(Mail))
    assert "did not agree" in mail.text
    assert "Ask the secretariat first" in mail.text
    assert owners(own_session, practice) == []
    claim(claimant, practice)
    assert len(own_session.scalars(select(Claim)).all()) == 2


def test_a_claim_is_decided_once(
    own_library: Flask, own_session: Session, practice: Practice, claimant: Reader
) -> None:
    adviser = signed_in(own_library, Role.ADVISER)
    claim(claimant, practice)
    made = the_claim(own_session)
    token = hidden(adviser.read(f"/en/review/claims/{made.id}"))
    address = f"/en/review/claims/{made.id}"
    assert adviser.post(address, data={**token, "verdict": "decline", "answer": "No"}).status_code == 303
    late = adviser.post(address, data={**token, "verdict": "accept", "answer": ""})
    assert late.status_code == 303
    assert "Somebody else has answered" in adviser.read(late.location).markup
    assert the_claim(own_session).state is ClaimState.DECLINED
    assert owners(own_session, practice) == []
    deeds = own_session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "claim")).all()
    assert deeds == ["claim.decline"]


@pytest.mark.parametrize("part", ["claimant", "owner", "claimed-for", "colleague"])
def test_nobody_decides_on_their_own_claim_or_their_own_organisations(
    own_library: Flask, own_session: Session, practice: Practice, part: str
) -> None:
    email = an_account(own_library, Role.ADVISER, email="adviser@example.org")
    other = an_account(own_library, Role.MEMBER, email="other@example.org")
    adviser, member = account_called(own_session, email), account_called(own_session, other)
    bodies = own_session.scalars(select(Organisation).where(Organisation.id != practice.owner_id).limit(2)).all()
    made = Claim(
        practice=practice, account=adviser if part == "claimant" else member, message="Mine", organisation=bodies[0]
    )
    theirs = {"owner": practice.owner, "claimed-for": bodies[0], "colleague": bodies[1]}.get(part)
    if theirs is not None:
        adviser.organisations.append(theirs)
    if part == "colleague":
        member.organisations.append(bodies[1])
    own_session.add(made)
    own_session.commit()
    browser = sign_in(own_library, email)
    page = browser.read(f"/en/review/claims/{made.id}")
    assert "Another adviser answers this one" in page.text
    token = {"csrf_token": hidden(browser.read("/en/account/practices")).get("csrf_token", "")}
    refused = browser.post(f"/en/review/claims/{made.id}", data={**token, "verdict": "accept"})
    assert refused.status_code in (400, 403)
    assert the_claim(own_session).state is ClaimState.OPEN


def test_what_is_typed_wrong_is_said_at_the_field_and_kept(
    own_session: Session, practice: Practice, claimant: Reader
) -> None:
    address = f"/en/practices/{practice.slug}/claim"
    token = hidden(claimant.read(address))
    for typed, words in (
        ({"message": "  "}, "Say what your part in this work is"),
        ({"message": "x" * 2001}, "Write at most 2000 characters"),
        ({"organisation": "999999", "message": "kept words"}, "Not a valid choice"),
        ({"organisation": "'; DROP TABLE claim", "message": "kept words"}, "Not a valid choice"),
    ):
        refused = claimant.post(address, data={**token, "organisation": "", **typed})
        assert refused.status_code == 422
        assert words in refused.text
        assert typed["message"].strip() in refused.text
    assert own_session.scalars(select(Claim)).all() == []


def test_a_claim_is_made_once_and_never_of_ones_own_practice(
    own_library: Flask, own_session: Session, practice: Practice, claimant: Reader
) -> None:
    address = f"/en/practices/{practice.slug}/claim"
    token = hidden(claimant.read(address))
    data = {**token, "organisation": "", "message": "Mine"}
    assert claimant.post(address, data=data).status_code == 303
    assert claimant.post(address, data=data).status_code == 403
    own = a_practice(own_session)
    own_session.commit()
    claimant.read(f"/en/practices/{own.slug}/claim", status=403)
    claimant.read("/en/practices/no-such-practice/claim", status=404)


def test_claims_are_read_by_advisers_alone(
    own_library: Flask, own_session: Session, practice: Practice, claimant: Reader
) -> None:
    claim(claimant, practice)
    made = the_claim(own_session)
    for address in ("/en/review/claims", f"/en/review/claims/{made.id}"):
        claimant.read(address, status=403)
    adviser = signed_in(own_library, Role.ADVISER)
    adviser.read("/en/review/claims/999999", status=404)
    adviser.read(f"/en/review/claims/{2**40}", status=404)
