"""English stems, the same for both spellings."""

import re
from typing import Final

from whoosh.lang import stemmer_for_language

# Not in short words: size, prize.
_AMERICAN: Final = re.compile(r"(?<=\w{3})iz(e|es|ed|er|ers|ing|ation|ations|ational)$")
_snowball = stemmer_for_language("en")


def stem(word: str) -> str:
    """Return the stem of a word by Snowball's rules, as the British spell it: the rules know only their own -ize."""
    found: str = _snowball(_AMERICAN.sub(r"is\1", word))
    return found
