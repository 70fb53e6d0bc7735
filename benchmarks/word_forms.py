"""How well words are understood: forms of one word joined, strangers kept apart, and what that costs.

The test set is a folder of files ``groups_<language>.tsv``, one word a line: base form, part of speech, forms. Its
path is given; none is kept here. *Joined* is the share of pairs of forms of one word that have one key. *Siblings* is
the share of the pairs with one key that are forms of one word, or of words with one base form: the rest are strangers
that would be mixed up, kin of another part of speech (*lede*, *leder*) among them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final

import simplemma
import Stemmer
from whoosh.lang import stemmer_for_language

from benchmarks.measuring import Unmeasurable
from index.words import parts_of, term_of, words
from index.words.keeping import table
from index.words.keys import key_of

LANGUAGES: Final = ("da", "sv", "nb", "nn", "fi", "is")
_SNOWBALL: Final = {"da": "danish", "sv": "swedish", "nb": "norwegian", "nn": "norwegian", "fi": "finnish"}

Key = Callable[[str], str]
Group = tuple[str, tuple[str, ...]]
Row = dict[str, str | float]


def measure(folder: Path) -> list[Row]:
    """Return a row for each language and way to find keys.

    :raises Unmeasurable: if the folder has no test set.
    """
    rows: list[Row] = []
    for language in LANGUAGES:
        groups = _groups(folder / f"groups_{language}.tsv")
        for name, key in _ways(language):
            joined, siblings = agreement(groups, key)
            rows.append({"language": language, "way": name, "joined": round(joined, 3), "siblings": round(siblings, 3)})
    return rows


def costs(folder: Path) -> list[Row]:
    """Return what opening the tables and reading words takes: milliseconds, megabytes, forms a second."""
    rows: list[Row] = []
    for language in LANGUAGES:
        forms = list({form for _, forms in _groups(folder / f"groups_{language}.tsv") for form in forms})
        opened_ms, megabytes = _fresh(language)
        row: Row = {"language": language, "open_ms": opened_ms, "resident_grown_mb": megabytes}
        for name, read in (("keys", term_of), ("parts", parts_of)):
            read.cache_clear()
            begun = time.process_time()
            for form in forms:
                read(language, form)
            row[f"{name}_per_second"] = round(len(forms) / (time.process_time() - begun))
        rows.append(row)
    return rows


def agreement(groups: Sequence[Group], key: Key) -> tuple[float, float]:
    """Return the share of pairs of forms with one key, and of pairs with one key the share that belongs together."""
    bases = defaultdict(set)
    for number, (base, forms) in enumerate(groups):
        for form in forms:
            bases[form] |= {base, str(number)}
    keys = {form: key(form) for form in bases}
    pairs = [pair for _, forms in groups for pair in combinations(forms, 2)]
    joined = sum(keys[one] == keys[other] for one, other in pairs)
    sharing = defaultdict(list)
    for form, found in keys.items():
        sharing[found].append(form)
    alike = [pair for forms in sharing.values() for pair in combinations(forms, 2)]
    siblings = sum(not bases[one].isdisjoint(bases[other]) for one, other in alike)
    return joined / len(pairs), siblings / max(1, len(alike))


def _ways(language: str) -> Iterator[tuple[str, Key]]:
    if language in _SNOWBALL:
        stem = Stemmer.Stemmer(_SNOWBALL[language], 0).stemWord
        yield "Whoosh's Snowball", stemmer_for_language("no" if language in ("nb", "nn") else language)
        yield "PyStemmer", stem
    yield "simplemma", lambda word: simplemma.lemmatize(word, lang=language).casefold()
    if language in _SNOWBALL:
        yield "simplemma, then PyStemmer", lambda word: stem(simplemma.lemmatize(word, lang=language).casefold())
    yield "ours", lambda form: " ".join(key_of(language, word) for word in words(form))


def _groups(path: Path) -> list[Group]:
    if not path.is_file():
        raise Unmeasurable(f"no test set of word forms: {path}")
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(base.casefold(), tuple(dict.fromkeys(map(str.casefold, forms)))) for base, _part, *forms in lines]


_PROBE: Final = """
import sys, time
from index.words.keeping import table
from index.words.keys import key_of
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
before, begun = resident(), time.perf_counter()
table(sys.argv[1]).key("x")
print(1000 * (time.perf_counter() - begun), resident() - before)
"""


def _fresh(language: str) -> tuple[float, float]:
    """Open a table in a new process; return milliseconds and what its memory grew by, in megabytes."""
    table(language)  # made before, if it was not there
    command = [sys.executable, "-c", _PROBE, language]
    output = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout.split()
    return round(float(output[0]), 1), round(float(output[1]), 1)
