"""Finnish beyond the dictionary: endings that stand after all others, and the verbs of participles and action nouns.

Source: Iso suomen kielioppi (VISK) on possessive suffixes, clitics and the nominal forms of verbs.
"""

import re
from collections.abc import Container, Iterator, Mapping
from typing import Final

_CLITIC: Final = re.compile(r"(?:kin|kaan|kään|han|hän|ko|kö|pa|pä|kohan|köhän|pahan|pähän)$")
_POSSESSIVE: Final = re.compile(r"(?:ni|si|mme|nne|nsa|nsä)$")
# The third person may lengthen the vowel of a case in place of -nsa: talossa|an, taloille|en, talokse|en.
_LENGTHENED: Final = re.compile(r"(?<=a)an$|(?<=ä)än$|(?<=e)en$")
# Before a possessive the genitive, the plural and the illative have lost their last letter.
_LOST: Final = ("", "n", "t")
_SHORTEST: Final = 3


def without_suffixes(word: str, known: Container[str]) -> str:
    """Return a form of the dictionary that is in a word, without its clitic and possessive; "" if there is none."""
    for plain in (word, _CLITIC.sub("", word)):
        if len(plain) < _SHORTEST:
            continue
        if plain in known:
            return plain
        for ending in (_POSSESSIVE, _LENGTHENED):
            stem = ending.sub("", plain)
            if stem != plain and len(stem) >= _SHORTEST:
                for lost in _LOST:
                    if stem + lost in known:
                        return stem + lost
    return ""


# How a nominal form ends, and how a finite form of the same verb does that the dictionary has under the verb. Both
# are made from one stem, so consonant gradation needs no rule.
_NOMINAL: Final = (
    (re.compile(r"tta(va)$|ttä(vä)$"), ("taan", "tään")),
    (re.compile(r"(?<=l)ta(va)$|(?<=l)tä(vä)$"), ("laan", "lään")),
    (re.compile(r"(?<=r)ta(va)$|(?<=r)tä(vä)$"), ("raan", "rään")),
    (re.compile(r"(?<=n)ta(va)$|(?<=n)tä(vä)$"), ("naan", "nään")),
    (re.compile(r"(?<=s)ta(va)$|(?<=s)tä(vä)$"), ("taan", "tään")),
    (re.compile(r"ta(va)$|tä(vä)$"), ("daan", "dään")),
    (re.compile(r"ttu$|tty$"), ("taan", "tään")),
    (re.compile(r"(?<=l)tu$|(?<=l)ty$"), ("laan", "lään")),
    (re.compile(r"(?<=r)tu$|(?<=r)ty$"), ("raan", "rään")),
    (re.compile(r"(?<=n)tu$|(?<=n)ty$"), ("naan", "nään")),
    (re.compile(r"(?<=s)tu$|(?<=s)ty$"), ("taan", "tään")),
    (re.compile(r"tu$|ty$"), ("daan", "dään")),
    (re.compile(r"nut$|nyt$"), ("neet",)),
    (re.compile(r"(?:va|vä|ma|mä|minen)$"), ("vat", "vät")),
)
# These have become words that say something else than their verb.
_ON_THEIR_OWN: Final = frozenset(("tehtävä", "voima", "asema", "tuleva", "pitävä", "saatava", "kunta"))


def verb_of(word: str, forms: Mapping[str, str]) -> str:
    """Return the verb of a participle or action noun, "" if it is none: sanottu, sanova, sanominen from sanoa."""
    if word in _ON_THEIR_OWN:
        return ""
    return next((verb for finite in _finite(word) if (verb := forms.get(finite, "")).endswith(("a", "ä"))), "")


def _finite(word: str) -> Iterator[str]:
    for nominal, endings in _NOMINAL:
        stem = nominal.sub("", word)
        if stem != word and len(stem) > 1:
            for ending in endings:
                yield stem + ending
