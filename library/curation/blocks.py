"""Markdown as a small tree of plain values, for files that are no HTML: what is not known to the tree is its text."""

from __future__ import annotations

import re
from typing import Any, Final

from markdown_it.tree import SyntaxTreeNode

from library.prose import tokens

Node = dict[str, Any]
_ADDRESS: Final = re.compile(r"(?:https?://[^\s<>\"]+|mailto:[^\s<>\"]+)", re.IGNORECASE)


def blocks(source: str) -> list[Node]:
    """Return the blocks of a Markdown text: paragraphs, headings, lists, quotes, code and tables."""
    return _blocks(SyntaxTreeNode(tokens(source)).children)


def _blocks(nodes: list[SyntaxTreeNode]) -> list[Node]:
    return [block for node in nodes for block in _block(node)]


def _block(node: SyntaxTreeNode) -> list[Node]:
    match node.type:
        case "paragraph" | "heading":
            return [{"kind": node.type, "inline": _inline(node.children)}]
        case "bullet_list" | "ordered_list":
            items = [_blocks(item.children) for item in node.children]
            return [{"kind": "list", "ordered": node.type == "ordered_list", "items": items}]
        case "blockquote":
            return [{"kind": "quote", "blocks": _blocks(node.children)}]
        case "fence" | "code_block":
            return [{"kind": "code", "text": node.content.rstrip("\n")}]
        case "table":
            rows = [
                [_inline(cell.children) for cell in row.children] for body in node.children for row in body.children
            ]
            return [{"kind": "table", "head": rows[0], "rows": rows[1:]}]
        case _:
            return []


def _inline(nodes: list[SyntaxTreeNode]) -> list[Node]:
    return [part for node in nodes for part in _span(node)]


def _span(node: SyntaxTreeNode) -> list[Node]:
    match node.type:
        case "inline":
            return _inline(node.children)
        case "strong" | "em":
            return [{"kind": node.type, "inline": _inline(node.children)}]
        case "link":
            address = str(node.attrs.get("href", ""))
            inside = _inline(node.children)
            if not _ADDRESS.fullmatch(address):
                return inside
            return [{"kind": "link", "address": address, "inline": inside or [{"kind": "text", "text": address}]}]
        case "softbreak":
            return [{"kind": "text", "text": " "}]
        case "hardbreak":
            return [{"kind": "break"}]
        case "image":
            return _inline(node.children)
        case _:
            return [{"kind": "text", "text": node.content}] if node.content else []
