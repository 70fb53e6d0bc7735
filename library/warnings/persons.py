"""Names of people whom the case may be about: a full name near a word such as "pupil", or a name with an age.

Names alone are no fault: mentors, authors and founders are named with good reason. What is looked for is a name in the
same sentence as a word that speaks of somebody helped, suspected or hurt. Knows words and no grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from library.warnings.words import GIVEN_NAMES, HARMLESS, RISKY

_CAPITAL: Final = "A-ZÆØÅÄÖÞÐÁÉÍÓÚÝÜŠŽ"
_WORD: Final = rf"[{_CAPITAL}][\w’'-]{{1,30}}"
_PARTICLE: Final = r"(?:(?:van|von|de|der|af|al|el|bin|ibn|ben)[ -])"
_FULL_NAME: Final = re.compile(rf"(?<![\w’'-])({_WORD})((?: {_PARTICLE}?{_WORD}){{1,3}})(?![\w’'-])")
_SURNAME: Final = re.compile(
    r"(?:[a-zæøåäöíúóá]{2,}(?:sen|sson|son|dóttir|datter|dotter|nen|lainen)|\w+(?:ić|ski|ska))s?"
)
_AGE: Final = (
    r"\d{1,2}[- ]?(?:year[s]?[- ]old|årig\w*|åring\w*|åra?\b|vuotia\w*|-?vuotia\w*|ára\b|ár\b|vetra\b)"
    r"|aged? \d{1,2}\b"
)
_RISKY_WORDS: Final = sorted({word for words in RISKY.values() for word in words}, key=len, reverse=True)
_RISK: Final = re.compile(
    rf"(?<![\w-])(?:(?!(?:{'|'.join(HARMLESS)}))(?:{'|'.join(_RISKY_WORDS)})\w*|{_AGE})", re.IGNORECASE
)
_NAME_WITH_AGE: Final = re.compile(
    rf"(?<![\w’'-])({_WORD})(?:,? \(\d{{1,2}}(?: år| years?| v\.?| ára)?\)"
    r"|, \d{1,2}(?: år\b| years\b| ára\b|-vuotias|,))"
    rf"|\d{{1,2}}-(?:year-old|årige?|vuotias|vuotiaan) ({_WORD})(?![\w’'-])"
)
_SENTENCE: Final = re.compile(r"[^.!?\n]+(?:\.(?=\w)[^.!?\n]+)*")
_NEAR: Final = 80  # characters between a name and the word that makes it risky


def persons_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of names that may be those of people in the case."""
    for sentence in _SENTENCE.finditer(text):
        words = sentence[0]
        spans = [*_named_with_age(words), *_named_near_risk(words)]
        for start, end in _apart(spans):
            yield sentence.start() + start, sentence.start() + end


def _named_with_age(sentence: str) -> Iterator[tuple[int, int]]:
    for found in _NAME_WITH_AGE.finditer(sentence):
        group = 1 if found[1] else 2
        if _is_given(found[group]):
            yield found.span(group)


def _named_near_risk(sentence: str) -> Iterator[tuple[int, int]]:
    risks = [found.span() for found in _RISK.finditer(sentence) if _is_one_word(found[0])]
    if not risks:
        return
    for found in _FULL_NAME.finditer(sentence):
        for start, end in _names_within(found):
            if any(b <= end + _NEAR and a >= start - _NEAR and (b <= start or end <= a) for a, b in risks):
                yield start, end
                break


def _names_within(found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield a run of capitalised words, less a sentence's first word where the name begins after it."""
    words = [(m.group(), found.start() + m.start(), found.start() + m.end()) for m in re.finditer(r"[^ ]+", found[0])]
    for number, (word, start, _end) in enumerate(words[:-1]):
        rest = [w for w, _a, _b in words[number + 1 :]]
        if _is_given(word) or (len(rest) == 1 and _SURNAME.fullmatch(rest[0].lower()) and word.isalpha()):
            yield start, words[-1][2]
            return


def _is_one_word(risk: str) -> bool:
    """Return whether a word still means the person: a short ending is inflection, a long one a compound."""
    if any(character.isdigit() for character in risk):
        return True
    stem = max((word for word in _RISKY_WORDS if risk.lower().startswith(word)), key=len, default="")
    return len(risk) - len(stem) <= _endings(stem)


def _endings(stem: str) -> int:
    return 4 if len(stem) > 3 else 2


def _is_given(word: str) -> bool:
    plain = word.lower().removesuffix("’s").removesuffix("'s")
    return plain in GIVEN_NAMES or (plain.endswith("s") and plain[:-1] in GIVEN_NAMES)


def _apart(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans in order, of two that overlap the longer."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        if not any(a < end and start < b for a, b in kept):
            kept.append((start, end))
    yield from sorted(kept)
