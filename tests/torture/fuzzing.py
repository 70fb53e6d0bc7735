"""Forms filled with everything that people, scripts and accidents could put into them.

Forms are not listed here: a walk through the site as each role finds them, with their fields as they are rendered.
Each post takes one of them, with a valid token, changes some of its values, and sends it. Routes whose form no page
shows are posted to all the same.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

from factories.html import parse
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse, encode_multipart

Pairs = list[tuple[str, str]]

MOST_PAGES: Final = 250  # of one person's walk
FEW_PAGES: Final = 12  # of the walk of somebody who steps in for one who has left
MOST_FORMS: Final = 12  # of one route and person
REFERER: Final = {"Referer": "https://localhost/", "Sec-Fetch-Site": "same-origin"}
TOKEN: Final = "csrf_token"
LEAVES: Final = frozenset({"accounts.sign_out", "accounts.erase"})  # posted seldom, for they end the session

WIDE: Final[tuple[str, ...]] = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "2147483647",
    "2147483648",
    "9223372036854775808",
    "-9223372036854775809",
    "1e309",
    "NaN",
    "0x10",
    "٣",
    "²",
    "true",
    "y",
    "None",
    "null",
    "[]",
    "{}",
    "[1,{},0]",
    '[1,{"a":2},3,"p",4]',
    "[" * 2000,
    "a" * 300,
    "ord " * 5000,
    "x" * 20_000,
    "å" * 101,
    "\ufeff",
    "\u202eright to left",
    "e\u0301" * 50,
    "👩‍👩‍👧‍👦",
    "\x01\x02\x1b",
    "\x00",
    "line\nline\r\nline\rline",
    "\n" * 500,
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% for %}",
    "' OR 1=1 --",
    "%s%n%(a)s",
    "../../etc/passwd",
    "//evil.example",
    "https://[",
    "https://example.org/" + "a" * 3000,
    "javascript:alert(1)",
    "somebody@example.org",
    "somebody@" + "a" * 300 + ".org",
    "2026-02-30",
    "9999-12-31",
    "0000-00-00",
    "police",
    "agencies/police",
    "se-malmo",
    "sv",
    "xx",
    "mine",
    "theirs",
    "both",
    "continue",
    "go:who",
    "go:../..",
    "in:sv",
    "drop:sv",
    "add:sources",
    "add:agencies",
    "remove:sources:0",
    "up:sources:1",
    "pick:owner:se-malmo",
    "find:owner",
    "name:owner",
    "show:text.sv.problem",
    "**bold** [a](https://example.org) ![b](c)",
    "| a | b |\n|---|---|\n" * 50,
    "> " * 1000 + "deep",
    "190101-1234 +46 70 123 45 67 anna@example.org",
)
EXTRA: Final = (
    "text.sv.title",
    "text.xx.title",
    "text..",
    "sources",
    "sources-0-url",
    "sources-new-title",
    "agencies-police-role.sv",
    "agencies-x-role.xx",
    "organisations-0-slug",
    "owner",
    "deed",
    "base",
    "q",
    "next",
    "choice.text.sv.title",
    "start_year",
)


@dataclass(frozen=True)
class Form:
    """A form as some page shows it.

    :param has_files: whether it is sent in parts, with files.
    """

    action: str
    endpoint: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()


@dataclass
class Person:
    """Somebody's browser, and the forms that they found."""

    role: str
    email: str
    client: FlaskClient
    token: str = ""
    forms: dict[str, list[Form]] = field(default_factory=dict)


@dataclass
class Report:
    """What came of the posts."""

    statuses: Counter[int] = field(default_factory=Counter)
    endpoints: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def walk(app: Flask, person: Person, begin: tuple[str, ...], *, most: int = MOST_PAGES) -> None:
    """Follow the links of the site as one person, and take down every form that posts.

    :param most: pages to look at.
    """
    adapter = app.url_map.bind("localhost")
    queue, seen = deque(begin), set(begin)
    shapes: Counter[str] = Counter()
    while queue and len(seen) < 20 * most and sum(shapes.values()) < most:
        address = queue.popleft()
        try:
            endpoint, _values = adapter.match(urlsplit(address).path, "GET")
        except HTTPException:
            continue
        if shapes[endpoint] >= 6:
            continue
        shapes[endpoint] += 1
        answer = person.client.get(address)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        root = parse(answer.get_data(as_text=True))
        _take_forms(adapter, person, root)
        for link in root.iter("a"):
            there = urljoin(address, link.get("href", "")).partition("#")[0]
            if there.startswith("/") and there not in seen and len(seen) < 20 * most:
                seen.add(there)
                queue.append(there)


def _take_forms(adapter: Any, person: Person, root: Any) -> None:
    for element in root.iter("form"):
        if element.get("method", "get").lower() != "post":
            continue
        boxes = [
            *element.iter(),
            *(box for box in root.iter() if element.get("id") and box.get("form") == element.get("id")),
        ]
        fields, files = [], []
        for box in boxes:
            if box.tag not in ("input", "textarea", "select", "button") or not box.get("name"):
                continue
            if box.get("type") == "file":
                files.append(box.get("name"))
            else:
                fields.append((box.get("name"), _value(box)))
        person.token = dict(fields).get(TOKEN) or person.token
        try:
            endpoint, _values = adapter.match(urlsplit(element.get("action", "")).path, "POST")
        except HTTPException:
            continue
        known = person.forms.setdefault(endpoint, [])
        if len(known) < MOST_FORMS:
            known.append(Form(element.get("action"), endpoint, tuple(fields), tuple(files)))


def _value(box: Any) -> str:
    if box.tag == "textarea":
        return "".join(box.itertext()).removeprefix("\n")
    if box.tag == "select":
        options = [option.get("value", "") for option in box.iter("option")]
        return options[0] if options else ""
    return str(box.get("value", ""))


def bare_forms(app: Flask) -> dict[str, list[Form]]:
    """Return a form without fields for each route that takes posts, with made-up parts of its address."""
    made: dict[str, list[Form]] = {}
    parts: dict[str, Any] = {"lang": "en", "path": "x", "filename": "x"}
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        forms = made.setdefault(rule.endpoint, [])
        for number in (1, 2, 999_999):
            values = {name: parts.get(name, _part(rule, name, number)) for name in rule.arguments}
            built = rule.build(values, append_unknown=False)
            if built:
                forms.append(Form(built[1], rule.endpoint, ()))
    return made


def _part(rule: Any, name: str, number: int) -> Any:
    converter = type(rule._converters[name]).__name__
    if "Integer" in converter:
        return number
    return {"slug": "dk-ssp", "step": "story", "scheme": "themes", "key": "a" * 32}.get(name, "a" * 43)


def filled(form: Form, token: str, chance: random.Random) -> tuple[Pairs, dict[str, tuple[BytesIO, str]]]:
    """Return what to send: the form as it is rendered, with some of it changed."""
    pairs: Pairs = []
    for name, value in form.fields:
        if name == TOKEN:
            continue
        dice = chance.random()
        if dice < 0.35:
            pairs.append((name, value))
        elif dice < 0.85:
            pairs.append((name, _wide(chance)))
        elif dice < 0.92:
            pairs += [(name, value), (name, _wide(chance))]
    for _ in range(chance.choice((0, 0, 0, 1, 3))):
        pairs.append((chance.choice(EXTRA), _wide(chance)))
    if chance.random() < 0.05:
        chance.shuffle(pairs)
    files = {
        name: (BytesIO(chance.randbytes(chance.choice((0, 1, 2000)))), chance.choice(NAMES)) for name in form.files
    }
    return [(TOKEN, token), *pairs], files


def _wide(chance: random.Random) -> str:
    if chance.random() < 0.15:
        letters = (chr(chance.randrange(*chance.choice(((32, 0x250), (0x10000, 0x1F700))))) for _ in range(60))
        return "".join(letters)[: chance.randrange(60)]
    return chance.choice(WIDE)


NAMES: Final = ("a.pdf", "b.docx", "c.png", "d.exe", "../e.txt", "f", "g.svg", "h.zip", "ü" * 200 + ".odt", "")


def send(person: Person, form: Form, chance: random.Random) -> tuple[TestResponse, Pairs]:
    """Post one filled form; return the answer and what was sent."""
    pairs, files = filled(form, person.token, chance)
    headers = {**REFERER, **({"Accept": "application/json"} if chance.random() < 0.1 else {})}
    if files:  # what the test client does itself leaves files open
        sent = [(name, FileStorage(content, filename=called)) for name, (content, called) in files.items()]
        boundary, parts = encode_multipart(MultiDict([*pairs, *sent]))
        kind = f"multipart/form-data; boundary={boundary}"
        answer = person.client.post(form.action, data=parts, headers=headers, content_type=kind)
    else:
        body = urlencode(pairs, errors="surrogatepass").encode()
        kind = "application/x-www-form-urlencoded"
        answer = person.client.post(form.action, data=body, headers=headers, content_type=kind)
    return answer, pairs
