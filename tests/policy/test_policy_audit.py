"""Every verb that changes something for others writes down that it did, somewhere on its way."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from policy_files import ROOT, files, name, shown

AUDIT = ("library.auditing", "audit")
AUDIT_MANY = ("library.auditing", "audit_many")
ACTORS = {"actor", "by", "account"}
# What writes without a word in the audit, and why.
SILENT = {
    "library.interchange.owner_services.tell_owners": "writes letters about what ``advance_many`` has written down",
    "library.curation.services.hold": "locks a row by writing it as it is",
    "library.workflow.tell": "puts a line on the timeline that authors see; whoever calls it writes the entry",
    "library.drafting.saving.save": "typing in one's own draft; what was sent in is written down",
    "library.drafting.saving.resolve": "typing in one's own draft",
    "library.submissions.file_services.describe_files": "typing in one's own draft",
    "library.accounts.services.ask_to_change_email": "changes nothing before the new address is confirmed",
}


@dataclass
class Verb:
    """A function of the library: what it calls, and whether it writes by itself.

    :param calls: full names of functions.
    """

    writes: bool = False
    acts: bool = False
    calls: set[tuple[str, str]] = field(default_factory=set)


def module_name(path: Path) -> str:
    return name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def verbs() -> dict[tuple[str, str], Verb]:
    """Return all functions at the top of all modules, with what they call, told apart by module."""
    found = {}
    for path in files(".py", under="library"):
        if "migrations" in path.parts:
            continue
        tree, module = ast.parse(path.read_text("utf-8")), module_name(path)
        known = _imported(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                known.setdefault(node.name, (module, node.name))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found[module, node.name] = _verb(node, known)
    return found


def _imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Return local name -> (module, name) for everything taken from the library; modules have no second name."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in imports
        if node.module and node.module.split(".")[0] == "library"
        for alias in node.names
    }


def _verb(function: ast.FunctionDef, known: dict[str, tuple[str, str]]) -> Verb:
    arguments = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    verb = Verb(acts="session" in arguments and bool(ACTORS & arguments))
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            verb.calls.update(_called(node, known))
            verb.writes |= _is_write(node)
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            verb.writes |= any(
                isinstance(target, ast.Attribute) and ast.unparse(target.value) in arguments for target in targets
            )
    return verb


def _called(call: ast.Call, known: dict[str, tuple[str, str]]) -> set[tuple[str, str]]:
    if isinstance(call.func, ast.Name) and call.func.id in known:
        return {known[call.func.id]}
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id in known:
        module, part = known[call.func.value.id]
        return {(f"{module}.{part}", call.func.attr)}
    return set()


def _is_write(call: ast.Call) -> bool:
    written = ast.unparse(call.func)
    return written in {"session.add", "session.add_all", "session.delete", "insert", "update", "delete"}


def reaches(every: dict[tuple[str, str], Verb], start: tuple[str, str], wanted: object) -> bool:
    """Return whether a function calls, however far down, one that is wanted."""
    todo, seen = [start], set()
    while todo:
        key = todo.pop()
        if key in seen:
            continue
        seen.add(key)
        verb = every.get(_real(every, key))
        if key == wanted or (wanted == "a write" and verb is not None and verb.writes):
            return True
        todo.extend(verb.calls if verb else ())
    return False


def _real(every: dict[tuple[str, str], Verb], key: tuple[str, str]) -> tuple[str, str]:
    """Return where a function is defined that a package re-exports, such as ``library.mail.notify``."""
    if key in every:
        return key
    inside = [other for other in every if other[1] == key[1] and other[0].startswith(f"{key[0]}.")]
    return inside[0] if len(inside) == 1 else key


def test_every_verb_that_changes_something_for_others_writes_it_down() -> None:
    every = verbs()
    silent = {
        f"{module}.{function}"
        for (module, function), verb in every.items()
        if verb.acts and not function.startswith("_") and reaches(every, (module, function), "a write")
        if not any(reaches(every, (module, function), wanted) for wanted in (AUDIT, AUDIT_MANY))
    }
    assert len(every) > 400, "the walk has lost its way"
    assert not silent - SILENT.keys(), f"write an entry (library.auditing):{shown(silent - SILENT.keys())}"
    gone = {entry for entry in SILENT if tuple(entry.rsplit(".", 1)) not in every}
    assert not gone, f"no longer there:{shown(gone)}"


def test_the_walk_sees_a_verb_that_forgot() -> None:
    every = verbs()
    key = ("library.administration.services", "grant_role")
    assert reaches(every, key, AUDIT)
    every[key].calls.discard(AUDIT)
    assert not reaches(every, key, AUDIT)


def test_nothing_but_codes_and_numbers_can_be_written_down() -> None:
    """The audit holds no content: its functions take an action, an actor and records, and nothing else."""
    path = ROOT / "library" / "auditing.py"
    one, many = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    arguments = [[given.arg for given in (*verb.args.args, *verb.args.kwonlyargs)] for verb in (one, many)]
    assert arguments[0] == ["session", "action", "actor", "subject"]
    assert arguments[1] == ["session", "action", "actor", "kind", "identifiers"]
