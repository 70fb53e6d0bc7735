"""The house: what is packaged, what is written down, who holds a session, how long things get."""

from __future__ import annotations

import ast
import configparser
import json
import re
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest
from policy_files import ROOT, files, name, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

MAP = ROOT / "docs" / "application.md"
CODE = (".py", ".html", ".css", ".js")
LONGEST_FILE = 500  # lines
MEDIAN_FUNCTION = 8  # lines, without its docstring
GENERATED = {ROOT / "library" / "static" / "css" / "theme.css"}  # by Designsystemet, from our colours
HISTORY = ROOT / "library" / "migrations"  # written once, by a tool, and never changed after
MAY_TOUCH_A_SESSION = (
    "library/*/services.py",
    "library/*/queries.py",
    "library/*/*_services.py",
    "library/*/*_queries.py",
    "library/indexing/*.py",
    "library/cli.py",
    "library/auditing.py",
    "library/deadlines.py",
    "library/commenting.py",
    "library/counting/writing.py",
    "library/drafting/saving.py",
    "library/inviting.py",
    "library/mail/*.py",
    "library/showing/calls.py",
    "library/submissions/bodies.py",
    "library/submissions/duplicates.py",
    "library/submissions/file_services.py",
    "library/publishing/*.py",
    "library/review/accepting.py",
    "library/worker.py",
    "library/workflow.py",
    "library/lexicon.py",
    "library/adoptions.py",
    "library/ownership.py",
    "library/wording.py",
    "library/accounts/identities.py",
    "library/accounts/sessions.py",
)
ENDS_A_REQUEST = {"library/web.py": {"commit", "rollback"}, "library/app.py": {"rollback"}}


def python() -> tuple[Path, ...]:
    return (*files(".py", under="library"), *files(".py", under="index"), ROOT / "config.py", ROOT / "wsgi.py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


# --- packages and the map ----------------------------------------------------------------------------------------


def test_every_package_is_shipped() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = setup["options"]["packages"].split()
    folders = {path.parent for path in python() if path.parent != ROOT}
    data = {"library.starter", "library.static", "library.templates", "library.translations"}

    assert listed == sorted(listed)
    assert set(listed) == {name(folder).replace("/", ".") for folder in folders} | data


def test_every_module_at_the_top_is_shipped() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")

    assert setup["options"]["py_modules"].split() == sorted(path.stem for path in ROOT.glob("*.py"))


def test_the_map_names_every_room_and_no_other() -> None:
    written = set(re.findall(r"`((?:library|index|tests|docs|benchmarks|templates)/[\w./]*)`", MAP.read_text("utf-8")))
    rooms = {f"{name(path.parent)}/" for path in files(under="library") if path.parent.parent == ROOT / "library"}
    modules = {name(path) for path in files(".py", under="library") if path.parent == ROOT / "library"}
    modules -= {"library/__init__.py"}

    assert rooms | modules <= written, (
        f"docs/application.md does not say what these are:{shown(rooms | modules - written)}"
    )
    gone = {place for place in written if not (ROOT / place).exists()}
    assert not gone, f"docs/application.md names what is not there:{shown(gone)}"


# --- sessions ----------------------------------------------------------------------------------------------------


def touches(path: Path) -> Iterator[tuple[int, str]]:
    """Yield where a module does something with a database session; handing one on is no touch."""
    module = tree(path)
    holders = {"db.session", "db.sessionmaker", "db.engine", "session", "database"}
    if "session" in _taken_from(module, "flask"):
        holders.remove("session")  # that one is the browser's
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in holders:
            yield node.lineno, node.attr


def _taken_from(module: ast.Module, package: str) -> set[str]:
    imports = (node for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and node.module == package)
    return {alias.name for node in imports for alias in node.names}


def test_only_services_queries_and_the_index_touch_a_session() -> None:
    allowed = {name(path) for pattern in MAY_TOUCH_A_SESSION for path in ROOT.glob(pattern)}
    strangers = {
        f"{name(path)}:{line}: {verb}"
        for path in files(".py", under="library")
        if name(path) not in allowed and HISTORY not in path.parents
        for line, verb in touches(path)
        if verb not in ENDS_A_REQUEST.get(name(path), set())
    }

    assert not strangers, shown(strangers)


KNOW_NO_REQUEST = (
    "library/*/*services.py",
    "library/*/*queries.py",
    "library/publishing/*.py",
    "library/workflow.py",
)


def test_no_service_knows_the_request() -> None:
    """The actor is an argument; a service can be called from a command as well as from a page."""
    knowing = {
        f"{name(path)}:{node.lineno}: {alias.name}"
        for pattern in KNOW_NO_REQUEST
        for path in ROOT.glob(pattern)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0].startswith("flask")
        for alias in node.names
        if alias.name in {"request", "session", "g", "flash", "redirect", "render_template", "current_user"}
    }

    assert not knowing, shown(knowing)


# --- sizes -------------------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_a_sitting() -> None:
    lengths = {
        path: len(path.read_text("utf-8").splitlines())
        for path in files()
        if path.suffix in CODE and path not in GENERATED
    }
    long = {
        f"{name(path)}: {n} lines" for path, n in lengths.items() if n > LONGEST_FILE and HISTORY not in path.parents
    }

    assert not long, shown(long)


def test_the_median_function_is_short() -> None:
    lengths = sorted(
        _lines(node)
        for path in python()
        if HISTORY not in path.parents
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )

    assert median(lengths) <= MEDIAN_FUNCTION


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function from ``def`` to its end, without its docstring."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return whole
    docstring = function.body[0]
    return whole - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


# --- what never stands in the repository -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a note to do something later", r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"),
        ("a path of somebody's machine", r"(?<![\w.])/(?:ro" r"ot|ho" r"me|Us" r"ers|wo" r"rk)/\w"),
        ("a conflict of a merge", r"^(?:<{7}|>{7}|={7})(?: |$)"),
    ],
)
def test_no_file_holds(what: str, pattern: str) -> None:
    found = {
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line)
    }

    assert not found, f"{what}:{shown(found)}"


LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_its_hashes(lock: str) -> None:
    logical = re.sub(r"\\\n\s*", "", (ROOT / lock).read_text("utf-8")).splitlines()
    lines = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    loose = {
        line for line in lines if not re.fullmatch(r"[\w.\[\],-]+==\S+( --hash=sha256:[0-9a-f]{64})+", line.strip())
    }

    assert lines
    assert not loose, shown(loose)


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json", ".npmrc"])
def test_no_lock_file_says_where_packages_come_from(lock: str) -> None:
    """Each machine has a registry of its own; what is fetched is held to its hash."""
    told = re.compile(
        r'"resolved"|--(?:extra-)?index-url|--find-links|--trusted-host|^registry|@ (?:https?|file):', re.M
    )
    match = told.search((ROOT / lock).read_text("utf-8"))

    assert match is None, f"{lock}: {match.group() if match else ''}"


def test_every_npm_package_is_held_to_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    loose = {path for path, package in packages.items() if path and "integrity" not in package}

    assert not loose, shown(loose)


def test_every_requirement_of_the_wheel_is_one_that_is_installed_here() -> None:
    """``install_requires`` and ``requirements.in`` name the same packages."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    wheel = {_package(line) for line in setup["options"]["install_requires"].split("\n") if line}
    here = {_package(line) for line in (ROOT / "requirements.in").read_text("utf-8").splitlines() if line[:1].isalpha()}

    assert wheel == here - {"setuptools"}  # which only builds


def _package(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower()
