"""Wheel, editable install and bare checkout serve the same site."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from packaging_runs import ROOT, environment, page, run, serving

from library.languages import DEFAULT, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from factories.instances import SqliteShelf

PAGES = (
    "/en/",
    "/sv/practices?q=hat&agency=schools&agency=police",
    "/fi/practices?sort=title&page=3",
    "/en/practices/{slug}",
    "/da/practices/{slug}",
    "/is/agencies/police",
    "/nb/municipalities",
    "/en/about",
    "/api/v1/practices?q=hate&lang=sv&per_page=100",
    "/static/css/site.css",
    "/static/vendor/designsystemet.css",
    "/static/img/icons.svg",
)
SHIPPED = {
    "templates": "library/templates",
    "library/starter": "library/starter",
    "library/static": "library/static",
    "library/migrations": "library/migrations",
}


@pytest.fixture(scope="session")
def expected(checkout: Path, shelf_of_copies: SqliteShelf) -> Iterator[dict[str, str]]:
    """The pages as the bare checkout serves them, nothing installed."""
    command = [sys.executable, "-c", "from wsgi import command; command()", "demo", "--port", "{port}"]
    with serving(command, cwd=checkout, instance=shelf_of_copies.copy("whole").instance) as address:
        slug = page(address, "/en/practices?q=mentor").split('card-title">')[1].split("/practices/")[1].split('"')[0]
        yield {path.format(slug=slug): page(address, path.format(slug=slug)) for path in PAGES}


def differences(address: str, expected: dict[str, str]) -> list[str]:
    return [path for path, text in expected.items() if page(address, path) != text]


def test_the_bare_checkout_answers(expected: dict[str, str]) -> None:
    assert all(expected.values())
    assert sum("<mark>" in text for text in expected.values()) >= 1, "search finds and marks"


def test_a_wheel_installed_in_an_empty_folder_serves_the_same_site(
    built: Path, expected: dict[str, str], tmp_path: Path
) -> None:
    wheel = next(built.glob("*.whl"))
    commands = environment(tmp_path / "env", str(wheel))
    elsewhere, instance = tmp_path / "empty", tmp_path / "instance"
    elsewhere.mkdir()

    where = run([str(commands / "python"), "-c", "import library; print(library.__file__)"], cwd=elsewhere)
    assert where.startswith(str(tmp_path)), "this is not the wheel"

    run([str(commands / "library"), "setup"], cwd=elsewhere, instance=instance)
    with serving([str(commands / "library"), "demo", "--port", "{port}"], cwd=elsewhere, instance=instance) as address:
        assert differences(address, expected) == []
    assert list(elsewhere.iterdir()) == [], "it writes to its instance folder alone"


def test_an_editable_install_serves_the_same_site(
    checkout: Path, expected: dict[str, str], shelf_of_copies: SqliteShelf, tmp_path: Path
) -> None:
    commands = environment(tmp_path / "env", "--no-build-isolation", "--editable", str(checkout))
    instance = shelf_of_copies.copy("whole").instance

    where = run([str(commands / "python"), "-c", "import library; print(library.__file__)"], cwd=tmp_path)
    assert where.startswith(str(checkout)), "this is not the checkout"

    with serving([str(commands / "library"), "demo", "--port", "{port}"], cwd=tmp_path, instance=instance) as address:
        assert differences(address, expected) == []


def test_the_wheel_holds_all_that_the_site_needs_and_nothing_else(built: Path, checkout: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = {
        f"{place}/{path.relative_to(checkout / folder).as_posix()}"
        for folder, place in SHIPPED.items()
        for path in (checkout / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wanted |= {f"library/translations/{code}/LC_MESSAGES/messages.mo" for code in LANGUAGES if code != DEFAULT}

    assert wanted - held == set()
    assert {name.split("/")[0] for name in held} == {"config.py", "wsgi.py", "index", "library"}


def test_the_source_distribution_builds_on_its_own_and_keeps_no_secrets(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as source:
        held = {name.partition("/")[2] for name in source.getnames()}

    assert {"setup.cfg", "pyproject.toml", "README.md", "package-lock.json", "templates/_layouts/base.html"} <= held
    assert not {name for name in held if name.startswith(("instance", "node_modules", ".git", ".venv"))}


def test_the_wheel_says_what_it_needs(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = wheel.read(name).decode()

    assert "Requires-Python: >=3.11" in metadata
    assert "Requires-Dist: Whoosh==2.7.4" in metadata
    assert "EUPL-1.2" in next(line for line in metadata.splitlines() if line.startswith("License"))
    assert (ROOT / "README.md").read_text("utf-8").splitlines()[0] in metadata
