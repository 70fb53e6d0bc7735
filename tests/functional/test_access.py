"""Every route, every role: open to those whom the permissions name, shut to all others."""

from __future__ import annotations

import itertools

import pytest
from factories.readers import Reader
from factories.records import PASSWORD, an_account, practice_called
from flask import Flask, url_for
from werkzeug.routing import Rule

from library.choices import Role
from library.extensions import db
from library.permissions import ACCESS_ATTRIBUTE, PERMISSIONS, PUBLIC, Permission

pytestmark = pytest.mark.one_database

EXAMPLES = {
    "lang": "en",
    "slug": "ssp-cooperation-of-schools-social-services-and-police",
    "code": "police",
    "filename": "css/site.css",
}
PLACES = {"catalogue.municipality": {"slug": "dk-aarhus"}}


@pytest.fixture(scope="module", params=list(Role))
def role(request: pytest.FixtureRequest) -> Role:
    chosen: Role = request.param
    return chosen


@pytest.fixture
def person(module_library: Flask, role: Role) -> Reader:
    """A browser of somebody with one role; a reader has not signed in."""
    client = module_library.test_client()
    assert isinstance(client, Reader)
    if role is not Role.READER:
        _account_of(module_library, role)
        page = client.read("/en/account/sign-in")
        hidden = {box.get("name"): box.get("value") for box in page.all("input") if box.get("type") == "hidden"}
        answer = client.post(
            "/en/account/sign-in", data={**hidden, "email": f"{role}@example.org", "password": PASSWORD}
        )
        assert answer.status_code == 302
    return client


_made: set[tuple[int, Role]] = set()


def _account_of(app: Flask, role: Role) -> None:
    if (id(app), role) not in _made:
        an_account(app, role, email=f"{role}@example.org")
        _made.add((id(app), role))


def routes(app: Flask) -> list[tuple[Rule, str]]:
    methods = [(rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())]
    return [(rule, method) for rule, method in methods if method not in ("HEAD", "OPTIONS")]


def access_of(app: Flask, rule: Rule) -> object:
    if rule.endpoint == "static":
        return PUBLIC
    return getattr(app.view_functions[rule.endpoint], ACCESS_ATTRIBUTE)


def address_of(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        known = EXAMPLES | {"identifier": practice_called(db.session, "dk-ssp").id}
        values = {name: known[name] for name in rule.arguments} | PLACES.get(rule.endpoint, {})
        built: str = url_for(rule.endpoint, **values)
        return built


def test_every_route_answers_each_role_as_the_permissions_say(
    module_library: Flask, person: Reader, role: Role
) -> None:
    checked = 0
    for rule, method in routes(module_library):
        access = access_of(module_library, rule)
        address = address_of(module_library, rule)
        if rule.endpoint == "accounts.sign_out" and role is not Role.READER:
            continue  # would end the session under test; see test_accounts
        with person.open(address, method=method) as answer:
            checked += 1
            where = f"{method} {address} as {role}"
            if access == PUBLIC or (isinstance(access, Permission) and access in PERMISSIONS[role]):
                assert answer.status_code in (200, 302, 400, 422), where
                if answer.status_code == 302:
                    assert rule.endpoint in ("machines.root", "permanent.by_identifier", "accounts.sign_in"), where
            elif role is Role.READER and method == "GET":
                assert answer.status_code == 302, where
                assert "/account/sign-in?next=" in answer.location, where
            else:
                assert answer.status_code in (302, 400, 403), where
    assert checked >= 15


def test_a_role_holds_all_that_the_roles_below_it_hold() -> None:
    ladder = [PERMISSIONS[role] for role in Role]
    for lower, higher in itertools.pairwise(ladder):
        assert lower <= higher
    assert not PERMISSIONS[Role.READER]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/en/", "/en/practices", "/en/municipalities", "/en/about", "/p/24", "/healthz"])
def test_public_pages_are_for_reading_only(module_library: Flask, address: str, method: str) -> None:
    answer = getattr(module_library.test_client(), method)(address)
    assert answer.status_code in (400, 405)
