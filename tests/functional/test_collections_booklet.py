"""The booklet: a tagged PDF with bookmarks, in which whatever people wrote is text and nothing else."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from factories.collections import a_collection, a_section
from factories.documents import titled
from factories.records import a_practice, practice_called
from flask import Flask
from pypdf import PdfReader
from pypdf.generic import ContentStream, IndirectObject

from library.curation import booklet
from library.extensions import db
from library.models import Account, CollectionText, Practice
from library.publishing import archive

pytestmark = pytest.mark.one_database

TITLE = "Ungdomar på kvällen: Ærø, Åland og Þingeyri"
HOSTILE = '#import "@preview/x:1.0.0" \\ "q" #read("/etc/passwd") $1$ *a* _b_ <c> @d `e` [f] // g'
NOTE = f"""{HOSTILE}

#panic("typst")

- #eval("1+1")
- {"x" * 400}

| a | b |
| - | - |
| #sys.inputs | c |

> quoted

1. one
2. two

    code #read("booklet.typ")

[a link](https://example.org/a) and [no link](javascript:alert(1)) ![picture](https://example.org/x.png)
"""


@pytest.fixture(scope="module")
def pdf(module_library: Flask) -> PdfReader:
    """The Swedish booklet of a collection with everything in it that could go wrong."""
    with module_library.app_context(), db.sessionmaker() as session:
        curator = Account(email="asa@curators.example", name="Åsa #strong[Öberg]", fs_uniquifier="curator-booklet")
        session.add(curator)
        withdrawn = a_practice(session, titled("Withdrawn work"))
        sections = [
            a_section("Börja här", practice_called(session, "dk-ssp"), note="Den är **först**."),
            a_section(HOSTILE[:100], a_practice(session, titled(HOSTILE[:90])), withdrawn, note=NOTE),
            a_section("Tomt"),
        ]
        sections[0].introductions = {"sv": "Vad som *behövs*."}
        text = CollectionText(language="sv", title=TITLE, introduction="# Rubrik\n\nInledning å ä ö.", audience=HOSTILE)
        made = a_collection(
            session, curator, original_language="sv", texts=[text], sections=sections, cover_id="themes/strong-families"
        )
        archive(session, withdrawn, actor=None, reason="It ended.")
        session.commit()
        answer = module_library.test_client().get(f"/sv/collections/{made.slug}.pdf")
    assert answer.status_code == 200
    return PdfReader(io.BytesIO(answer.data))


def words(pdf: PdfReader) -> str:
    """Return all words, without the breaks of lines, hyphens at their ends and invisible places to break."""
    text = "\n".join(page.extract_text() for page in pdf.pages)
    for hidden in ("\u200b", "\xad\n", "-\n", "\u2010\n"):
        text = text.replace(hidden, "")
    return " ".join(text.split())


def root(pdf: PdfReader) -> Any:
    return pdf.trailer["/Root"]


def nodes(node: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield every element of a structure tree with the kinds of those above it."""
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, list):
        for child in node:
            yield from nodes(child, above)
    elif hasattr(node, "get") and ("/S" in node or "/K" in node):
        kind = str(node.get("/S", ""))
        if kind:
            yield node, above
        yield from nodes(node.get("/K", []), (*above, kind))


def kinds(pdf: PdfReader) -> list[str]:
    return [str(node["/S"]) for node, _above in nodes(root(pdf)["/StructTreeRoot"])]


def bookmarks(outline: list[Any], depth: int = 0) -> Iterator[tuple[int, str]]:
    for entry in outline:
        if isinstance(entry, list):
            yield from bookmarks(entry, depth + 1)
        else:
            yield depth, str(entry.title)


# --- what a reader of it relies on -------------------------------------------------------------------------------


def test_it_has_a_bookmark_for_each_part_and_each_practice(pdf: PdfReader) -> None:
    shown = list(bookmarks(pdf.outline))
    assert [title for depth, title in shown if depth == 0][-3:] == ["Börja här", HOSTILE[:100], "Tomt"]
    practices = [title for depth, title in shown if depth == 1]
    assert len(practices) == 2
    assert practices[0].startswith("1. ")
    assert practices[1] == f"2. {HOSTILE[:90]}"


def test_it_says_its_title_language_and_author_and_shows_the_title(pdf: PdfReader) -> None:
    assert pdf.metadata
    assert pdf.metadata.title == TITLE
    assert pdf.metadata.author == "Åsa #strong[Öberg]"
    assert root(pdf)["/Lang"] == "sv"
    assert root(pdf)["/ViewerPreferences"]["/DisplayDocTitle"].value is True


def test_it_claims_the_standard_for_everybody(pdf: PdfReader) -> None:
    claims = root(pdf)["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part" in claims
    assert root(pdf)["/MarkInfo"]["/Marked"]


def test_its_headings_are_tagged_and_leave_out_no_level(pdf: PdfReader) -> None:
    found = [int(kind[2:]) for kind in kinds(pdf) if kind.startswith("/H") and kind[2:].isdigit()]
    assert set(found) == {1, 2, 3}
    assert found[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(found))


def test_lists_tables_and_links_are_tagged(pdf: PdfReader) -> None:
    assert {"/L", "/LI", "/Table", "/TH", "/TD", "/Link", "/TOC", "/TOCI"} <= set(kinds(pdf))
    tables = [node for node, _above in nodes(root(pdf)["/StructTreeRoot"]) if node["/S"] == "/Table"]
    assert all("/TH" in {str(cell["/S"]) for cell, _ in nodes(table["/K"])} for table in tables)


def test_pictures_are_decoration_or_have_words(pdf: PdfReader) -> None:
    figures = [node for node, _above in nodes(root(pdf)["/StructTreeRoot"]) if node["/S"] == "/Figure"]
    assert all(str(figure.get("/Alt", "")).strip() for figure in figures)


def test_every_word_on_every_page_is_tagged_or_decoration(pdf: PdfReader) -> None:
    for number, page in enumerate(pdf.pages, start=1):
        assert page.get("/StructParents") is not None, f"page {number} is in no structure"
        depth = 0
        for operands, operator in ContentStream(page.get_contents(), pdf).operations:
            if operator in (b"BDC", b"BMC"):
                assert depth == 0 or operands, operands
                depth += 1
            elif operator == b"EMC":
                depth -= 1
            elif operator in (b"Tj", b"TJ", b"Do", b"f", b"S"):
                assert depth > 0, f"page {number} shows something outside of any mark"
        assert depth == 0


def test_words_in_another_language_say_so(pdf: PdfReader) -> None:
    spoken = {str(node.get("/Lang")) for node, _above in nodes(root(pdf)["/StructTreeRoot"]) if "/Lang" in node}
    assert "en" in spoken, "the notes are in English"


def test_all_letters_of_the_north_are_there(pdf: PdfReader) -> None:
    shown = words(pdf)
    assert TITLE in shown
    assert "Inledning å ä ö." in shown
    assert "\ufffd" not in shown


def test_each_practice_comes_with_evidence_facts_agencies_and_what_did_not_work(pdf: PdfReader) -> None:
    shown = words(pdf)
    assert "Öppnar skolan på kvällarna" in shown
    assert "Ingen kom så länge dörrarna låstes klockan åtta." in shown
    assert "https://localhost/p/" in shown
    tables = [node for node, _above in nodes(root(pdf)["/StructTreeRoot"]) if node["/S"] == "/Table"]
    heads = [sum(str(cell["/S"]) == "/TH" for cell, _ in nodes(table["/K"])) for table in tables]
    assert heads.count(4) == 2, "stage, outcome, evaluations and review of two practices"


def test_what_is_withdrawn_is_not_in_it(pdf: PdfReader) -> None:
    assert "Withdrawn work" not in words(pdf)


# --- what people wrote is text -----------------------------------------------------------------------------------


def test_markup_of_the_typesetter_stays_text_wherever_people_write(pdf: PdfReader) -> None:
    shown = words(pdf)
    assert shown.count('#read("/etc/passwd")') >= 3, "title, audience and note"
    assert '#panic("typst")' in shown
    assert '#eval("1+1")' in shown
    assert "#sys.inputs" in shown
    assert 'code #read("booklet.typ")' in shown
    assert "root:" not in shown


def test_a_word_too_long_for_a_line_stays_on_the_page(pdf: PdfReader) -> None:
    def check(text: str, _matrix: Any, place: list[float], _font: Any, size: float) -> None:
        if text.strip():
            assert place[4] < width, f"{text[:30]!r} begins beyond the page"

    for page in pdf.pages:
        width = float(page.mediabox.width)
        page.extract_text(visitor_text=check)
    longest = max(
        (line for page in pdf.pages for line in page.extract_text().splitlines()), key=lambda one: one.count("x")
    )
    assert 20 < longest.count("x") < 150, "a line of x's is cut where the page ends"
    assert sum(page.extract_text().count("x") for page in pdf.pages) >= 400


def test_links_lead_to_the_web_alone(pdf: PdfReader) -> None:
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    addresses = {str(note["/A"]["/URI"]) for note in notes if "/A" in note and "/URI" in note["/A"]}
    assert "https://example.org/a" in addresses
    assert all(address.startswith("https://") for address in addresses)


def test_the_typesetter_reads_no_file_and_fetches_nothing() -> None:
    """Even if a template were written by a stranger."""
    for wrong in ('#read("/etc/passwd")', '#read("../../../../etc/passwd")', '#import "@preview/cetz:0.3.0"'):
        wanted = {"template": wrong, "booklet": "{}", "timestamp": 0}
        done = subprocess.run(
            [sys.executable, "-I", str(booklet.PROGRAM)],
            input=json.dumps(wanted).encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode != 0
        assert not done.stdout


# --- work is bounded ---------------------------------------------------------------------------------------------


def _address(app: Flask) -> str:
    with app.app_context(), db.sessionmaker.begin() as session:
        practice = practice_called(session, "dk-ssp")
        return f"/en/collections/{a_collection(session, practices=[practice]).slug}.pdf"


def test_a_booklet_is_set_once_for_all_who_ask(own_library: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    address, client = _address(own_library), own_library.test_client()
    first = client.get(address)
    monkeypatch.setattr(booklet, "_set", lambda _wanted: pytest.fail("set again"))
    assert client.get(address).data == first.data


def test_a_changed_practice_makes_another_booklet(own_library: Flask) -> None:
    address, client = _address(own_library), own_library.test_client()
    first = client.get(address)
    with own_library.app_context(), db.sessionmaker.begin() as session:
        practice = session.get_one(Practice, practice_called(session, "dk-ssp").id)
        for text in practice.texts:
            text.title = "Another name for it"
    second = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert "Another name for it" in words(PdfReader(io.BytesIO(second.data)))


def test_whoever_comes_while_another_booklet_takes_long_is_asked_to_come_back(
    own_library: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, client = _address(own_library), own_library.test_client()
    monkeypatch.setattr(booklet, "PATIENCE", 0.05)
    with booklet._one_at_a_time:
        answer = client.get(address)
    assert answer.status_code == 503
    monkeypatch.setattr(booklet, "LONGEST", 0.001)
    assert client.get(address).status_code == 503
    monkeypatch.undo()
    assert client.get(address).status_code == 200
