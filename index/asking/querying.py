"""From what a reader typed to what must be looked up: each word in every language and field.

Knows fields, boosts and analysis; reads no index.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from index.asking.clauses import Choice, Clause, Query
from index.asking.expanding import Named, expand, recognised
from index.asking.questions import only_asks
from index.asking.thesaurus import NO_THESAURUS, Thesaurus
from index.documents import LANGUAGES
from index.parsing import ParsedQuery, parse
from index.schema import (
    FOLDED_BOOST,
    FOLDINGS,
    LANGUAGE_FIELD_BOOSTS,
    NAMES,
    NAMES_BOOST,
    PARTS,
    PROSE,
    WHOLE_TITLE,
    language_field,
    whole_title,
)
from index.words import analyse, detect, neighbours, parts_of, term_of, words

# A word of the reader's language is more often meant than a word of another that looks the same.
READER_LANGUAGE_BOOST = 2.0
# Whose title is what was typed, word for word, is what was asked for: for each word more than all its fields
# together can give.
WHOLE_TITLE_BOOST = 60.0
# Words that were typed in a row are worth more where they stand in a row.
IN_A_ROW_BOOST = 0.5
# A part of a compound says less than the word on its own; so do the parts of a typed compound that stand apart.
PARTS_BOOST = 0.4
# A part of a typed compound that stands on its own beside the other words hints at it, and no more.
APART_BOOST = 0.3
# Of words with a hyphen between them, such as *evidence-based*, each alone says even less.
HYPHENED_BOOST = 0.1
# How a neighbour may spell a word is a guess, if one that only words of real texts pass.
NEIGHBOUR_BOOST = 0.4
MOST_NEIGHBOURS = 48
# A word that merely begins with the one typed says less than the word itself.
BEGINNING_BOOST = 0.4
# Shorter beginnings stand for too much: "pol" begins policy, police and Poland.
SHORTEST_BEGINNING = 4
MOST_SPOKEN = 2
MOST_CONTINUATIONS = 20

# Whether any document has a term in a field.
Vocabulary = Callable[[str, str], bool]


def build_query(
    parsed: ParsedQuery,
    language: str,
    thesaurus: Thesaurus = NO_THESAURUS,
    has: Vocabulary = lambda _field, _term: True,
) -> Query:
    """Decide what to look up for a reader of a language; `has` spares looking up what no document has.

    The reader's stop words are left out unless there is nothing else. Signs without letters or digits
    cannot be found: a query of nothing else asks for something, and finds nothing. What is excluded is excluded
    as it was typed, in any inflection and language, but not by its synonyms: a guess may show too much, but
    must not hide.
    """
    typed = (*parsed.words, *parsed.phrases)
    spoken = spoken_languages(parsed, language)
    wanted = meaningful(typed, *spoken)
    joined = {item: spelling for item in wanted if (spelling := _without_hyphen(item, spoken, has))}
    named = _named(parsed, wanted, spoken, thesaurus, joined)
    required = [_choice(item, language) for item in wanted]
    for place, item in enumerate(wanted):
        if item in parsed.words:
            required[place] += tuple(_other_spellings(item, spoken, has))
        if item in joined:
            required[place] += _choice(joined[item], language)
    return Query(
        required=tuple(required),
        excluded=tuple(_choice(item, language) for item in parsed.exclusions),
        everything=not typed,
        expansions=expand(thesaurus, named),
        bonus=(*_bonus(parsed, spoken), *_apart(parsed, wanted, named, spoken, language)),
        wider=tuple(_wider(item, spoken) if item in parsed.words else () for item in wanted),
        recognised=recognised(thesaurus, named),
        typed=tuple(wanted),
    )


def ways_to_find(
    word: str, language: str, thesaurus: Thesaurus = NO_THESAURUS, has: Vocabulary = lambda _field, _term: True
) -> Iterator[Clause]:
    """Yield all by which `build_query` lets a single word of letters alone be found, the likeliest first.

    Each is worked out when it is asked for: most words that texts have are found by the first.
    """
    parsed = parse(word, language)
    for item in parsed.words:
        yield from _choice(item, language)
    spoken = spoken_languages(parsed, language)
    for item in parsed.words:
        yield from _other_spellings(item, spoken, has)
    for expansion in expand(thesaurus, _named(parsed, parsed.words, spoken, thesaurus, ())):
        yield from expansion.clauses


def spoken_languages(parsed: ParsedQuery, language: str) -> tuple[str, ...]:
    """Return the languages in which the words are meant, likeliest first, the reader's among them.

    The reader's alone where they may be in it: a word or two are good in many languages.
    """
    detected = detect(" ".join(parsed.in_a_row))[:MOST_SPOKEN]
    return (language,) if not detected or language in detected else (*detected, language)


def widened(query: Query, continuations: Callable[[str, str, int], Sequence[str]]) -> Query:
    """Let each single word also be found through its parts, and if long enough through words that begin with it.

    `continuations` gives the terms of a field that begin with a term, the commonest first, up to a number.
    """
    required = tuple((*choice, *wider_ways(query, place, continuations)) for place, choice in enumerate(query.required))
    return replace(query, required=required)


def wider_ways(query: Query, place: int, continuations: Callable[[str, str, int], Sequence[str]]) -> Iterator[Clause]:
    """Yield what `widened` adds to one of the required choices."""
    yield from query.wider[place] if query.wider else ()
    yield from _continued(query.required[place], continuations)


def _continued(choice: Choice, continuations: Callable[[str, str, int], Sequence[str]]) -> Iterator[Clause]:
    for clause in choice:
        if len(clause.terms) == 1 and len(clause.terms[0]) >= SHORTEST_BEGINNING:
            for term in continuations(clause.field, clause.terms[0], MOST_CONTINUATIONS):
                yield replace(clause, terms=(term,), boost=clause.boost * BEGINNING_BOOST)


def meaningful(typed: Sequence[str], *languages: str) -> list[str]:
    """Leave out what is only stop words, or only asks, in one of the languages, unless that is everything."""
    findable = [item for item in typed if words(item)]
    return [item for item in findable if all(_says_something(language, item) for language in languages)] or findable


def _says_something(language: str, item: str) -> bool:
    return bool(analyse(language, item)) and not only_asks(language, item)


@lru_cache(maxsize=500)  # what finds little is asked for again: alone, among other words, in another spelling
def _choice(item: str, reader_language: str) -> Choice:
    return tuple(
        clause for clause in (*_language_clauses(item, reader_language), *_neutral_clauses(item)) if clause.terms
    )


def _language_clauses(item: str, reader_language: str) -> Iterator[Clause]:
    for language in LANGUAGES:
        preference = READER_LANGUAGE_BOOST if language == reader_language else 1.0
        yield _prose(language, analyse(language, item), preference)
        boost = LANGUAGE_FIELD_BOOSTS["concepts"] * preference
        yield Clause(language_field("concepts", language), analyse(language, item), boost, language)
        yield from _of_compounds(language, words(item), preference)


def _prose(language: str, terms: tuple[str, ...], boost: float) -> Clause:
    return Clause(language_field(PROSE, language), terms, boost * LANGUAGE_FIELD_BOOSTS[PROSE], language)


def _of_compounds(language: str, typed: Sequence[str], boost: float) -> Iterator[Clause]:
    """Yield a word as part of compounds, and the two parts of a compound as words in a row."""
    if len(typed) != 1:
        return
    (word,) = typed
    if term := term_of(language, word):
        yield Clause(language_field(PARTS, language), (term,), boost * PARTS_BOOST, language)
    parts = parts_of(language, word)
    if len(parts) == 2:
        yield _prose(language, parts, boost * PARTS_BOOST)


def _without_hyphen(item: str, spoken: Sequence[str], has: Vocabulary) -> str:
    """Return a word with a hyphen as texts write it in one, *cooperation* for *co-operation*; empty if none does."""
    spelling = words(item.replace("-", ""))
    if len(words(item)) < 2 or len(spelling) != 1:
        return ""
    written = any(has(language_field(PROSE, language), term_of(language, *spelling)) for language in spoken)
    return spelling[0] if written else ""


def _other_spellings(item: str, spoken: Sequence[str], has: Vocabulary) -> Iterator[Clause]:
    """Yield a word as the neighbours of its language spell it, if their texts have it."""
    typed = words(item)
    if len(typed) != 1:
        return
    for of in LANGUAGES:
        spellings = (
            spelling for language in spoken for spelling in neighbours(typed[0], language, of)[:MOST_NEIGHBOURS]
        )
        terms = dict.fromkeys(term_of(of, spelling) for spelling in spellings)
        for term in terms:
            if term and term != term_of(of, typed[0]) and has(language_field(PROSE, of), term):
                yield _prose(of, (term,), NEIGHBOUR_BOOST)


def _wider(item: str, spoken: Sequence[str]) -> Choice:
    return tuple(clause for language in spoken for clause in _in_part(item, language, BEGINNING_BOOST))


def _in_part(item: str, language: str, boost: float) -> Iterator[Clause]:
    """Yield the parts of a compound, or of words with hyphens between them, each on its own."""
    typed = words(item)
    found = parts_of(language, typed[0]) if len(typed) == 1 else analyse(language, item)
    for term in dict.fromkeys(found):
        yield _prose(language, (term,), boost)
        yield Clause(language_field(PARTS, language), (term,), PARTS_BOOST * boost, language)


def _apart(
    parsed: ParsedQuery, wanted: Sequence[str], named: Sequence[Named], spoken: Sequence[str], reader_language: str
) -> Iterator[Clause]:
    """Yield the parts of compounds, and of words with hyphens between them, for texts that have them apart.

    Of texts with the other words, one about a *gård* answers *skolegård* better than one without. What names a concept
    is left whole: *kriminalitetsforebyggelse* has its synonyms, and is not about *kriminalitet* alone.
    """
    explained = {place for each in named for place in each.covers}
    unexplained = [item for place, item in enumerate(wanted) if place not in explained and item in parsed.words]
    for item in unexplained if len(wanted) > 1 else ():
        apart = APART_BOOST if len(words(item)) == 1 else HYPHENED_BOOST
        for language in spoken:
            preference = READER_LANGUAGE_BOOST if language == reader_language else 1.0
            yield from _in_part(item, language, apart * preference)


def _named(
    parsed: ParsedQuery,
    wanted: Sequence[str],
    spoken: Sequence[str],
    thesaurus: Thesaurus,
    joined: Collection[str],
) -> list[Named]:
    """Find the concepts in what was typed, and which of the wanted things each of them stands for.

    Words name a concept together; one inside a word with hyphens stands for the whole word, *SSP* for *SSP-model*; in
    one of those that are also written in one (`joined`) only the last can, for *co* is no part of *co-operation*.
    Who quotes a phrase means its words as they stand: only the whole of it names a concept.
    """
    named = []
    places = [(place, word) for place, item in enumerate(wanted) if item in parsed.words for word in words(item)]
    ends = {place: end for end, (place, _word) in enumerate(places, start=1)}
    for mention in thesaurus.recognise([word for _place, word in places], spoken):
        inside = places[mention.start : mention.end]
        last, _word = inside[-1]
        if wanted[last] in joined and mention.end < ends[last]:
            continue
        covers = tuple(dict.fromkeys(place for place, _word in inside))
        named.append(Named(" ".join(word for _place, word in inside), mention.concepts, covers))
    for place, item in enumerate(wanted):
        if item in parsed.phrases:
            whole = words(item)
            mentions = thesaurus.recognise(whole, spoken)
            named += [Named(item, m.concepts, (place,)) for m in mentions if (m.start, m.end) == (0, len(whole))]
    return named


def _bonus(parsed: ParsedQuery, spoken: Sequence[str]) -> Choice:
    """Return what makes some documents better than others that have the same words."""
    return (*_whole_title(parsed), *(clause for language in spoken for clause in _in_a_row(parsed, language)))


def _whole_title(parsed: ParsedQuery) -> list[Clause]:
    boost = WHOLE_TITLE_BOOST * len(parsed.in_a_row)
    return [Clause(WHOLE_TITLE, (title,), boost) for title in whole_title(parsed.in_a_row)]


def _in_a_row(parsed: ParsedQuery, language: str) -> Iterator[Clause]:
    """Yield each two words that were typed in a row.

    Pairs rather than the whole, for long questions seldom stand anywhere whole, and they tell nearly as much
    (the sequential dependence model of Metzler and Croft, 2005).
    """
    terms = [term for word in parsed.in_a_row if (term := term_of(language, word))]
    for pair in dict.fromkeys(pairwise(terms)):
        for kind, boost in LANGUAGE_FIELD_BOOSTS.items():
            yield Clause(language_field(kind, language), pair, boost * IN_A_ROW_BOOST, language)


def _neutral_clauses(item: str) -> list[Clause]:
    plain = words(item)
    folded = [Clause(field, tuple(map(fold, plain)), FOLDED_BOOST) for field, fold in FOLDINGS.items()]
    return [Clause(NAMES, plain, NAMES_BOOST), *folded]
