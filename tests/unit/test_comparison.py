"""What differs between two documents."""

from __future__ import annotations

from factories.documents import a_document
from hypothesis import given
from hypothesis import strategies as st

from library.comparison import Kind, Segment, differences, items, words
from library.record import Field

TEXTS = st.text(alphabet=st.sampled_from("ab åäö.,\n\u0301😀"), max_size=60)


def told(segments: tuple[Segment, ...]) -> str:
    marks = {Kind.SAME: "{}", Kind.ADDED: "+[{}]", Kind.REMOVED: "-[{}]"}
    return "".join(marks[s.kind].format(s.text) for s in segments)


def plainly(_field: Field, value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [] if value is None else [str(value)]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_marks(old: str, new: str) -> None:
    segments = words(old, new)
    assert "".join(s.text for s in segments if s.kind is not Kind.ADDED) == old
    assert "".join(s.text for s in segments if s.kind is not Kind.REMOVED) == new
    assert all(s.text for s in segments)


def test_a_changed_word_is_marked_and_its_neighbours_are_not() -> None:
    assert told(words("The school opens on Friday.", "The school opens on Monday.")) == (
        "The school opens on -[Friday]+[Monday]."
    )


def test_words_that_change_in_a_row_are_marked_as_one() -> None:
    assert told(words("at eight in the evening", "after nine in the evening")) == (
        "-[at eight]+[after nine] in the evening"
    )


def test_equal_texts_have_no_marks() -> None:
    assert told(words("As it was", "As it was")) == "As it was"
    assert words("", "") == ()


def test_very_long_texts_are_compared_without_holding_anybody_up() -> None:
    old = "\n".join(f"line {number} of the old text" for number in range(20_000))
    new = "\n".join(f"row {number} of a new text" for number in range(20_000))
    segments = words(old, new)  # word by word this test would take hours
    assert "".join(s.text for s in segments if s.kind is not Kind.REMOVED) == new


def test_items_of_a_list_come_and_go_as_a_whole() -> None:
    assert [told(line) for line in items(["Police", "Schools"], ["Schools", "Housing"])] == [
        "-[Police]",
        "Schools",
        "+[Housing]",
    ]


def test_the_same_document_differs_in_nothing() -> None:
    assert differences(a_document(), a_document(), plainly) == []


def test_each_changed_field_is_told_once_with_its_language() -> None:
    def change(document: dict[str, object]) -> None:
        document["text"]["sv"]["title"] = "Stängd skola på kvällen"  # type: ignore[index]
        document["themes"] = ["youth-crime", "hate-crime"]

    found = differences(a_document(), a_document(change), plainly)
    assert [(d.path, d.language) for d in found] == [("text.sv.title", "sv"), ("themes", "")]
    assert [told(line) for line in found[0].lines] == ["-[Öppen]+[Stängd] skola på kvällen"]
    assert [told(line) for line in found[1].lines] == ["youth-crime", "+[hate-crime]"]


def test_a_new_translation_shows_as_added_text() -> None:
    def change(document: dict[str, object]) -> None:
        document["text"]["fi"] = {"title": "Avoin koulu", "summary": "Koulu on auki."}  # type: ignore[index]

    found = differences(a_document(), a_document(change), plainly)
    assert [(d.path, told(d.lines[0])) for d in found] == [
        ("text.fi.title", "+[Avoin koulu]"),
        ("text.fi.summary", "+[Koulu on auki.]"),
    ]


def test_nothing_chosen_and_nothing_said_are_the_same() -> None:
    assert differences(a_document(settings=[]), a_document(), plainly) == []
