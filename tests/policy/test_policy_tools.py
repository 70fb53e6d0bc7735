"""The tools that read every file: each is one test, and its output is the message."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from policy_files import ROOT

BIN = Path(sys.executable).parent  # lint-imports and djlint cannot be run as modules


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", "."], id="ruff finds nothing"),
        pytest.param(["ruff", "format", "--check", "--diff", "."], id="the code is formatted"),
        pytest.param(["mypy"], id="the types are complete and right"),
        pytest.param(["lint-imports"], id="nobody imports what they must not know"),
        pytest.param(["djlint", "--quiet", "--lint", "templates"], id="djlint finds nothing"),
        pytest.param(["djlint", "--check", "templates"], id="the templates are formatted"),
    ],
)
def test_the_tools_are_content(command: list[str]) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"
