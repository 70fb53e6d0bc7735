"""A copy of the checkout, what is built from it, and a prepared library to compare with."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from factories.instances import SqliteShelf
from packaging_runs import ROOT, copy_checkout, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "packaging" in item.path.parts:
            item.add_marker("packaging")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert (ROOT / "library" / "static" / "vendor").is_dir(), "style sheets are missing; `make run` installs them"
    return copy_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="session")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds an sdist, and a wheel made from nothing but that sdist."""
    target = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(checkout)], cwd=checkout)
    return target


@pytest.fixture(scope="session")
def shelf_of_copies(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[SqliteShelf]:
    """Copies of the library that the code of this checkout prepared."""
    shared = tmp_path_factory.getbasetemp()
    shelf = SqliteShelf(shared if worker_id == "master" else shared.parent)
    yield shelf
    shelf.close()
