"""How a word of one Scandinavian language may be spelled in another: *sikkerhed* as *sikkerhet*, *skole* as *skola*.

The languages have most words in common and spell them by different rules. Each rule here is applied everywhere in a
word or nowhere, and all combinations are candidates: the caller keeps those that texts really have. Sources:
Braunmüller, "Die skandinavischen Sprachen im Überblick"; Haugen, "The Scandinavian languages".
"""

import re
from functools import cache, lru_cache
from typing import Final

MAINLAND: Final = ("da", "sv", "nb", "nn")
SHORTEST_WORD: Final = 4
LONGEST_WORD: Final = 40
# Rules that fit a word double its candidates; once there are as many, the rules that are left add none.
MOST_CANDIDATES: Final = 256

# Where a rule applies, and how what it is about is spelled in da, sv, nb and nn. Of several spellings any may be meant.
# Endings come before the letters inside them, whole prefixes before their vowels.
_CORRESPONDENCES: Final = (
    ("end", "hed", "het", "het", "heit leik"),
    ("end", "tion", "tion", "sjon", "sjon"),
    ("end", "sion", "sion", "sjon", "sjon"),
    ("end", "else", "else ande ning", "else ing", "else ing"),
    ("end", "ning", "ning", "ning ing", "ning ing"),
    ("end", "ing", "ning ing", "ing", "ing"),
    ("end", "skab", "skap", "skap", "skap"),
    ("end", "lig", "lig", "lig", "leg"),
    ("end", "ende", "ande", "ende", "ande"),
    ("end", "ere", "era", "ere", "ere"),
    ("end", "er", "are er", "er", "ar er"),
    ("end", "ie", "j i", "ie", "ie"),
    ("end", "løs", "lös", "løs", "laus"),
    ("end", "som", "sam", "som", "sam"),
    ("end", "mæssig", "mässig", "messig", "messig"),
    ("start", "over", "över", "over", "over"),
    ("start", "fore", "före", "fore", "føre"),
    ("start", "for", "för", "for", "for"),
    ("start", "ud", "ut", "ut", "ut"),
    ("start", "ind", "in", "inn", "inn"),
    ("start", "op", "upp", "opp", "opp"),
    ("start", "af", "av", "av", "av"),
    ("start", "u", "o", "u", "u"),
    ("start", "hv", "v", "hv", "kv"),
    ("any", "ligh", "ligh", "ligh", "legh"),
    ("any", "gh", "ggh", "ggh", "ggh"),
    ("any", "arbejd", "arbet", "arbeid", "arbeid"),
    ("any", "hjem", "hem", "hjem", "heim"),
    ("any", "mellem", "mellan", "mellom", "mellom"),
    ("any", "old", "åld old", "old", "ald old"),
    ("any", "skole", "skol", "skole", "skule"),
    ("any", "øj", "ög öj", "øy", "øy"),
    ("any", "ej", "äg ej", "ei", "eg ei"),
    ("any", "ks", "x ks", "ks", "ks"),
    ("any", "ce", "ce", "se", "se"),
    ("any", "ci", "ci", "si", "si"),
    ("any", "kø", "kö", "kjø", "kjø"),
    ("any", "gø", "gö", "gjø", "gje gjø"),
    ("any", "skæ", "skä", "skje", "skje"),
    ("any", "nd", "nn nd n", "nn nd", "nn nd"),
    ("any", "ld", "ll ld", "ll ld", "ll ld"),
    ("any", "æ", "ä", "e æ", "e æ"),
    ("any", "ø", "ö", "ø", "ø au"),
    ("any", "ikk", "äk ick", "ikk", "ikk"),
    ("soft", "b", "p", "p", "p"),
    ("soft", "d", "t", "t", "t"),
    ("soft", "g", "k", "k", "k"),
    ("end", "ik", "ik", "ikk", "ikk"),
    ("final", "b", "bb", "bb", "bb"),
    ("final", "f", "ff", "ff", "ff"),
    ("final", "k", "kk ck", "kk", "kk"),
    ("final", "l", "ll", "ll", "ll"),
    ("final", "n", "nn", "nn", "nn"),
    ("final", "p", "pp", "pp", "pp"),
    ("final", "s", "ss", "ss", "ss"),
    ("final", "t", "tt", "tt", "tt"),
    ("end", "e", "a =", "e", "e a"),
)
_PLACES: Final = {
    "start": "^{}",
    "end": "(?<=..){}$",
    "any": "{}",
    # Danish has softened these after vowels.
    "soft": "(?<=[aeiouyæøåäö]){}(?=$|[aeiouyæøåäöjsl])",
    # Danish does not double consonants at the end of words.
    "final": "(?<=[aeiouyæøåäö]){}$",
}
_NOTHING: Final = "="
# What the alphabet of a language has in place of others' letters.
_ALPHABETS: Final = {
    language: str.maketrans("æø", "äö") if language == "sv" else str.maketrans("äö", "æø") for language in MAINLAND
}


@lru_cache(maxsize=5_000)
def neighbours(word: str, language: str, of: str) -> tuple[str, ...]:
    """Return how a word of a language may be spelled in another of the mainland, `of`; not the word itself.

    Most candidates are no words at all. Other languages, and words that are too short to tell, have none.
    """
    if language == of or language not in MAINLAND or of not in MAINLAND:
        return ()
    if not SHORTEST_WORD <= len(word) <= LONGEST_WORD:
        return ()
    candidates = {word: None}
    for pattern, spellings in _rules(language, of):
        if len(candidates) >= MOST_CANDIDATES:
            break
        fitting = [candidate for candidate in candidates if pattern.search(candidate)]
        candidates |= dict.fromkeys(pattern.sub(to, candidate) for candidate in fitting for to in spellings)
    spelled = dict.fromkeys(candidate.translate(_ALPHABETS[of]) for candidate in candidates)
    return tuple(candidate for candidate in spelled if candidate != word)[:MOST_CANDIDATES]


@cache
def _rules(language: str, of: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    rules = []
    for place, *spellings in _CORRESPONDENCES:
        here = spellings[MAINLAND.index(language)].split()
        there = spellings[MAINLAND.index(of)].split()
        for spelling in here:
            others = tuple(to.replace(_NOTHING, "") for to in there if to != spelling)
            if others and spelling != _NOTHING:
                rules.append((re.compile(_PLACES[place].format(spelling)), others))
    return tuple(rules)
