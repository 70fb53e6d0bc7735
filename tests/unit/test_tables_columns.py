"""A document as a row of a table and back: nothing is lost on the way, whatever its author wrote."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from factories.documents import a_document
from hypothesis import given, settings
from hypothesis import strategies as st

from library.interchange.services import read_documents
from library.languages import LANGUAGES
from library.tables.cells import MAX_CELL, escape, guard, pieces, unescape, unguard
from library.tables.columns import column_named, columns, document_of, in_order, row_of
from library.tables.merging import merged
from library.tables.reading import Formula, opened, recognise
from library.tables.writing import csv_text, write_xlsx

STARTER = Path(__file__).resolve().parents[2] / "library" / "starter" / "practices"
NASTY = [
    "=1+1",
    "'=1",
    "''",
    "-",
    "@x",
    "+",
    "\t",
    "a;b",
    'say "so"',
    "one\ntwo",
    "\r\n",
    "_x000D_",
    "😀",
    "\ufffe",
    " a ",
]

# Words as people and programs write them; surrogates are no text, and a NUL no database takes.
words = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60),
).filter(lambda text: bool(text.strip()))
line = words.filter(lambda text: "\n" not in text.strip())


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    spoken = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
    said = st.fixed_dictionaries(dict.fromkeys(spoken, words))
    text = st.fixed_dictionaries(
        {"title": words, "summary": words, "what_is_done": words}, optional={"problem": words, "results": words}
    )
    agency = st.fixed_dictionaries(
        {"code": st.sampled_from(["police", "schools", "housing"])}, optional={"lead": st.booleans(), "role": said}
    )
    evaluation = st.fixed_dictionaries(
        {"design": st.just("qualitative"), "summary": said}, optional={"by": line, "year": st.integers(1800, 2200)}
    )
    source = st.fixed_dictionaries({"title": line}, optional={"mirror": st.booleans(), "year": st.integers(1800, 2200)})
    codes = st.lists(st.sampled_from(["school", "online", "prison"]), max_size=3, unique=True)
    fields = st.fixed_dictionaries(
        {"original_language": st.just(spoken[0]), "agencies": st.lists(agency, min_size=1, max_size=3)},
        optional={
            "settings": codes,
            "evaluations": st.lists(evaluation, max_size=2),
            "sources": st.lists(source, max_size=3),
            "organisations": st.lists(
                st.fixed_dictionaries({"slug": st.just("se-malmo"), "role": st.just("partner")}), max_size=2
            ),
            "start_year": st.integers(1800, 2200),
            "age_from": st.integers(0, 120),
        },
    )
    return {**draw(fields), "text": {code: draw(text) for code in spoken}}


def as_csv(row: Mapping[str, str]) -> bytes:
    return "".join(csv_text(in_order(row), [row], by_name=True)).encode()


def as_xlsx(row: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    write_xlsx(made, in_order(row), [row], title="Practices")
    return made.getvalue()


def rows_of(content: bytes, name: str) -> Iterator[dict[str, str]]:
    with opened(io.BytesIO(content), name) as table:
        rows = [cells for _, cells in table.rows(table.sheets[0])]
    head = next(cells for cells in rows if all(column_named(cell) for cell in cells))
    for cells in rows[rows.index(head) + 1 :]:
        yield {name: cell for name, cell in zip(head, cells, strict=False) if cell}


def test_every_starter_document_comes_back_from_its_row() -> None:
    for name, document in read_documents(STARTER):
        assert document_of(row_of(document)) == document, name


@pytest.mark.parametrize(("write", "name"), [(as_csv, "t.csv"), (as_xlsx, "t.xlsx")])
def test_starter_documents_come_back_from_files(write: Any, name: str) -> None:
    for _, document in list(read_documents(STARTER))[::10]:
        [row] = rows_of(write(row_of(document)), name)
        assert document_of(row) == document


@settings(max_examples=80, deadline=None)
@given(documents())
def test_any_document_comes_back_from_its_row(document: dict[str, Any]) -> None:
    assert document_of(row_of(document)) == document


@settings(max_examples=40, deadline=None)
@given(documents())
def test_any_document_comes_back_from_a_csv_file(document: dict[str, Any]) -> None:
    [row] = rows_of(as_csv(row_of(document)), "t.csv")
    assert document_of(row) == document


@settings(max_examples=20, deadline=None)
@given(documents())
def test_any_document_comes_back_from_a_workbook(document: dict[str, Any]) -> None:
    [row] = rows_of(as_xlsx(row_of(document)), "t.xlsx")
    assert document_of(row) == document


@given(st.text())
def test_what_is_escaped_and_guarded_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text
    assert unguard(guard(text)) == text


@given(words)
def test_no_cell_that_is_written_runs_as_a_formula(text: str) -> None:
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("filler", ["a", "😀", "\rx", "=", "_x000D_"])
def test_words_longer_than_a_cell_run_on_in_the_next_columns(filler: str) -> None:
    document = a_document()
    document["text"]["sv"]["problem"] = long = filler * (100_000 // len(filler))
    row = row_of(document)
    assert all(len(guard(escape(cell)).encode("utf-16-le")) // 2 <= MAX_CELL for cell in row.values())
    assert "problem.sv.2" in row
    assert document_of(row) == document
    assert "".join(pieces(long)) == long
    [read] = rows_of(as_xlsx(row), "t.xlsx")
    assert document_of(read) == document


def test_every_column_is_found_by_its_name() -> None:
    for column in columns(LANGUAGES):
        assert column_named(column.name) == column


@pytest.mark.parametrize(
    "name", ["", "nothing", "title", "title.xx", "country.sv", "agencies.code", "themes.0", "text.sv"]
)
def test_names_that_lead_nowhere_are_no_columns(name: str) -> None:
    assert column_named(name) is None


def test_a_cell_may_hold_several_items() -> None:
    assert document_of({"themes": "youth-crime; radicalisation\nonline-bullying"})["themes"] == [
        "youth-crime",
        "radicalisation",
        "online-bullying",
    ]


def test_what_a_table_has_no_column_for_stays() -> None:
    old = a_document()
    row = {name: words for name, words in row_of(old).items() if name.endswith((".sv", "code")) or name == "country"}
    row["title.sv"] = "Nytt namn"
    new = merged(old, document_of(row), in_order(row))
    assert new["text"]["sv"]["title"] == "Nytt namn"
    assert new["text"]["en"] == old["text"]["en"]
    assert new["agencies"] == old["agencies"]
    assert new["sources"] == old["sources"]


def test_what_a_table_has_and_leaves_empty_is_emptied() -> None:
    old = a_document()
    row = row_of(old)
    named = in_order(row)
    del row["start_year"]
    assert "start_year" not in merged(old, document_of(row), named)


# --- what a text file is -----------------------------------------------------------------------------------------

NORDIC = "title.sv{0}title.da{0}title.is\r\nÅkerö på väg{0}Ærø & Ørsted{0}Þórshöfn\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encodings_separators_and_line_ends_are_recognised(encoding: str, separator: str, end: str) -> None:
    content = NORDIC.format(separator).replace("\r\n", end).encode(encoding)
    if encoding == "utf-16-be":
        assert not content.startswith(b"\xfe\xff")
    found = recognise(io.BytesIO(content))
    assert found.separator == separator
    with opened(io.BytesIO(content), "table.csv") as table:
        assert list(table.rows()) == [
            (1, ["title.sv", "title.da", "title.is"]),
            (2, ["Åkerö på väg", "Ærø & Ørsted", "Þórshöfn"]),
        ]


def test_a_formula_in_a_text_file_is_told_from_words() -> None:
    with opened(io.BytesIO(b"title.sv,title.da\n=SUM(A1),'=words\n"), "table.csv") as table:
        [_, (_, cells)] = list(table.rows())
    assert isinstance(cells[0], Formula)
    assert cells[1] == "=words"
    assert not isinstance(cells[1], Formula)
