"""No text that anyone can type makes a search fail. For many more of them see tests/torture."""

from hypothesis import given, settings
from hypothesis import strategies as st

from index import LANGUAGES, Index, SearchRequest, Sort, highlight

_signs = ['"', "“", "«", "-", "--", '-"', " ", "\0", "\ud800", "*", "?*", "'", "\\", "🙂", "\u202e", "\u0308"]
_words = [
    "skole",
    "och",
    "for",
    "é",
    "İ",
    "ß",
    "[a TO z]",
    "title_en:x",
    "~2",
    "^9",
    "AND NOT",
    "a-b-c",
    "1.5",
]
_pieces = st.sampled_from(_signs + _words)
_bytes = st.binary(max_size=250).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
_texts = st.one_of(st.text(st.characters(), max_size=250), st.lists(_pieces, max_size=40).map("".join), _bytes)


@settings(max_examples=400, deadline=None)
@given(_texts, st.sampled_from(LANGUAGES), st.sampled_from(Sort))
def test_any_text_can_be_searched_for(random_index: Index, text: str, language: str, sort: Sort) -> None:
    result = random_index.search(SearchRequest(text, language, sort=sort, per_page=100))
    assert len(result.hits) == min(100, result.total)
    highlight(result.parsed, language, text, beginnings=result.beginnings)
