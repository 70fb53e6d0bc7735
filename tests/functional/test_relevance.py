"""The bench of relevance asks the real index, sees answers through the right documents, and reads sets of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from benchmarks.measuring import Unmeasurable
from benchmarks.relevance import own, report, sets
from benchmarks.relevance.judgements import Asked, Judgement, Kind, Need
from benchmarks.relevance.outside import GivenSet, Pair, sets_in
from benchmarks.relevance.pooling import lines, unjudged
from benchmarks.relevance.rows import OURS, REFERENCE
from index import Thesaurus
from library.extensions import db

pytestmark = pytest.mark.one_database

KEPT = {"dk-ssp": 3, "fi-ohjaamo": 2}
NEED = Need(
    name="ssp",
    wanted="SSP.",
    asked=(
        Asked("SSP-samarbejdet", "da", Kind.COMPOUND),
        Asked("Ohjaamo", "fi", Kind.NAME),
        Asked("xyzzyx", "nn", Kind.WORD),
    ),
    judged={name: Judgement(grade, "Because.") for name, grade in KEPT.items()},
)


@pytest.fixture
def answers(library: Flask) -> Iterator[tuple[own.Shelf, dict[str, list[own.Answer]]]]:
    with library.app_context():
        shelf = own.shelf_of(db.session)
        engines = {OURS: own.ours(db.session, shelf), REFERENCE: own.reference(db.session)}
        yield shelf, {engine: own.ask(search, [NEED]) for engine, search in engines.items()}
        db.session.close()


Answers = tuple[own.Shelf, dict[str, list[own.Answer]]]


def test_both_engines_find_starter_practices_by_the_names_of_their_files(answers: Answers) -> None:
    _, found = answers
    for engine in (OURS, REFERENCE):
        ssp, ohjaamo, nothing = found[engine]
        assert ssp.ranking[0] == "dk-ssp"
        assert ohjaamo.ranking[0] == "fi-ohjaamo"
        assert nothing.ranking == []


def test_an_answer_is_seen_through_the_languages_that_the_reader_can_and_cannot_read(answers: Answers) -> None:
    shelf, found = answers
    rows = {(r["query_language"], r["document_language"]): r for r in own.rows_of(OURS, found[OURS], shelf)}
    assert rows["any", "any"]["queries"] == 3
    assert rows["any", "any"]["empty"] == 1
    assert rows["da", "same"]["ndcg10"] == 1, "the Danish practice, seen without what a Dane cannot read"
    assert rows["da", "da"]["queries"] == 1
    assert rows["fi", "other"]["queries"] == 1
    assert ("nn", "same") not in rows, "nothing that was judged is written in Nynorsk"
    assert rows["nn", "other"]["recall50"] == 0
    assert rows["any", own.SAME_OF_BOTH]["queries"] == rows["any", own.OTHER_OF_BOTH]["queries"] == 2
    assert rows["any", own.SAME_OF_BOTH]["ndcg10"] == 1


def test_kinds_of_queries_have_rows_of_their_own(answers: Answers) -> None:
    _, found = answers
    rows = {row["kind"]: row for row in own.kinds_of(found)}
    assert set(rows) == {Kind.COMPOUND, Kind.NAME, Kind.WORD}
    assert (rows[Kind.WORD]["empty"], rows[Kind.WORD]["ndcg10"]) == (1, 0)


def test_what_was_shown_and_never_judged_is_listed_to_be_read(answers: Answers) -> None:
    _, found = answers
    shown = unjudged(found[OURS])
    assert not shown["ssp"].keys() & KEPT.keys()
    first, *rest = lines([NEED], shown)
    assert "SSP." in first
    assert len(rest) == len(shown["ssp"])


DOCS = [
    ("1", "Police and schools", "They work together, as skoler and politi do.", "en"),
    ("2", "Harbours", "Ships come and go.", "en"),
    ("3", "Politi og skoler", "De arbejder sammen.", "da"),
    ("4", "Havne", "Skibe kommer og går.", "da"),
]
QUERIES = [("q1", "schools", "en"), ("q2", "skoler", "da")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny test set in two languages, beside a folder that is none."""
    (tmp_path / "none").mkdir()
    place = tmp_path / "tiny"
    place.mkdir()
    docs = [json.dumps(dict(zip(("id", "title", "text", "lang"), values, strict=True))) for values in DOCS]
    queries = [json.dumps(dict(zip(("id", "text", "lang"), values, strict=True))) for values in QUERIES]
    (place / "docs.jsonl").write_text("\n".join(docs), encoding="utf-8")
    (place / "queries.jsonl").write_text("\n".join(queries), encoding="utf-8")
    (place / "qrels.tsv").write_text("q1\t1\t1\nq1\t2\t0\nq2\t3\t1\n", encoding="utf-8")
    (place / "qrels.en-en.tsv").write_text("q1\t1\t1\n", encoding="utf-8")
    (place / "qrels.da-en.tsv").write_text("q2\t1\t1\n", encoding="utf-8")
    (place / "qrels.da-da.tsv").write_text("q2\t3\t1\n", encoding="utf-8")
    return tmp_path


def test_judgements_of_a_set_are_read_by_pairs_of_languages(folder: Path) -> None:
    [chosen] = sets_in(folder)
    assert chosen.judged() == {
        Pair("en", "en"): {"q1": {"1": 1}},
        Pair("da", "en"): {"q2": {"1": 1}},
        Pair("da", "da"): {"q2": {"3": 1}},
        Pair("en", None): {"q1": {"1": 1}},
        Pair("da", None): {"q2": {"3": 1}},
    }


def test_a_set_of_others_is_asked_with_the_filter_of_its_pairs_and_summed_up(folder: Path) -> None:
    rows = sets.measure(GivenSet(folder / "tiny"), Thesaurus(()))
    for engine in (OURS, REFERENCE):
        found = {(r["query_language"], r["document_language"]): r for r in rows if r["engine"] == engine}
        assert found["en", "en"]["ndcg10"] == found["da", "da"]["ndcg10"] == found["any", "same"]["ndcg10"] == 1
        assert found["en", "any"]["ndcg10"] == 1
        assert found["da", "en"]["ndcg10"] == 1, "the Danish page, which is better, is not English"
        assert found["any", "other"]["queries"] == found["da", "other"]["queries"] == 1


def test_tables_show_languages_and_means_but_no_single_pairs_across(folder: Path) -> None:
    rows = report.summary(sets.measure(GivenSet(folder / "tiny"), Thesaurus(())))
    shown = {(row["query_language"], row["document_language"]) for row in rows}
    assert shown == {("en", "en"), ("da", "da"), ("any", "same"), ("any", "other")}


def test_a_folder_without_test_sets_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Unmeasurable, match="no test sets"):
        sets_in(tmp_path)
