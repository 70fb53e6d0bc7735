"""Which language a reader gets, and how a page leads to itself in the others."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from factories.readers import Reader
from flask import Flask, render_template_string
from flask_babel import force_locale


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("nb-NO", "nb"),
        ("no", "nb"),
        ("no-NO,no;q=0.9,en;q=0.5", "nb"),
        ("nn-NO,no;q=0.9", "nn"),
        ("fo-FO,en;q=0.5", "da"),
        ("kl", "da"),
        ("is", "is"),
        ("de-DE,fi;q=0.3", "fi"),
        ("de", "en"),
        ("", "en"),
        ("*", "en"),
        (";;;q=x,,", "en"),
    ],
)
def test_the_front_door_leads_to_the_language_of_the_browser(reader: Reader, asked: str, given: str) -> None:
    answer = reader.get("/", headers={"Accept-Language": asked})
    assert answer.status_code == 302
    assert urlsplit(answer.location).path == f"/{given}/"


@pytest.mark.one_database
@pytest.mark.parametrize(
    "asked",
    [
        {"endpoint": ["x"]},
        {"_method": ["FOO"]},
        {"_anchor": ["a"]},
        {"_external": ["1"], "_scheme": ["javascript"]},
        {"lang": ["sv"], "slug": ["other"], "values": ["1"]},
        {"q": ["hat & hot"], "agency": ["schools", "police"]},
    ],
)
def test_a_page_leads_to_itself_in_every_language_whatever_was_asked(
    reader: Reader, asked: dict[str, list[str]]
) -> None:
    page = reader.read("/en/practices", query_string=asked)
    addresses = [a.get("href", "") for a in page.all("a") if a.get("hreflang") and a.get("lang")]
    others = [urlsplit(address) for address in addresses if urlsplit(address).path.endswith("/practices")]
    assert {other.path for other in others} >= {f"/{code}/practices" for code in ("da", "sv", "nb", "nn", "fi", "is")}
    assert all(parse_qs(other.query) == asked and not other.scheme for other in others)


@pytest.mark.one_database
def test_a_letter_in_another_language_leaves_that_of_the_page_alone(library: Flask) -> None:
    with library.test_request_context("/sv/practices"):
        library.preprocess_request()
        said = [render_template_string("{{ _('Search') }}")]
        with force_locale("da"):
            said.append(render_template_string("{{ _('Search') }}"))
        said.append(render_template_string("{{ _('Search') }}"))
    assert said == ["Sök", "Søg", "Sök"]


@pytest.mark.one_database
def test_what_is_filled_into_a_message_is_shown_as_text(library: Flask) -> None:
    with library.test_request_context("/en/practices"):
        library.preprocess_request()
        page = render_template_string("{{ _('“%(word)s”', word=word) }}", word="<b>")
    assert page == "“&lt;b&gt;”"


@pytest.mark.one_database
def test_messages_count_in_the_readers_language(library: Flask) -> None:
    with library.test_request_context("/sv/practices"):
        library.preprocess_request()
        source = "{{ ngettext('%(num)s practice', '%(num)s practices', count) }}"
        said = [render_template_string(source, count=count) for count in (1, 2)]
    assert said == ["1 praktikexempel", "2 praktikexempel"]
