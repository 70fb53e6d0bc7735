"""Environments and processes of their own: what somebody else would have after installing the library."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds until a process must answer
WORDS = "index/words/__pycache__"  # where compiled dictionaries lie; to make them takes a minute
INSTALLED = ("library/static/vendor", "library/translations")  # git-ignored parts, made at set-up


def copy_checkout(target: Path) -> Path:
    """Copy what a clone holds, and what ``make run`` adds to it before anything is built."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    made = [path.relative_to(ROOT).as_posix() for folder in INSTALLED for path in (ROOT / folder).rglob("*")]
    made += [path.relative_to(ROOT).as_posix() for path in (ROOT / WORDS).glob("*.words")]
    for name in filter(None, {*listed, *made}):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    return target


def environment(folder: Path, *what: str) -> Path:
    """Make an environment that holds what is installed here but the library, install something, return its ``bin``.

    :param what: arguments to ``pip install``.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    own = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    # Paths named in a .pth file are searched, but their own .pth files are not read: an editable install stays behind.
    Path(own.stdout.strip(), "dependencies.pth").write_text("\n".join(sorted(paths)), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python), "install", "--quiet"]
    run([*pip, "--no-deps", "--no-index", "--ignore-installed", *what], cwd=folder)
    installed = Path(own.stdout.strip()) / WORDS
    if installed.parent.exists():  # an editable install has them in its checkout
        shutil.copytree(ROOT / WORDS, installed, dirs_exist_ok=True)
    return folder / "bin"


def run(command: list[str], *, cwd: Path, instance: Path | None = None) -> str:
    """Run a command to its end and return what it printed; its whole output is the message if it fails."""
    done = subprocess.run(command, cwd=cwd, env=_variables(instance), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def serving(command: list[str], *, cwd: Path, instance: Path) -> Iterator[str]:
    """Run a server until it has been asked enough, and yield its address.

    :param command: where ``{port}`` stands for a free port.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = instance.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [part.format(port=port) for part in command],
            cwd=cwd,
            env=_variables(instance),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"{address}/readyz", process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def page(address: str, path: str) -> str:
    """Return an answer without what must differ: the port, and the day on which the starter library was loaded."""
    with urllib.request.urlopen(address + path) as answer:  # noqa: S310 - a server of ours, on loopback
        text = answer.read().decode("utf-8", errors="replace")
    return re.sub(r'(?s)<dl class="upkeep">.*?</dl>', "", text.replace(address, "http://library"))


def _variables(instance: Path | None) -> dict[str, str]:
    """Return an environment without anything of this run of the tests, above all without its PYTHONPATH."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "LIBRARY_MODE": "demo", **({"LIBRARY_INSTANCE": str(instance)} if instance else {})}


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address):  # noqa: S310 - as above
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer\n{log.read_text()}")
