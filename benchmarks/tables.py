"""Results on disk: rows as JSON, and the tables in ``README.md`` that are made from them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
RESULTS: Final = HERE / "results"
README: Final = HERE / "README.md"

# Column heads; a result file whose columns are not named here shows their names.
HEADS: Final = {
    "page": "page",
    "map": "map",
    "records": "records",
    "median_ms": "median, ms",
    "p95_ms": "95th percentile, ms",
    "asked": "answers",
    "two_median_ms": "two readers, median, ms",
    "two_p95_ms": "two readers, 95th percentile, ms",
    "requests_per_second": "requests/s",
    "sql_statements": "SQL statements",
    "kilobytes": "kB of HTML",
    "resident_mb": "resident, MB",
    "private_mb": "private, MB",
    "database": "database",
    "people": "people",
    "rounds": "rounds",
    "one_winner": "with one winner",
    "typed": "texts typed",
    "saved": "saved",
    "kept_edits": "kept edits",
    "lost": "lost",
    "harmless": "made harmless",
    "idle_mb": "before, MB",
    "peak_mb": "peak, MB",
    "table": "table",
    "rows": "rows",
    "megabytes": "MB of file",
    "taken_s": "taken, s",
    "checked_s": "checked, s",
    "applied_s": "brought in, s",
    "undone_s": "undone, s",
    "waited_s": "others waited at most, s",
    "carrying": "practices with it",
    "saved_s": "saved, s",
    "first_s": "first one found, s",
    "all_s": "all found, s",
    "file": "file",
    "practices": "practices",
    "again": "again, s",
    "file_kb": "kB",
    "pages": "pages",
    "what": "what",
    "seconds": "seconds",
    "set": "set",
    "kind": "kind of query",
    "query_language": "query in",
    "document_language": "found in",
    "queries": "queries",
    "ndcg10": "nDCG@10",
    "reference_ndcg10": "reference",
    "ratio": "ratio",
    "recall50": "recall@50",
    "reference_recall50": "reference",
    "empty": "empty answers",
    "language": "language",
    "way": "keys by",
    "joined": "forms joined",
    "siblings": "of those with one key, siblings",
    "open_ms": "opened, ms",
    "resident_grown_mb": "memory for it, MB",
    "keys_per_second": "keys of new forms/s",
    "parts_per_second": "parts of new forms/s",
    "reference_empty": "reference",
    "changes": "changes",
    "applied_median_ms": "applied, median, ms",
    "applied_p95_ms": "applied, 95th percentile, ms",
    "segments": "segments",
    "index_mb": "index, MB",
}

# Results with more rows than anybody reads: which of them the table shows. The file has all.
SHOWN: Final = {"search": ("query_kind", "all")}


def keep(name: str, rows: Sequence[Mapping[str, Any]], circumstances: Mapping[str, Any], *, note: str) -> None:
    """Write the rows of one result with how they came about, and bring the tables up to date."""
    RESULTS.mkdir(exist_ok=True)
    content = {**circumstances, "note": note, "rows": list(rows)}
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_tables()


def write_tables() -> None:
    """Put each result between its markers in ``README.md``; a marker without a result says so."""
    text = README.read_text(encoding="utf-8")
    README.write_text(_MARKED.sub(lambda found: _block(found["name"]), text), encoding="utf-8")


_MARKED: Final = re.compile(r"<!-- results: (?P<name>[a-z-]+) -->\n.*?<!-- end -->", re.DOTALL)


def _block(name: str) -> str:
    path = RESULTS / f"{name}.json"
    body = _table(name, json.loads(path.read_text(encoding="utf-8"))) if path.exists() else "Not measured yet."
    return f"<!-- results: {name} -->\n{body}\n<!-- end -->"


def _table(name: str, result: Mapping[str, Any]) -> str:
    machine, rows = result["machine"], result["rows"]
    if name in SHOWN:
        column, value = SHOWN[name]
        rows = [row for row in rows if row[column] == value]
    columns = list(rows[0])
    numeric = [isinstance(rows[0][column], int | float) for column in columns]
    lines = [
        f"`{result['command']}` at {result['commit']}, {result['date']}: {machine['cores']} cores "
        f"({machine['processor']}), {machine['memory_gb']} GB, Python {machine['python']}, "
        f"load {machine['load_before']} before the start. {result['note']}".rstrip(),
        "",
        _line(HEADS.get(column, column) for column in columns),
        _line("---:" if number else "---" for number in numeric),
        *(_line(_shown(row[column]) for column in columns) for row in rows),
    ]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)


def _line(cells: Any) -> str:
    return "| " + " | ".join(cells) + " |"
