"""Documents for the tests of the search engine: plain ones by default, random ones by seed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from random import Random

from index import LANGUAGES, Concept, Document, Text, Thesaurus

# Documents, text and language in; ids of the hits out.
Search = Callable[..., list[int]]

FACETS = ("theme", "agency", "country")
_WORDS = (
    *("skole", "politi", "unge", "vold", "tillid", "bydel", "idrett"),
    *("samtale", "familie", "nettverk", "støtte", "plan", "dialog", "trygg"),
)

# Concepts of these words, so that all that is asked names something; one has another below it.
THESAURUS = Thesaurus(
    (
        Concept("people", {"da": ("unge", "familie"), "nb": ("familie", "nettverk")}, narrower=("trust",)),
        Concept("trust", {"da": ("tillid", "dialog"), "en": ("plan dialog", "trygg")}),
        Concept("places", {"nn": ("bydel", "skole plan"), "sv": ("skole",), "da": ("skole plan",)}),
    )
)


def document(
    id: int = 1,
    title: str = "",
    *,
    summary: str = "",
    body: str = "",
    language: str = "en",
    texts: tuple[Text, ...] = (),
    concepts: Mapping[str, tuple[str, ...]] | None = None,
    names: tuple[str, ...] = (),
    facets: Mapping[str, tuple[str, ...]] | None = None,
    version: int = 1,
    published: date = date(2024, 1, 1),
    codes: tuple[str, ...] = (),
) -> Document:
    """Make a document with one text, or with the given ones, the first of which is the original."""
    texts = texts or (Text(language, title, summary, body),)
    return Document(
        id=id,
        version=version,
        texts=texts,
        original_language=texts[0].language,
        concepts=concepts or {},
        names=names,
        facets=facets or {},
        published=published,
        codes=codes,
    )


def random_documents(count: int, seed: int) -> Iterator[Document]:
    """Make documents in all languages from few words, so that everything matches something."""
    random = Random(seed)
    for id in range(1, count + 1):
        languages = random.sample(LANGUAGES, random.randint(1, 2))
        yield document(
            id,
            texts=tuple(_random_text(random, language) for language in languages),
            concepts={random.choice(LANGUAGES): (random_words(random, 2),)},
            names=(random_words(random, 1),),
            facets={
                facet: tuple({f"{facet}-{random.randint(1, 5)}" for _ in range(random.randint(0, 3))})
                for facet in FACETS
            },
            published=date(2024, 1, 1) + timedelta(days=random.randint(0, 9)),
            codes=tuple(random.sample(("people", "trust", "places"), random.randint(0, 2))),
        )


def random_words(random: Random, count: int) -> str:
    """Choose words, the first ones more often."""
    return " ".join(random.choices(_WORDS, weights=range(len(_WORDS), 0, -1), k=count))


def _random_text(random: Random, language: str) -> Text:
    title, summary, body = (random_words(random, random.randint(1, most)) for most in (4, 12, 60))
    return Text(language, title, summary, body)
