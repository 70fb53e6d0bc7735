"""People, invitations and organisations: who may change what about whom, and what is written down of it."""

from __future__ import annotations

import threading

import pytest
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.records import an_account
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.administration import queries, services
from library.choices import OrganisationKind, Role
from library.errors import NotPermitted
from library.extensions import db
from library.models import (
    Account,
    AuditEntry,
    Invitation,
    Mail,
    Organisation,
    Passkey,
    Practice,
    ServerSession,
    now,
)

pytestmark = pytest.mark.one_database

PEOPLE = "/en/admin/people"
INVITATIONS = "/en/admin/invitations"
ORGANISATIONS = "/en/admin/organisations"


@pytest.fixture
def administrator(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.ADMINISTRATOR, name="Anna")


@pytest.fixture
def ada(own_library: Flask, own_session: Session) -> Account:
    """Somebody who contributes."""
    return account_called(own_session, an_account(own_library, Role.CONTRIBUTOR, email="ada@example.org", name="Ada"))


def deed(browser: Reader, account: Account, what: str, **fields: str) -> TestResponse:
    page = browser.read(f"{PEOPLE}/{account.id}")
    return browser.post(f"{PEOPLE}/{account.id}/{what}", data={"csrf_token": hidden(page)["csrf_token"], **fields})


def deeds(session: Session) -> list[tuple[str, str, int | None]]:
    session.expire_all()
    rows = session.scalars(select(AuditEntry).where(AuditEntry.actor_id.is_not(None)).order_by(AuditEntry.id))
    return [(row.action, row.subject_kind, row.subject_id) for row in rows]


def letters(session: Session, account: Account) -> list[str]:
    return list(session.scalars(select(Mail.kind).where(Mail.account_id == account.id).order_by(Mail.id)))


def roles(session: Session, account: Account) -> set[str]:
    session.expire_all()
    return {role.name for role in session.get_one(Account, account.id).roles}


# --- people ------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_people_are_found_by_name_address_and_role(administrator: Reader, own_library: Flask, ada: Account) -> None:
    an_account(own_library, Role.MEMBER, email="asa@malmo.example", name="Åsa Öberg")
    assert "Ada" in administrator.read(PEOPLE).text
    for asked, found in (("ada", "Ada"), ("ADA@EX", "Ada"), ("åsa", "Åsa"), ("malmo", "Åsa")):
        page = administrator.read(f"{PEOPLE}?q={asked}")
        assert found in page.text
        assert "1 person" in page.text
    assert "1 person" in administrator.read(f"{PEOPLE}?role=contributor").text
    assert "Nobody fits" in administrator.read(f"{PEOPLE}?q=%25").text, "a percent sign is a letter like any other"
    assert administrator.read(f"{PEOPLE}?role=king&page=x").heading == "People"


@pytest.mark.both_databases
def test_a_long_list_of_people_comes_in_pages_and_with_as_many_statements(
    administrator: Reader, own_library: Flask, own_session: Session, count_statements: object
) -> None:
    with count_statements() as few:  # type: ignore[operator]
        administrator.read(PEOPLE)
    for number in range(40):
        own_session.add(Account(email=f"p{number}@example.org", name=f"P {number:02}", fs_uniquifier=f"u{number}"))
    own_session.commit()
    with count_statements() as many:  # type: ignore[operator]
        page = administrator.read(PEOPLE)
    assert len(many.statements) == len(few.statements)
    assert "41 people" in page.text
    assert "P 39" in administrator.read(f"{PEOPLE}?page=2").text
    assert "P 39" in administrator.read(f"{PEOPLE}?page=999999").text, "a page beyond the last is the last"


@pytest.mark.both_databases
def test_a_role_is_given_and_taken_and_the_person_is_told(
    administrator: Reader, own_session: Session, ada: Account
) -> None:
    assert deed(administrator, ada, "roles/grant", role="adviser").status_code == 303
    assert roles(own_session, ada) == {"contributor", "adviser"}
    assert deed(administrator, ada, "roles/take", role="contributor").status_code == 303
    assert roles(own_session, ada) == {"adviser"}
    assert deeds(own_session) == [
        ("account.grant-adviser", "account", ada.id),
        ("account.take-contributor", "account", ada.id),
    ]
    assert letters(own_session, ada) == ["account-changed", "account-changed"]
    assert "Adviser" in administrator.read(f"{PEOPLE}/{ada.id}").text


def test_a_role_that_is_held_already_is_given_without_another_word(
    administrator: Reader, own_session: Session, ada: Account
) -> None:
    deed(administrator, ada, "roles/grant", role="contributor")
    deed(administrator, ada, "roles/take", role="administrator")
    assert roles(own_session, ada) == {"contributor"}
    assert not deeds(own_session)
    assert not letters(own_session, ada)


@pytest.mark.parametrize("role", ["reader", "king", ""])
def test_a_role_that_nobody_can_hold_is_refused(
    administrator: Reader, own_session: Session, ada: Account, role: str
) -> None:
    assert deed(administrator, ada, "roles/grant", role=role).status_code == 400
    assert roles(own_session, ada) == {"contributor"}


@pytest.mark.parametrize(
    ("what", "fields"),
    [("roles/take", {"role": "administrator"}), ("deactivate", {}), ("reset-second-factor", {})],
    ids=["role", "account", "second factor"],
)
def test_nobody_changes_their_own_standing(
    own_library: Flask, administrator: Reader, own_session: Session, what: str, fields: dict[str, str]
) -> None:
    an_account(own_library, Role.ADMINISTRATOR, email="second@example.org")
    anna = account_called(own_session, "administrator@example.org")
    assert deed(administrator, anna, what, **fields).status_code == 403
    own_session.expire_all()
    assert anna.active
    assert roles(own_session, anna) == {"administrator"}
    assert not deeds(own_session)


@pytest.mark.both_databases
def test_of_two_administrators_who_end_each_other_at_one_moment_one_stays(own_library: Flask) -> None:
    for name in ("a", "b"):
        an_account(own_library, Role.ADMINISTRATOR, email=f"{name}@example.org", name=name)
    with own_library.app_context():
        sessions = db.sessionmaker
    start, refused = threading.Barrier(2, timeout=60), []

    def end(mine: str, theirs: str) -> None:
        with own_library.test_request_context(), sessions() as session:
            actor, other = (account_called(session, f"{name}@example.org") for name in (mine, theirs))
            start.wait()
            try:
                services.take_role(session, other, Role.ADMINISTRATOR, actor=actor)
                session.commit()
            except NotPermitted:
                refused.append(mine)

    threads = [threading.Thread(target=end, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        left = session.scalars(select(Account).where(Account.roles.any(name=Role.ADMINISTRATOR))).all()
    assert len(left) == 1
    assert len(refused) == 1


@pytest.mark.both_databases
def test_a_closed_account_is_out_at_once_and_comes_back_as_it_was(
    own_library: Flask, administrator: Reader, own_session: Session, ada: Account
) -> None:
    browser = sign_in(own_library, ada.email)
    assert browser.get("/en/account").status_code == 200
    assert deed(administrator, ada, "deactivate").status_code == 303
    assert browser.get("/en/account").status_code == 302
    assert "closed" in administrator.read(f"{PEOPLE}/{ada.id}").text
    with pytest.raises(AssertionError, match="sign-in failed"):
        sign_in(own_library, ada.email)
    assert deed(administrator, ada, "activate").status_code == 303
    assert sign_in(own_library, ada.email).get("/en/account").status_code == 200
    assert [action for action, *_ in deeds(own_session)] == ["account.deactivate", "account.activate"]
    assert roles(own_session, ada) == {"contributor"}


@pytest.mark.both_databases
def test_sessions_of_somebody_are_ended_and_nobody_elses(
    own_library: Flask, administrator: Reader, own_session: Session, ada: Account
) -> None:
    browsers = [sign_in(own_library, ada.email) for _ in range(2)]
    assert "Signed in in 2 browsers" in administrator.read(f"{PEOPLE}/{ada.id}").text
    deed(administrator, ada, "end-sessions")
    assert [browser.get("/en/account").status_code for browser in browsers] == [302, 302]
    assert administrator.get(PEOPLE).status_code == 200
    assert not own_session.scalar(select(func.count()).where(ServerSession.account_id == ada.id))


@pytest.mark.both_databases
def test_a_lost_second_factor_is_forgotten_whole(
    own_library: Flask, administrator: Reader, own_session: Session, ada: Account
) -> None:
    ada.tf_primary_method, ada.tf_totp_secret, ada.mf_recovery_codes = "authenticator", "secret", ["code"]
    ada.webauthn = [
        Passkey(credential_id=b"1", public_key=b"2", backup_state=False, device_type="x", name="key", usage="secondary")
    ]
    own_session.commit()
    assert "Second factor: yes" in administrator.read(f"{PEOPLE}?q=ada").text
    assert deed(administrator, ada, "reset-second-factor").status_code == 303
    own_session.expire_all()
    assert not any([ada.tf_primary_method, ada.tf_totp_secret, ada.mf_recovery_codes])
    assert not own_session.scalar(select(func.count()).select_from(Passkey))
    assert deeds(own_session) == [("account.reset-second-factor", "account", ada.id)]
    assert letters(own_session, ada) == ["account-changed"]
    assert "Second factor: no" in administrator.read(f"{PEOPLE}?q=ada").text


@pytest.mark.both_databases
def test_an_organisation_is_found_by_its_name_and_joined_and_left(
    administrator: Reader, own_session: Session, ada: Account
) -> None:
    body = own_session.scalars(select(Organisation).where(Organisation.slug == "dk-aarhus")).one()
    assert deed(administrator, ada, "organisations/join", organisation=f"  {body.name.lower()} ").status_code == 303
    assert body.name in administrator.read(f"{PEOPLE}/{ada.id}").text
    assert "1 person" in administrator.read(f"{ORGANISATIONS}?q={body.slug}").text
    assert "Ada" in administrator.read(f"{ORGANISATIONS}/{body.id}").text
    deed(administrator, ada, f"organisations/{body.id}/leave")
    own_session.expire_all()
    assert not ada.organisations
    assert [(action, kind) for action, kind, _ in deeds(own_session)] == [
        ("account.join-organisation", "account"),
        ("organisation.add-member", "organisation"),
        ("account.leave-organisation", "account"),
        ("organisation.remove-member", "organisation"),
    ]


@pytest.mark.both_databases
@pytest.mark.parametrize("typed", ["", "Aarh", "Nowhere at all", "x" * 300, "%"])
def test_a_name_that_no_organisation_has_is_kept_and_explained(
    administrator: Reader, own_session: Session, ada: Account, typed: str
) -> None:
    answer = deed(administrator, ada, "organisations/join", organisation=typed)
    assert answer.status_code == 422
    page = Page(answer)
    assert page.by_id("organisation").get("value") == typed
    assert page.by_id("organisation-error") is not None
    assert [link for link in page.all("a") if link.get("href") == "#organisation"]
    assert ("Did you mean" in page.text) == (typed == "Aarh")


def test_somebody_who_does_not_exist_is_not_found(administrator: Reader) -> None:
    administrator.read(f"{PEOPLE}/999999", 404)
    token = hidden(administrator.read(INVITATIONS))["csrf_token"]
    for what in ("roles/grant", "deactivate", "organisations/join", "organisations/1/leave"):
        assert administrator.post(f"{PEOPLE}/999999/{what}", data={"csrf_token": token}).status_code == 404


# --- invitations -------------------------------------------------------------------------------------------------


def invite(browser: Reader, **fields: str) -> TestResponse:
    page = browser.read(INVITATIONS)
    kept = {"email": "new@example.org", "name": "Nina", "role": "contributor", "language": "nb"}
    return browser.post(INVITATIONS, data={**hidden(page), **kept, **fields})


def open_invitations(session: Session) -> list[Invitation]:
    session.expire_all()
    return list(session.scalars(select(Invitation).order_by(Invitation.id)))


@pytest.mark.both_databases
def test_an_invitation_is_sent_sent_again_and_taken_back(administrator: Reader, own_session: Session) -> None:
    body = own_session.scalars(select(Organisation).where(Organisation.slug == "dk-aarhus")).one()
    assert invite(administrator, role="adviser", organisation=body.name).status_code == 303
    [first] = open_invitations(own_session)
    kept = (first.email, first.name, first.role, first.language, first.organisation_id)
    assert kept == ("new@example.org", "Nina", "adviser", "nb", body.id)
    page = administrator.read(INVITATIONS)
    assert "Nina" in page.text
    assert "Open until" in page.text
    token = {"csrf_token": hidden(page)["csrf_token"]}
    old, number = first.token_hash, first.id
    assert administrator.post(f"{INVITATIONS}/{number}/send-again", data=token).status_code == 303
    [second] = open_invitations(own_session)
    assert second.token_hash != old, "the first letter is dead"
    assert (second.email, second.name, second.role, second.language, second.organisation_id) == kept
    assert administrator.post(f"{INVITATIONS}/{second.id}/revoke", data=token).status_code == 303
    assert not open_invitations(own_session)
    assert "No invitation is open" in administrator.read(INVITATIONS).text
    assert [action for action, *_ in deeds(own_session)] == ["invitation.send", "invitation.send", "invitation.revoke"]
    letters = own_session.scalars(select(Mail).where(Mail.kind == "invitation")).all()
    assert [letter.address for letter in letters] == ["new@example.org"] * 2
    assert {letter.language for letter in letters} == {"nb"}


def test_advisers_invite_those_who_write_and_only_administrators_invite_advisers(
    own_library: Flask, administrator: Reader, own_session: Session
) -> None:
    adviser = signed_in(own_library, Role.ADVISER)
    offered = {box.get("value") for box in adviser.read(INVITATIONS).by_id("role").iter("option")}
    assert offered == {"member", "contributor"}
    assert invite(adviser).status_code == 303
    assert invite(adviser, role="adviser", email="other@example.org").status_code == 422
    invite(administrator, role="administrator", email="third@example.org")
    chief = open_invitations(own_session)[-1]
    assert chief.email == "third@example.org"
    token = {"csrf_token": hidden(adviser.read(INVITATIONS))["csrf_token"]}
    for what in ("revoke", "send-again"):
        assert adviser.post(f"{INVITATIONS}/{chief.id}/{what}", data=token).status_code == 403
    assert len(open_invitations(own_session)) == 2


def test_the_rule_of_who_invites_whom_holds_without_the_form(own_library: Flask, own_session: Session) -> None:
    adviser = account_called(own_session, an_account(own_library, Role.ADVISER))
    with own_library.test_request_context(), pytest.raises(NotPermitted):
        services.invite_person(
            own_session,
            email="x@example.org",
            name="",
            language="en",
            role=Role.ADVISER,
            organisation=None,
            actor=adviser,
        )


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("email", ""),
        ("email", "no address"),
        ("email", "x" * 300 + "@example.org"),
        ("name", "x" * 201),
        ("role", "king"),
        ("language", "xx"),
        ("organisation", "Nowhere at all"),
    ],
)
def test_an_invitation_that_cannot_be_sent_says_why_and_keeps_what_was_typed(
    administrator: Reader, own_session: Session, field: str, typed: str
) -> None:
    answer = invite(administrator, **{field: typed})
    assert answer.status_code == 422
    page = Page(answer)
    assert [link for link in page.all("a") if link.get("href") == f"#{field}"]
    if field != "name":
        assert page.by_id("name").get("value") == "Nina"
    assert not open_invitations(own_session)


# --- organisations -----------------------------------------------------------------------------------------------

NEW = {"name": "Testby kommune", "kind": "municipality", "country": "countries/dk", "slug": "dk-testby"}


def add(browser: Reader, **fields: str) -> TestResponse:
    page = browser.read(f"{ORGANISATIONS}/new")
    return browser.post(f"{ORGANISATIONS}/new", data={**hidden(page), **NEW, **fields})


@pytest.mark.both_databases
def test_an_organisation_is_added_and_changed(administrator: Reader, own_session: Session) -> None:
    answer = add(administrator, name_en="Testby Municipality", name_fi="Testbyn kunta")
    assert answer.status_code == 303
    body = own_session.scalars(select(Organisation).where(Organisation.slug == "dk-testby")).one()
    assert (body.kind, body.country_id) == (OrganisationKind.MUNICIPALITY, "countries/dk")
    assert body.names == {"en": "Testby Municipality", "fi": "Testbyn kunta"}
    page = administrator.read(answer.location)
    assert page.heading == "Testby Municipality"
    assert page.by_id("kind").find("./option[@selected]").get("value") == "municipality"
    change = {**hidden(page), "name": "Testby", "kind": "agency", "country": "", "slug": "other"}
    assert administrator.post(answer.location, data=change).status_code == 303
    own_session.expire_all()
    kept = (body.name, body.kind, body.country_id, body.names, body.slug)
    assert kept == ("Testby", OrganisationKind.AGENCY, None, {}, "dk-testby")
    assert [action for action, *_ in deeds(own_session)] == ["organisation.add", "organisation.change"]


@pytest.mark.both_databases
def test_a_new_name_reaches_the_practices_that_show_it(administrator: Reader, own_session: Session) -> None:
    practice = own_session.scalars(select(Practice).where(Practice.owner_id.is_not(None)).order_by(Practice.id)).first()
    assert practice is not None
    assert practice.owner is not None
    body, before = practice.owner, practice.version
    address = f"{ORGANISATIONS}/{body.id}"
    page = administrator.read(address)
    fields = {"name": "A new name", "kind": body.kind.value, "country": body.country_id or ""}
    assert administrator.post(address, data={**hidden(page), **fields}).status_code == 303
    own_session.expire_all()
    assert practice.version == before + 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", " "),
        ("name", "x" * 201),
        ("kind", "kingdom"),
        ("country", ""),
        ("country", "countries/xx"),
        ("slug", ""),
        ("slug", "Big"),
        ("slug", "a--b"),
        ("slug", "å"),
        ("slug", "x\ny"),
        ("slug", "dk-aarhus"),
        ("slug", "x" * 121),
        ("name_sv", "x" * 201),
    ],
)
def test_an_organisation_that_cannot_be_added_says_why_and_keeps_what_was_typed(
    administrator: Reader, own_session: Session, field: str, typed: str
) -> None:
    before = own_session.scalar(select(func.count()).select_from(Organisation))
    answer = add(administrator, **{field: typed, "name_fi": "Testbyn kunta"} if field != "name_fi" else {field: typed})
    assert answer.status_code == 422
    page = Page(answer)
    assert [link for link in page.all("a") if link.get("href") == f"#{field}"]
    assert page.by_id("name_fi").get("value") == "Testbyn kunta"
    assert own_session.scalar(select(func.count()).select_from(Organisation)) == before


@pytest.mark.both_databases
def test_a_municipality_with_a_place_on_the_map_stays_one(administrator: Reader, own_session: Session) -> None:
    body = own_session.scalars(select(Organisation).where(Organisation.slug == "dk-aarhus")).one()
    body.population = 300_000
    own_session.commit()
    address = f"{ORGANISATIONS}/{body.id}"
    fields = {"name": body.name, "kind": "ngo", "country": "countries/dk"}
    answer = administrator.post(address, data={**hidden(administrator.read(address)), **fields})
    assert answer.status_code == 422
    assert "place on the map" in Page(answer).text


@pytest.mark.both_databases
def test_two_bodies_of_one_name_are_told_apart(own_session: Session) -> None:
    for slug in ("twin-one", "twin-two"):
        own_session.add(Organisation(slug=slug, kind=OrganisationKind.NGO, name="Twin"))
    own_session.flush()
    found, near = queries.organisation_called(own_session, "twin")
    assert found is None
    assert near == ["Twin (twin-one)", "Twin (twin-two)"]
    found, _ = queries.organisation_called(own_session, "twin-two")
    assert found is not None


@pytest.mark.both_databases
def test_invitations_that_ran_out_say_so(administrator: Reader, own_session: Session) -> None:
    invite(administrator)
    [invitation] = open_invitations(own_session)
    invitation.expires_at = now()
    own_session.commit()
    assert "Run out" in administrator.read(INVITATIONS).text
