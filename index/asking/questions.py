"""The words with which a question begins, and which say nothing of what it asks about.

The stop words of English, Swedish and Norwegian hold them; Snowball's lists for Danish and Finnish, and our short one
for Icelandic, do not. Texts are indexed with them, so that a title or a phrase that has one is found as it stands.
"""

from collections.abc import Mapping
from typing import Final

from index.words import words

_ASKING: Final[Mapping[str, frozenset[str]]] = {
    "da": frozenset(words("hvad hvem hvilke hvilken hvilket hvor hvordan hvorfor hvornår kan")),
    "fi": frozenset(words("kuinka miksi mikä mille millainen millaisia millaiset milloin missä miten mitkä mitä voi")),
    "is": frozenset(words("getur hvað hvaða hvar hvenær hverjir hvernig hvers vegna")),
}


def only_asks(language: str, item: str) -> bool:
    """Return whether something typed is nothing but such words."""
    return _ASKING.get(language, frozenset()).issuperset(words(item))
