"""Whatever is wrong with the files, the answer is IndexUnavailable with a reason, and a rebuild helps."""

import pickle
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from engine_corpus import FACETS, document, random_documents
from whoosh.fields import ID, Schema
from whoosh.index import create_in

from index import Index, IndexUnavailable, SearchRequest
from index.states.generations import DAMAGED

# Whoosh leaves files open when it fails to read them; the interpreter closes them, and says so.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def _reason(index: Index) -> str:
    with pytest.raises(IndexUnavailable) as raised:
        index.search(SearchRequest("skole"))
    assert index.position() is None
    return raised.value.reason


def _remove(pattern: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        next(path.glob(pattern)).unlink()

    return damage


def _fill(pattern: str, content: bytes) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        next(path.glob(pattern)).write_bytes(content)

    return damage


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (shutil.rmtree, "missing"),
        (_remove("CURRENT"), "missing"),
        (_fill("CURRENT", b""), "damaged"),
        (_fill("CURRENT", b"../elsewhere"), "damaged"),
        (_fill("CURRENT", b"\xff\xfe"), "damaged"),
        (_fill("CURRENT", b"gen-000099"), "missing"),
        (_remove("gen-*/*.toc"), "damaged"),
        (_fill("gen-*/*.toc", b""), "damaged"),
        (_fill("gen-*/*.toc", b"x"), "damaged"),
        (_fill("gen-*/*.toc", pickle.dumps({"not": "a toc"})), "foreign"),
        (_remove("gen-*/*.arrays"), "damaged"),
        (_fill("gen-*/*.arrays", b""), "damaged"),
        (_fill("gen-*/*.arrays", b"\x80"), "damaged"),
        (_fill("gen-*/*.arrays", b"\0" * 10_000), "damaged"),
        (lambda path: path.chmod(0o750), "foreign"),
        (lambda path: (path / "gen-000001").chmod(0o701), "foreign"),
        (lambda path: (path / "gen-000001").rename(path / "x") / "CURRENT", "missing"),
    ],
)
def test_damage_is_noticed_and_a_rebuild_repairs_it(
    path: Path, index: Index, damage: Callable[[Path], None], reason: str
) -> None:
    index.rebuild(random_documents(30, seed=5), position=1)
    damage(path)
    assert _reason(Index(path, facets=FACETS)) == reason
    index.rebuild([document(1)], position=2)
    assert dict(Index(path, facets=FACETS).versions()) == {1: 1}


def test_any_truncation_is_noticed_or_harmless(path: Path, index: Index) -> None:
    index.rebuild(random_documents(30, seed=6), position=1)
    whole = index.search(SearchRequest("skole", per_page=100)).hits
    random = Random(7)
    for file in sorted((path / "gen-000001").iterdir()):
        content = file.read_bytes()
        file.write_bytes(content[: random.randrange(len(content))] if content else b"")
        with suppress(IndexUnavailable):
            hits = Index(path, facets=FACETS).search(SearchRequest("skole", per_page=100)).hits
            assert len(hits) <= len(whole)
        file.write_bytes(content)
        (path / "gen-000001" / DAMAGED).unlink(missing_ok=True)


def test_a_symbolic_link_is_not_followed(path: Path, index: Index) -> None:
    index.rebuild([document(1)], position=1)
    (path / "gen-000001").rename(path.parent / "elsewhere")
    (path / "gen-000001").symlink_to(path.parent / "elsewhere")
    assert _reason(index) == "foreign"


def test_another_users_directory_is_not_read(path: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.rebuild([document(1)], position=1)
    monkeypatch.setattr("index.states.generations.os.geteuid", lambda: 54321)
    assert _reason(Index(path, facets=FACETS)) == "foreign"


def test_an_index_of_somebody_else_is_foreign(path: Path) -> None:
    (path / "gen-000001").mkdir(parents=True, mode=0o700)
    path.chmod(0o700)
    create_in(str(path / "gen-000001"), Schema(id=ID))
    (path / "CURRENT").write_text("gen-000001")
    assert _reason(Index(path, facets=FACETS)) == "foreign"


def test_an_index_for_other_facets_is_outdated(path: Path, index: Index) -> None:
    index.rebuild([document(1)], position=1)
    assert _reason(Index(path, facets=("theme",))) == "outdated"
    reordered = Index(path, facets=FACETS[::-1])
    assert reordered.position() == 1


def test_a_running_index_notices_that_its_directory_went_away(path: Path, index: Index) -> None:
    index.rebuild([document(1)], position=1)
    assert index.position() == 1
    shutil.rmtree(path)
    assert _reason(index) == "missing"
    index.rebuild([document(2)], position=2)
    assert dict(index.versions()) == {2: 1}


def test_a_damaged_index_cannot_be_changed_but_says_why(path: Path, index: Index) -> None:
    index.rebuild(random_documents(30, seed=5), position=1)
    index.position()
    _fill("gen-*/*.arrays", b"")(path)
    with pytest.raises(IndexUnavailable) as raised:
        index.apply([], [1], position=2)
    assert raised.value.reason == "damaged"
