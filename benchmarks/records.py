"""Practice records as they will come when every Nordic municipality writes: documents in the template's shape.

A document takes its build from a real one (which sections it has and how long they are, which agencies meet over which
themes) and changes it, so that shares and combinations are those of the starter library. The same seed and number give
the same document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final

from benchmarks.words import Prose, zipf_rank
from library import cli, record
from library.interchange.services import read_documents
from library.record import Type

SEED: Final = 2026
STARTER: Final = cli.STARTER / "practices"

COUNTRIES: Final = {"se": 30, "dk": 22, "no": 24, "fi": 18, "is": 6}  # per cent of the records
ALSO_IN_ENGLISH: Final = 0.4  # of the records; the starter library has nearly all of its own
CHANGED: Final = 0.35  # of the concepts that a record takes over
APPLIES_A_MODEL: Final = 0.12
PLACES: Final = (0, 1, 1, 1, 1, 1, 2, 3)  # municipalities of a record
YEARS: Final = (1995, 2026)

Document = dict[str, Any]

_KEPT: Final = ("geographic_level", "age_from", "age_to", "prevention_level_basis", "cost_band", "material_languages")


class Generator:
    """Makes documents.

    :param places: slugs of municipalities by country, the one with most records first.
    """

    def __init__(self, places: Mapping[str, Sequence[str]], *, seed: int = SEED) -> None:
        self._seed = seed
        self._places = places
        starter = dict(read_documents(STARTER))
        self._patterns = {c: [d for d in starter.values() if d["country"] == c] for c in COUNTRIES}
        self._models = {
            c: [name for name, d in starter.items() if d["kind"] == "model" and d["country"] == c] for c in COUNTRIES
        }
        self._codes = {
            name: [code for d in starter.values() for code in d.get(name, ())] for name in record.CONCEPT_LISTS
        }
        self._agencies = [row["code"] for d in starter.values() for row in d["agencies"]]
        self._evidence = [(d["evidence_stage"], d["outcome"]) for d in starter.values()]
        self._prose = _prose_of(starter.values())

    def documents(self, first: int, last: int) -> Iterator[tuple[str, Document]]:
        """Yield the external identifiers and documents numbered from ``first`` up to and without ``last``."""
        for number in range(first, last):
            yield f"bench-{number:06}", self._document(Random(f"{self._seed}-{number}"))

    def _document(self, random: Random) -> Document:
        country = random.choices(list(COUNTRIES), list(COUNTRIES.values()))[0]
        pattern = random.choice(self._patterns[country])
        original = pattern["original_language"]
        languages = [original, "en"] if original != "en" and random.random() < ALSO_IN_ENGLISH else [original]
        stage, outcome = random.choice(self._evidence)
        document: Document = {name: pattern[name] for name in _KEPT if name in pattern}
        document |= {name: self._concepts(random, name, pattern) for name in record.CONCEPT_LISTS if name in pattern}
        document |= self._identity(random, country)
        document |= {
            "kind": "practice" if random.random() < 0.8 else pattern["kind"],
            "original_language": original,
            "agencies": self._agency_rows(random, pattern, languages),
            "evidence_stage": stage,
            "outcome": outcome,
            "evaluations": self._evaluations(random, pattern, languages),
            "materials": pattern.get("materials", []),
            "sources": pattern.get("sources", []),
            record.TEXT_KEY: {language: self._text(random, language, pattern) for language in languages},
        }
        return document

    def _identity(self, random: Random, country: str) -> Document:
        year = min(int(random.triangular(*YEARS, YEARS[1] - 4)), YEARS[1])
        ended = random.random() < 0.25
        places = self._places_of(random, country)
        identity: Document = {
            "country": country,
            "municipalities": places,
            "start_year": year,
            "status": "ended" if ended else "active",
        }
        if ended:
            identity["end_year"] = min(year + random.randint(1, 8), YEARS[1])
        if places:
            identity["owner"] = places[0]
        if self._models[country] and random.random() < APPLIES_A_MODEL:
            identity["model"] = self._models[country][zipf_rank(random, len(self._models[country]))]
        return identity

    def _places_of(self, random: Random, country: str) -> list[str]:
        known = self._places[country]
        return list(dict.fromkeys(known[zipf_rank(random, len(known))] for _ in range(random.choice(PLACES))))

    def _concepts(self, random: Random, name: str, pattern: Document) -> list[str]:
        codes = (random.choice(self._codes[name]) if random.random() < CHANGED else code for code in pattern[name])
        return list(dict.fromkeys(codes))

    def _agency_rows(self, random: Random, pattern: Document, languages: Sequence[str]) -> list[Document]:
        rows: dict[str, Document] = {}
        for row in pattern["agencies"]:
            code = random.choice(self._agencies) if random.random() < CHANGED else row["code"]
            made: Document = {"code": code, "lead": row.get("lead", False)}
            if "role" in row:
                made["role"] = self._lines(random, languages, random.randint(4, 12))
            rows.setdefault(code, made)
        return list(rows.values())

    def _evaluations(self, random: Random, pattern: Document, languages: Sequence[str]) -> list[Document]:
        rows = [row for row in pattern.get("evaluations", ()) if random.random() < 0.5]
        return [{**row, "summary": self._lines(random, languages, random.randint(15, 35))} for row in rows]

    def _lines(self, random: Random, languages: Sequence[str], length: int) -> dict[str, str]:
        return {language: self._prose[language].line(random, length) for language in languages}

    def _text(self, random: Random, language: str, pattern: Document) -> dict[str, str]:
        prose = self._prose[language]
        text: dict[str, str] = {}
        for name, words in pattern[record.TEXT_KEY][pattern["original_language"]].items():
            field = record.BY_NAME[name]
            length = max(3, round(len(words.split()) * random.uniform(0.6, 1.4)))
            if name == "title":
                text[name] = prose.line(random, length)[: record.MAX_TITLE_CHARACTERS].strip()
            elif name == "summary":
                text[name] = prose.prose(random, min(length, record.MAX_SUMMARY_WORDS))
            elif field.type is Type.LINE:
                text[name] = prose.line(random, min(length, field.max_words or length))
            else:
                text[name] = prose.prose(random, length)
        return text


def _prose_of(documents: Any) -> dict[str, Prose]:
    texts: dict[str, list[str]] = {}
    for document in documents:
        for language, text in document[record.TEXT_KEY].items():
            texts.setdefault(language, []).extend(text.values())
    return {language: Prose(words) for language, words in texts.items()}
