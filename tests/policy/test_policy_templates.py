"""Templates: nothing inline, nothing unsafe, nothing untranslated, nothing unused."""

from __future__ import annotations

import ast
import fnmatch
import re
from typing import TYPE_CHECKING

import pytest
from jinja2 import nodes
from policy_files import TEMPLATES, files, shown
from policy_templates import Markup, key, syntax, templates, untranslated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESSES = {"href", "src", "action", "formaction", "poster", "srcset"}
FORM = re.compile(r'<form\b(?P<head>(?:[^>"]|"[^"]*")*)>(?P<body>.*?)</form>', re.DOTALL)
FILLED_IN = re.compile(r'\b(?:\w+_field|text_area|choose|choice)\(|<textarea|<select|type="file"')
EVERY_TEMPLATE = pytest.mark.parametrize("path", templates(), ids=key)


@EVERY_TEMPLATE
def test_it_imports_no_macro_that_it_does_not_use(path: Path) -> None:
    tree = syntax(path)
    imported = {
        name if isinstance(name, str) else name[1] for node in tree.find_all(nodes.FromImport) for name in node.names
    }
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}

    assert imported <= used, f"imported and not used: {sorted(imported - used)}"


@EVERY_TEMPLATE
def test_it_holds_no_style_no_script_and_no_event_handler(path: Path) -> None:
    """The content security policy refuses them all, silently."""
    markup = Markup(path)
    inline = {f"line {line}: <style>" for line, tag in markup.elements if tag == "style"}
    inline |= {
        f"line {line}: {name}={value!r}"
        for line, _tag, name, value in markup.attributes
        if name == "style" or name.startswith("on") or value.strip().lower().startswith(("javascript:", "data:"))
    }
    scripts = [(line, tag) for line, tag in markup.elements if tag == "script"]
    with_source = [line for line, tag, name, _value in markup.attributes if (tag, name) == ("script", "src")]

    assert not inline, shown(inline)
    assert [line for line, _tag in scripts] == with_source, "a script stands in a file of its own"


@EVERY_TEMPLATE
def test_it_loads_nothing_from_elsewhere(path: Path) -> None:
    foreign = {
        f"line {line}: <{tag} {name}={value!r}>"
        for line, tag, name, value in Markup(path).attributes
        if name in ADDRESSES and re.match(r"(https?:)?//", value)
    }

    assert not foreign, shown(foreign)


@EVERY_TEMPLATE
def test_it_lets_jinja_escape_everything(path: Path) -> None:
    tree = syntax(path)
    raw = [f"line {node.lineno}: |{node.name}" for node in tree.find_all(nodes.Filter) if node.name == "safe"]
    raw += [f"line {node.lineno}: autoescape" for node in tree.find_all(nodes.ScopedEvalContextModifier)]

    assert not raw, shown(raw)


@EVERY_TEMPLATE
def test_a_reader_of_any_language_can_read_all_of_it(path: Path) -> None:
    faults = set(untranslated(path))

    assert not faults, f"not wrapped for translation:{shown(faults)}"


@EVERY_TEMPLATE
def test_a_sentence_is_never_glued_from_pieces(path: Path) -> None:
    """Other languages order their words otherwise: a message is a whole, its variables are named."""
    calls = [
        (node.lineno, argument)
        for node in syntax(path).find_all(nodes.Call)
        if getattr(node.node, "name", "") in {"_", "gettext", "ngettext"}
        for argument in node.args[: 2 if node.node.name == "ngettext" else 1]
    ]
    glued = {
        f"line {line}: the message is no plain string" for line, text in calls if not isinstance(text, nodes.Const)
    }
    unnamed = {
        f"line {line}: {text.value!r}"
        for line, text in calls
        if isinstance(text, nodes.Const) and re.search(r"%[^(%]", text.value.replace("%%", ""))
    }

    assert not glued | unnamed, shown(glued | unnamed)


@EVERY_TEMPLATE
def test_no_browser_refuses_a_form_before_the_library_has_read_it(path: Path) -> None:
    """A browser says what is wrong in its own language, of one field at a time, and gone again after a moment."""
    source = path.read_text(encoding="utf-8")
    bare = {
        f"line {source.count(chr(10), 0, form.start()) + 1}"
        for form in FORM.finditer(source)
        if 'method="post"' in form["head"] and FILLED_IN.search(form["body"]) and "novalidate" not in form["head"]
    }

    assert not bare, f"without novalidate:{shown(bare)}"


def test_every_template_is_shown_by_a_view_or_used_by_one_that_is() -> None:
    names = {key(path) for path in templates()}
    reached = {name for wanted in _asked_for_by_code() for name in fnmatch.filter(names, wanted)}
    todo = set(reached)
    while todo:
        found = {name for name in _asked_for_by(TEMPLATES / todo.pop()) if name not in reached}
        reached |= found
        todo |= found

    assert reached <= names, f"asked for, and not there:{shown(reached - names)}"
    assert names == reached, f"nothing shows these:{shown(names - reached)}"


def test_every_macro_is_called() -> None:
    trees = {key(path): syntax(path) for path in templates()}
    called = {node.name for tree in trees.values() for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    defined = {(name, node.name) for name, tree in trees.items() for node in tree.find_all(nodes.Macro)}
    idle = {f"{name}: {macro}" for name, macro in defined if macro not in called}

    assert not idle, shown(idle)


def _asked_for_by(template: Path) -> Iterator[str]:
    for node in syntax(template).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        assert isinstance(node.template, nodes.Const), f"{key(template)} names a template that only the run knows"
        yield node.template.value


def _asked_for_by_code() -> Iterator[str]:
    """Yield the template names in the code; what an f-string fills in becomes ``*``."""
    for path in files(".py", under="library"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html"):
                yield node.value
            if isinstance(node, ast.JoinedStr):
                pattern = "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
                if pattern.endswith(".html"):
                    yield pattern
