"""From what a reader typed to what must be looked up: each word in every language and field.

Knows fields, boosts and analysis; reads no index.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from index.clauses import Choice, Clause, Query
from index.documents import LANGUAGES
from index.expanding import Named, expand, recognised
from index.parsing import ParsedQuery
from index.schema import (
    FOLDED_BOOST,
    FOLDINGS,
    LANGUAGE_FIELD_BOOSTS,
    NAMES,
    NAMES_BOOST,
    WHOLE_TITLE,
    language_field,
    whole_title,
)
from index.thesaurus import NO_THESAURUS, Thesaurus
from index.words import analyse, term_of, words

# A word of the reader's language is more often meant than a word of another that looks the same.
READER_LANGUAGE_BOOST = 2.0
# Whose title is what was typed, word for word, is what was asked for: for each word more than all its fields
# together can give.
WHOLE_TITLE_BOOST = 60.0
# Words that were typed in a row are worth more where they stand in a row.
IN_A_ROW_BOOST = 0.5
# A word that merely begins with the one typed says less than the word itself.
BEGINNING_BOOST = 0.4
# Shorter beginnings stand for too much: "pol" begins policy, police and Poland.
SHORTEST_BEGINNING = 4
MOST_CONTINUATIONS = 20


def build_query(parsed: ParsedQuery, language: str, thesaurus: Thesaurus = NO_THESAURUS) -> Query:
    """Decide what to look up for a reader of a language.

    The reader's stop words are left out unless there is nothing else. Signs without letters or digits
    cannot be found: a query of nothing else asks for something, and finds nothing. What is excluded is excluded
    as it was typed, in any inflection and language, but not by its synonyms: a guess may show too much, but
    must not hide.
    """
    typed = (*parsed.words, *parsed.phrases)
    wanted = meaningful(typed, language)
    named = _named(parsed, wanted, language, thesaurus)
    return Query(
        required=tuple(_choice(item, language) for item in wanted),
        excluded=tuple(_choice(item, language) for item in parsed.exclusions),
        everything=not typed,
        expansions=expand(thesaurus, named),
        bonus=_bonus(parsed, language),
        recognised=recognised(thesaurus, named),
    )


def _named(parsed: ParsedQuery, wanted: Sequence[str], language: str, thesaurus: Thesaurus) -> list[Named]:
    """Find the concepts in what was typed, and which of the wanted things each of them stands for.

    Words name a concept together. Who quotes a phrase means its words as they stand: only the whole of it does.
    """
    named = []
    places = [(place, word) for place, item in enumerate(wanted) if item in parsed.words for word in words(item)]
    unquoted = [word for _place, word in places]
    for mention in thesaurus.recognise(unquoted, (language,)):
        inside = places[mention.start : mention.end]
        outside = {place for place, _word in (*places[: mention.start], *places[mention.end :])}
        if covers := tuple(dict.fromkeys(place for place, _word in inside if place not in outside)):
            named.append(Named(" ".join(word for _place, word in inside), mention.concepts, covers))
    for place, item in enumerate(wanted):
        if item in parsed.phrases:
            whole = words(item)
            mentions = thesaurus.recognise(whole, (language,))
            named += [Named(item, m.concepts, (place,)) for m in mentions if (m.start, m.end) == (0, len(whole))]
    return named


def _bonus(parsed: ParsedQuery, language: str) -> Choice:
    """Return what makes some documents better than others that have the same words."""
    return (*_whole_title(parsed), *_in_a_row(parsed, language))


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


def widened(query: Query, continuations: Callable[[str, str, int], Sequence[str]]) -> Query:
    """Let each single word that is long enough also be found through words that begin with it.

    `continuations` gives the terms of a field that begin with a term, the commonest first, up to a number.
    """
    required = tuple((*choice, *_continued(choice, continuations)) for choice in query.required)
    return replace(query, required=required)


def _continued(choice: Choice, continuations: Callable[[str, str, int], Sequence[str]]) -> Iterator[Clause]:
    for clause in choice:
        if len(clause.terms) == 1 and len(clause.terms[0]) >= SHORTEST_BEGINNING:
            for term in continuations(clause.field, clause.terms[0], MOST_CONTINUATIONS):
                yield replace(clause, terms=(term,), boost=clause.boost * BEGINNING_BOOST)


def meaningful(typed: Sequence[str], language: str) -> list[str]:
    """Leave out what is only stop words in a language, unless that is everything."""
    findable = [item for item in typed if words(item)]
    return [item for item in findable if analyse(language, item)] or findable


def _choice(item: str, reader_language: str) -> Choice:
    return tuple(
        clause for clause in (*_language_clauses(item, reader_language), *_neutral_clauses(item)) if clause.terms
    )


def _language_clauses(item: str, reader_language: str) -> list[Clause]:
    clauses = []
    for language in LANGUAGES:
        terms = analyse(language, item)
        preference = READER_LANGUAGE_BOOST if language == reader_language else 1.0
        for kind, boost in LANGUAGE_FIELD_BOOSTS.items():
            clauses.append(Clause(language_field(kind, language), terms, boost * preference, language))
    return clauses


def _neutral_clauses(item: str) -> list[Clause]:
    plain = words(item)
    folded = [Clause(field, tuple(map(fold, plain)), FOLDED_BOOST) for field, fold in FOLDINGS.items()]
    return [Clause(NAMES, plain, NAMES_BOOST), *folded]
