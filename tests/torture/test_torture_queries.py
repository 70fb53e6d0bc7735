"""What anybody may type, a hundred thousand times over: no exception, and no answer that keeps a reader waiting.

``TORTURE_QUERIES`` and ``TORTURE_RECORDS`` set how many queries on how many records, ``TORTURE_SEED`` which.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from benchmarks.words import zipf_rank
from index import LANGUAGES, Document, Index, SearchRequest, Sort, Text, highlight

QUERIES = int(os.environ.get("TORTURE_QUERIES", "100000"))
RECORDS = int(os.environ.get("TORTURE_RECORDS", "10000"))
SEED = int(os.environ.get("TORTURE_SEED", "2026"))
LONGEST_ANSWER = 0.3  # seconds of work; what else the machine does at the time is not the search's fault

FACETS = ("theme", "agency", "country")
SIGNS = [
    '"',
    "“",
    "«",
    "»",
    "-",
    "--",
    ' -"',
    " ",
    "\t",
    "\0",
    "\ud800",
    "*",
    "?*",
    "'",
    "\\",
    "🙂",
    "\u202e",
    "\u0308",
]
WORDS = 20_000


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    path: Path = tmp_path_factory.mktemp("torture") / "index"
    index = Index(path, facets=FACETS)
    index.rebuild(_documents(Random(SEED)), position=1)
    index.apply(list(_documents(Random(SEED + 1), 50)), [], position=2)
    index.search(SearchRequest("everything that is made once"))
    gc.collect()
    gc.freeze()  # as the application does when its vocabularies are there
    yield index
    gc.unfreeze()
    index.close()


def test_no_text_makes_a_search_fail_or_take_long(index: Index) -> None:
    random = Random(SEED)
    slowest, failed = (0.0, ""), []
    for _ in range(QUERIES):
        text = _text(random)
        request = SearchRequest(
            text,
            random.choice(LANGUAGES),
            filters={facet: (f"{facet}{random.randint(0, 9)}",) for facet in FACETS if random.random() < 0.1},
            sort=random.choice(list(Sort)),
            page=random.choice((1, 1, 1, 2, 500)),
        )
        start = time.thread_time()
        result = index.search(request)
        taken = time.thread_time() - start
        slowest = max(slowest, (taken, text))
        if taken > LONGEST_ANSWER:
            failed.append((round(taken, 3), text))
        for language in LANGUAGES[:2]:
            highlight(result.parsed, language, text)
    assert not failed, f"the slowest of {QUERIES} took {slowest[0]:.3f} s: {slowest[1]!a}"
    sys.stdout.write(f"\n{QUERIES} queries, the slowest {slowest[0]:.3f} s: {slowest[1]!a}\n")


def _documents(random: Random, count: int = RECORDS) -> Iterator[Document]:
    for id in range(1, count + 1):
        language = random.choice(LANGUAGES)
        words = [_word(random) for _ in range(random.randint(60, 400))]
        yield Document(
            id=id,
            version=1,
            texts=(Text(language, " ".join(words[:6]), " ".join(words[6:30]), " ".join(words[30:])),),
            original_language=language,
            concepts={},
            names=(_word(random),),
            facets={facet: tuple({f"{facet}{zipf_rank(random, 30)}" for _ in range(3)}) for facet in FACETS},
            published=date(2020, 1, 1) + timedelta(days=random.randint(0, 1500)),
        )


def _word(random: Random) -> str:
    """Return a word; those with low numbers come often, and all can be taken for words of a language."""
    rank = zipf_rank(random, WORDS)
    letters = "aeiouyåøäöæðnrstlkm"
    word = ""
    while rank or not word:
        rank, letter = divmod(rank, len(letters))
        word += letters[letter]
    return word + random.choice(("", "", "en", "ene", "s", "ing"))


def _text(random: Random) -> str:
    match random.randrange(5):
        case 0:  # bytes that are no text
            return random.randbytes(random.randint(0, 300)).decode(
                "utf-8", random.choice(("surrogateescape", "replace"))
            )
        case 1:  # any characters
            return "".join(chr(random.randrange(0x110000)) for _ in range(random.randint(0, 250)))
        case 2:  # words, as many as fit
            return " ".join(_word(random) for _ in range(random.randint(0, 60)))
        case 3:  # words and signs
            return "".join(random.choice((_word(random), random.choice(SIGNS))) for _ in range(random.randint(0, 80)))
        case _:  # one letter again and again: the commonest words, and what begins with them
            return random.choice(("e ", "a", '"a e" ', "-a ", "aa ", "en ")) * random.randint(1, 250)
