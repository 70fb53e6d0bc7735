"""Tables made to do harm are refused with the reason, before anything is stored and without filling the memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from factories.hostile_tables import HEAD, SHEET, TAIL, a_workbook, hostile, with_parts

from library.tables.reading import Formula, opened
from library.tables.refusals import RefusedTable, TableReason

ROOT = Path(__file__).resolve().parents[2]
MOST = 90.0  # MB that looking at any of them may add to the process

LOOKING = """
import json, os, sys
sys.path[:0] = [{root!r}, {tests!r}]
from library.attachments.reasons import Refused
from library.tables.reading import opened
from library.tables.refusals import RefusedTable

def peak():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1000

before, found = peak(), {{}}
for number, name in enumerate(json.load(sys.stdin)):
    with open(os.path.join(sys.argv[1], str(number)), "rb") as stream:
        try:
            with opened(stream, name) as table:
                for sheet in table.sheets:
                    for row in table.rows(sheet):
                        pass
            found[number] = "headings"
        except (Refused, RefusedTable) as refused:
            found[number] = refused.reason.value
print(json.dumps([before, peak(), found]))
"""


@pytest.mark.one_database
def test_hostile_tables_are_refused_in_constant_memory(tmp_path: Path) -> None:
    files = hostile()
    for number, one in enumerate(files):
        (tmp_path / str(number)).write_bytes(one.make())
    code = LOOKING.format(root=str(ROOT), tests=str(ROOT / "tests"))
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        input=json.dumps([one.filename for one in files]),
        capture_output=True,
        text=True,
        check=True,
    )
    before, peak, found = json.loads(done.stdout)
    expected = {str(number): one.reason for number, one in enumerate(files)}
    assert {files[int(n)].title: reason for n, reason in found.items()} == {
        files[int(n)].title: reason for n, reason in expected.items()
    }
    assert peak - before < MOST


def test_a_formula_in_a_sheet_is_told_and_its_value_is_not_believed() -> None:
    formula = '<c r="A1" t="str"><f>1+1</f><v>Denmark</v></c>'
    cells = f'<row r="1">{formula}<c r="B1" t="inlineStr"><is><t>=words</t></is></c></row>'
    content = with_parts({SHEET: (HEAD + cells + TAIL).encode()})
    with opened(io.BytesIO(content), "formula.xlsx") as table:
        [(_, row)] = list(table.rows(table.sheets[0]))
    assert isinstance(row[0], Formula)
    assert "Denmark" not in row
    assert row[1] == "=words"
    assert not isinstance(row[1], Formula)


def test_what_another_program_wrote_is_read() -> None:
    with opened(io.BytesIO(a_workbook([["Title", "Year"], ["Åpen skole", "2016"]])), "plain.xlsx") as table:
        assert list(table.rows(table.sheets[0])) == [(1, ["Title", "Year"]), (2, ["Åpen skole", "2016"])]


def test_more_rows_than_anybody_should_send_are_refused() -> None:
    content = b"title.en\n" + b"x\n" * 20_010
    with opened(io.BytesIO(content), "tall.csv") as table, pytest.raises(RefusedTable) as refused:
        list(table.rows())
    assert refused.value.reason is TableReason.ROWS
