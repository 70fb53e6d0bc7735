"""The compiled dictionaries as files that all processes on a machine map and share: opening one reads nothing.

One file a language: a line that says what follows, then sections, each at a place that is a multiple of eight. Words
are kept in tries (marisa-trie), which number them; what is known of a word stands under its number in arrays beside.
A file is checked once when it is opened, never changes, and is put in place by renaming.

Knows the format, not where the files are: that is `keeping`.
"""

import json
import mmap
import os
import zlib
from array import array
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Final, Literal

import marisa_trie

from index.words.compiling import Compiled
from index.words.endings import LONGEST_ENDING, Edit, applied, edit
from index.words.outlines import OPENING, opening_of_term

_MAGIC: Final = b"words of a language\n"
_ALIGNMENT: Final = 8
_BETWEEN: Final = "\t"  # a key and an opening
_FORMATS: Final[Mapping[str, Literal["B", "H", "I"]]] = {
    "form_edits": "H", "head_costs": "B", "first_edits": "H", "first_costs": "B",
    "ending_edits": "H", "edit_cuts": "B", "edit_starts": "I",
}  # fmt: skip


class Table:
    """What is known of the words of one language."""

    def __init__(self, path: Path) -> None:
        """Map a file; raise ValueError if it is not whole, OSError if it is not there."""
        if not path.stat().st_size:
            raise ValueError(f"{path} is empty")
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        sections = _sections(self._map, path)
        view = memoryview(self._map)
        self._forms, self._firsts, self._endings, self._strays = (
            marisa_trie.Trie().map(view[slice(*sections[name])]) for name in ("forms", "firsts", "endings", "strays")
        )
        arrays = {name: view[slice(*sections[name])].cast(code) for name, code in _FORMATS.items()}
        self._form_edits, self._head_costs = arrays["form_edits"], arrays["head_costs"]
        self._first_edits, self._first_costs = arrays["first_edits"], arrays["first_costs"]
        self._ending_edits = arrays["ending_edits"]
        self._cuts, self._starts = arrays["edit_cuts"], arrays["edit_starts"]
        self._texts = view[slice(*sections["edit_texts"])]

    def key(self, form: str) -> str | None:
        """Return the key of a form that the dictionary has."""
        number = self._forms.get(form)
        return None if number is None else self._changed(form, self._form_edits[number])

    def __contains__(self, form: object) -> bool:
        """Whether the dictionary has a form."""
        return form in self._forms

    def head_cost(self, form: str) -> int | None:
        """Return what a form costs as the last part of a compound, None if it cannot be one."""
        number = self._forms.get(form)
        return None if number is None else self._head_costs[number] or None

    def firsts(self, rest: str) -> Iterator[tuple[str, int]]:
        """Yield what the rest of a compound can begin with, links included, and what each costs."""
        for first, number in self._firsts.iter_prefixes_with_ids(rest):
            yield first, self._first_costs[number]

    def word_of(self, first: str) -> str:
        """Return the word that a first part is a form of."""
        return self._changed(first, self._first_edits[self._firsts[first]])

    def guess(self, form: str) -> str:
        """Return the key of an unknown form by its ending, if it begins as the form does."""
        known = self._endings.prefixes(form[:0:-1][:LONGEST_ENDING])
        if not known:
            return form
        key = self._changed(form, self._ending_edits[self._endings[known[-1]]])
        return key if form.startswith(key[:OPENING]) else form

    def strays(self, key: str, *, longer: bool = False) -> set[bytes]:
        """Return the openings of the forms of a key that do not begin as it does; with `longer`, of all keys from it.

        *børn* is *barn*, *yngre* is *ung*.
        """
        found = self._strays.keys(key if longer else key + _BETWEEN)
        return {one.rpartition(_BETWEEN)[2].encode() for one in found}

    def _changed(self, word: str, number: int) -> str:
        ending = bytes(self._texts[self._starts[number] : self._starts[number + 1]]).decode()
        return applied((self._cuts[number], ending), word)


def write_table(path: Path, compiled: Compiled) -> None:
    """Write the table of a language, and put it in place in one step."""
    numbers: dict[Edit, int] = {}
    forms, form_edits = _numbered({form: edit(form, key) for form, key in compiled.keys.items()}, numbers)
    firsts, first_edits = _numbered({first: edit(first, word) for first, (word, _) in compiled.firsts.items()}, numbers)
    endings, ending_edits = _numbered({end[::-1]: change for end, change in compiled.endings.items()}, numbers)
    texts = [ending.encode() for _cut, ending in numbers]
    starts = [0, *accumulate(map(len, texts))]
    head_costs = [0] * len(forms)
    for form, cost in compiled.heads.items():
        head_costs[forms[form]] = cost
    first_costs = [0] * len(firsts)
    for first, (_, cost) in compiled.firsts.items():
        first_costs[firsts[first]] = cost
    arrays = {
        "form_edits": form_edits,
        "head_costs": head_costs,
        "first_edits": first_edits,
        "first_costs": first_costs,
        "ending_edits": ending_edits,
        "edit_cuts": [cut for cut, _ending in numbers],
        "edit_starts": starts,
    }
    _write(
        path,
        {
            "forms": forms.tobytes(),
            "firsts": firsts.tobytes(),
            "endings": endings.tobytes(),
            "strays": marisa_trie.Trie(_strays(compiled.keys)).tobytes(),
            "edit_texts": b"".join(texts),
            **{name: array(_FORMATS[name], values).tobytes() for name, values in arrays.items()},
        },
    )


def _strays(keys: Mapping[str, str]) -> Iterator[str]:
    """Yield the keys that have forms with another opening than theirs, each with such an opening."""
    for form, key in keys.items():
        if not form.startswith(key[:OPENING]):  # else the outline begins the same, and need not be made
            opening = opening_of_term(form)
            if not opening.startswith(opening_of_term(key)):
                yield f"{key}{_BETWEEN}{opening.decode()}"


def _numbered(edits: Mapping[str, Edit], numbers: dict[Edit, int]) -> tuple[marisa_trie.Trie, list[int]]:
    """Return the words in a trie, and the number of the edit of each; new edits are given the next numbers."""
    trie = marisa_trie.Trie(edits)
    found = [0] * len(trie)
    for word, change in edits.items():
        found[trie[word]] = numbers.setdefault(change, len(numbers))
    return trie, found


def _write(path: Path, sections: Mapping[str, bytes]) -> None:
    places, body = {}, bytearray()
    for name, content in sections.items():
        body += bytes(-len(body) % _ALIGNMENT)
        places[name] = [len(body), len(body) + len(content)]
        body += content
    crc = zlib.crc32(json.dumps(places).encode(), zlib.crc32(body))
    about = json.dumps({"sections": places, "size": len(body), "crc32": crc}).encode()
    head = _MAGIC + about
    head += b" " * (-(len(head) + 1) % _ALIGNMENT) + b"\n"
    unfinished = path.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(head)
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _sections(content: mmap.mmap, path: Path) -> dict[str, tuple[int, int]]:
    """Return where in a file each section begins and ends, after a look at all of it."""
    begin = content.find(b"\n", len(_MAGIC)) + 1
    if content[: len(_MAGIC)] != _MAGIC or not begin:
        raise ValueError(f"{path} holds no words")
    about = json.loads(content[len(_MAGIC) : begin])
    places = about.get("sections", {})
    crc = zlib.crc32(json.dumps(places).encode(), _checksum(path, begin))
    if len(content) != begin + about.get("size", 0) or crc != about.get("crc32"):
        raise ValueError(f"{path} is not whole")
    return {name: (begin + first, begin + last) for name, (first, last) in places.items()}


def _checksum(path: Path, begin: int) -> int:
    """Read a file past its first line, without making its pages memory of this process."""
    checksum = 0
    with path.open("rb") as file:
        file.seek(begin)
        while piece := file.read(1 << 20):
            checksum = zlib.crc32(piece, checksum)
    return checksum
