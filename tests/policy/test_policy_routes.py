"""Every address of the site: who may use it, how it is spelled, whether it may write, and that it stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policy_files import ROOT, shown

from library.permissions import ACCESS_ATTRIBUTE, PUBLIC, Permission

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

ROUTES = ROOT / "tests" / "policy" / "routes.txt"
OF_FLASK = {"static"}  # Flask's own view: files that everybody may read
READING = {"GET", "HEAD", "OPTIONS"}
KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:[a-z]+|<suffix:suffix>))?")


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OF_FLASK]


def line(app: Flask, rule: Rule) -> str:
    methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    return f"{methods:<5} {rule.rule}  {getattr(app.view_functions[rule.endpoint], ACCESS_ATTRIBUTE, 'nobody said')}"


def test_every_route_says_who_may_use_it(built_app: Flask) -> None:
    silent = {
        f"{rule.rule} ({rule.endpoint}) wears neither @requires nor @public"
        for rule in rules(built_app)
        if getattr(built_app.view_functions[rule.endpoint], ACCESS_ATTRIBUTE, None) not in {PUBLIC, *Permission}
    }

    assert not silent, shown(silent)


def test_every_address_is_spelled_in_kebab_case(built_app: Flask) -> None:
    odd = {
        f"{rule.rule}: {part!r}"
        for rule in rules(built_app)
        for part in rule.rule.strip("/").split("/")
        if part and not part.startswith("<") and not KEBAB.fullmatch(part)
    }

    assert not odd, shown(odd)


def test_every_variable_part_of_an_address_has_a_type(built_app: Flask) -> None:
    untyped = {
        f"{rule.rule}: {part}"
        for rule in rules(built_app)
        for part in re.findall(r"<[^>]*>", rule.rule)
        if ":" not in part or part.startswith(("<string:", "<path:", "<any("))
    }

    assert not untyped, shown(untyped)


def test_no_address_appears_or_disappears_unnoticed(built_app: Flask) -> None:
    kept = [entry for entry in ROUTES.read_text(encoding="utf-8").splitlines() if entry and not entry.startswith("#")]
    served = {line(built_app, rule) for rule in rules(built_app)}

    removed, added = set(kept) - served, served - set(kept)

    assert not removed, f"People have linked to these. Redirect them before you take the line away:{shown(removed)}"
    assert not added, f"New: add the line to tests/policy/routes.txt, for ever:{shown(added)}"
    assert kept == sorted(kept), "keep the list sorted"


def test_a_page_that_is_read_never_commits(built_app: Flask) -> None:
    writing = {
        rule.rule
        for rule in rules(built_app)
        if (rule.methods or set()) <= READING and getattr(built_app.view_functions[rule.endpoint], "commits", False)
    }

    assert not writing, shown(writing)


def test_a_post_commits_where_everybody_can_see_it(built_app: Flask) -> None:
    silent = {
        f"{rule.rule} takes {sorted((rule.methods or set()) - READING)} and does not wear @commits"
        for rule in rules(built_app)
        if (rule.methods or set()) - READING and not getattr(built_app.view_functions[rule.endpoint], "commits", False)
    }

    assert not silent, shown(silent)


def test_reading_and_writing_are_different_views(built_app: Flask) -> None:
    both = {
        f"{rule.rule} answers {sorted(rule.methods or ())} in one view"
        for rule in rules(built_app)
        if "GET" in (rule.methods or ()) and (rule.methods or set()) - READING
    }

    assert not both, shown(both)
