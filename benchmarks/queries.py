"""The addresses to ask for: searches that find something in a library of any size, and practices to read.

Words come from the starter texts, which every library holds; each search is in the language of its words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.records import SEED, STARTER
from benchmarks.words import TOKEN
from library import record
from library.interchange.services import read_documents
from library.languages import LANGUAGES
from library.models import Practice

EACH: Final = 40  # different addresses of each kind of search
READ: Final = 1_000  # different practices that are read, where there are as many
COMMON: Final = 150  # the most frequent words of a language: nobody searches for "the"
SHORTEST: Final = 4  # letters of a word that somebody searches for


def searches(each: int = EACH) -> dict[str, list[str]]:
    """Return so many addresses of each kind of search."""
    starter = [document for _, document in read_documents(STARTER)]
    common = {language: _common(starter, language) for language in LANGUAGES}
    found: dict[str, list[str]] = {}
    for number in range(each):
        random = Random(f"{SEED}-{number}")
        document = random.choice(starter)
        language = document["original_language"]
        text = document[record.TEXT_KEY][language]
        words = [w for w in TOKEN.findall(f"{text['title']}. {text['summary']}") if _telling(w, common[language])]
        three = random.sample(sorted(set(words)), 3)
        agency, theme = document["agencies"][0]["code"], document["themes"][0]
        kinds: dict[str, dict[str, Any]] = {
            "search, no words": {},
            "search, one word": {"q": three[0]},
            "search, three words": {"q": " ".join(three)},
            "search, phrase": {"q": f'"{_phrase(random, text["summary"], common[language])}"'},
            "search, one word and two facets": {"q": three[0], "agency": agency, "theme": theme},
            "search, pages 2 to 5": {"sort": "newest", "page": 2 + number % 4},
        }
        for kind, values in kinds.items():
            reader = LANGUAGES[number % len(LANGUAGES)] if "q" not in values else language
            found.setdefault(kind, []).append(f"/{reader}/practices?{urlencode(values)}".rstrip("?"))
    return found


def starter_practices(session: Session) -> list[str]:
    """Return the addresses of the starter library's practices."""
    names = [name for name, _ in read_documents(STARTER)]
    slugs = select(Practice.slug).where(Practice.external_id.in_(names)).order_by(Practice.id)
    return [_address(slug) for slug in session.scalars(slugs)]


def practices(session: Session) -> list[str]:
    """Return the addresses of up to ``READ`` practices from all over the library, in an order of chance."""
    slugs = list(session.scalars(select(Practice.slug).order_by(Practice.id)))
    drawn = Random(SEED).sample(slugs, min(READ, len(slugs)))
    return [_address(slug) for slug in drawn]


def most_applied(session: Session) -> str:
    """Return the address of the model that most practices apply."""
    counted = select(Practice.model_id).where(Practice.model_id.is_not(None)).group_by(Practice.model_id)
    model = counted.order_by(func.count().desc(), Practice.model_id).limit(1).scalar_subquery()
    return _address(session.scalars(select(Practice.slug).where(Practice.id == model)).one())


def _address(slug: str) -> str:
    return f"/en/practices/{slug}"


def _common(starter: Sequence[Mapping[str, Any]], language: str) -> frozenset[str]:
    texts = (d[record.TEXT_KEY][language] for d in starter if language in d[record.TEXT_KEY])
    counts = Counter(word.casefold() for text in texts for part in text.values() for word in TOKEN.findall(part))
    return frozenset(word for word, _ in counts.most_common(COMMON))


def _telling(word: str, common: frozenset[str]) -> bool:
    return word.isalpha() and len(word) >= SHORTEST and word.casefold() not in common


def _phrase(random: Random, text: str, common: frozenset[str]) -> str:
    """Return two or three words that stand together in a text, the last one a telling one."""
    return random.choice(sorted(_phrases(text, common)))


def _phrases(text: str, common: frozenset[str]) -> Iterator[str]:
    for sentence in text.replace(",", ".").replace(":", ".").replace("(", ".").split("."):
        words = sentence.split()
        for length in (2, 3):
            runs = (words[start : start + length] for start in range(len(words) - length + 1))
            yield from (" ".join(run) for run in runs if all(w.isalpha() for w in run) and _telling(run[-1], common))
