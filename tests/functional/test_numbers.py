"""Numbers in addresses that no record has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from factories.people import hidden, signed_in
from factories.records import a_practice
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule

from library.choices import Role

SAMPLES = {
    "code": "police",
    "form": "ttl",
    "key": "0" * 32,
    "lang": "en",
    "scheme": "agencies",
    "slug": "open-school-evenings",
    "step": "about",
    "suffix": "json",
    "token": "x" * 25,
}


def addresses(rule: Rule, own: int, big: int) -> Iterator[str]:
    """Yield the address with numbers that are too big everywhere, and where it has two, with one's own record."""
    numbers = [name for name, kind in rule._converters.items() if isinstance(kind, IntegerConverter)]
    for first in (big, own)[: len(numbers)]:
        values = {**{name: str(big) for name in numbers}, **({numbers[0]: str(first)})}
        yield "".join(
            (values | SAMPLES)[part.strip("<>").rpartition(":")[2]] if part.startswith("<") else part
            for part in rule.rule.replace("<", "\n<").replace(">", ">\n").split("\n")
        )


@pytest.mark.parametrize("big", [2**31, 2**63, 10**30])
def test_a_number_that_no_record_can_have_is_not_found(own_library: Flask, own_session: Session, big: int) -> None:
    browser = signed_in(own_library, Role.ADMINISTRATOR)
    own = a_submission(own_session, account_called(own_session, "administrator@example.org")).id
    a_practice(own_session)
    own_session.commit()
    token = hidden(browser.read("/en/account"))["csrf_token"]
    tried = 0
    for rule in own_library.url_map.iter_rules():
        for address in addresses(rule, own, big):
            for method in {"GET", "POST"} & (rule.methods or set()):
                answer = browser.open(address, method=method, data={"csrf_token": token})
                assert answer.status_code == 404, (method, address)
                tried += 1
    assert tried > 60
