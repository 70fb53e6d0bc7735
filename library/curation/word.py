"""A booklet as a Word document: real headings, the language of every word, its own properties."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask_babel import format_date, gettext

from library.curation.blocks import Node, blocks
from library.curation.booklet import evidence
from library.curation.leaves import Booklet, Chapter, Leaf, contact_line, part_is_waiting
from library.showing.collections import Words

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

# Word knows languages by region too; these are the ones for which it has dictionaries.
REGIONS = {
    "en": "en-GB",
    "da": "da-DK",
    "sv": "sv-SE",
    "nb": "nb-NO",
    "nn": "nn-NO",
    "fi": "fi-FI",
    "is": "is-IS",
}
LONGEST_PROPERTY = 255  # characters, which a core property may have


def write(booklet: Booklet) -> bytes:
    """Return the document."""
    from docx import Document  # imported late: few requests need it

    document = Document()
    _about(document, booklet)
    writer = _Writer(document, booklet)
    writer.opening()
    for chapter in booklet.chapters:
        writer.chapter(chapter)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _about(document: Document, booklet: Booklet) -> None:
    """Say in the properties what it is, by whom and in which language."""
    about = document.core_properties
    about.title = booklet.title.source[:LONGEST_PROPERTY]
    about.subject = booklet.audience.source[:LONGEST_PROPERTY]
    about.author = (", ".join(booklet.curators) or booklet.site)[:LONGEST_PROPERTY]
    about.comments = booklet.url[:LONGEST_PROPERTY]
    about.language = REGIONS[booklet.language]
    about.created = booklet.published_on
    about.modified = booklet.changed_on
    _speak(document.styles.element.find(".//" + _name("w:rPrDefault") + "/" + _name("w:rPr")), booklet.language)


def _name(tag: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(tag))


def _speak(properties: Any, language: str) -> None:
    """Set the language of a run, or of all of them, in its properties."""
    from docx.oxml import OxmlElement

    for old in properties.findall(_name("w:lang")):
        properties.remove(old)
    element = OxmlElement("w:lang")
    element.set(_name("w:val"), REGIONS[language])
    properties.append(element)


class _Writer:
    """Writes a booklet into a document."""

    def __init__(self, document: Document, booklet: Booklet) -> None:
        self._document = document
        self._booklet = booklet
        # The package looks a style up by reading all of them, for each paragraph anew: minutes for a long booklet.
        self._styles = {style.name: style.style_id for style in document.styles}

    def opening(self) -> None:
        """Write title, audience, who curated it and the introduction."""
        booklet = self._booklet
        self._said(booklet.title, style="Title")
        if booklet.audience:
            self._said(booklet.audience, style="Subtitle")
        if booklet.curators:
            self._line(gettext("Curated by %(names)s", names=", ".join(booklet.curators)))
        self._line(gettext("Published on %(day)s", day=format_date(booklet.published_on, "long")))
        if booklet.is_changed:
            self._line(gettext("Changed on %(day)s", day=format_date(booklet.changed_on, "long")))
        self._link(self._paragraph(), booklet.url, booklet.url)
        if booklet.introduction:
            self._heading(gettext("About this collection"), 1)
            self._blocks(blocks(booklet.introduction.source), booklet.introduction.language)

    def chapter(self, chapter: Chapter) -> None:
        """Write a part with its practices."""
        self._said(chapter.heading, style="Heading 1")
        self._blocks(blocks(chapter.introduction.source), chapter.introduction.language)
        if chapter.waiting:
            self._line(part_is_waiting())
        for leaf in chapter.leaves:
            self._leaf(leaf)

    def _leaf(self, leaf: Leaf) -> None:
        self._say(f"{leaf.number}. {leaf.title}", leaf.language, style="Heading 2")
        for notice in leaf.notices:
            self._paragraph().add_run(notice).italic = True
        self._say(leaf.summary, leaf.language)
        if leaf.note:
            self._part(gettext("Why it is here"), leaf.note)
        self._heading(gettext("Evidence"), 3)
        self._evidence(evidence(leaf))
        self._heading(gettext("At a glance"), 3)
        for label, words in leaf.facts:
            self._fact(label, words)
        self._agencies(leaf)
        failed = leaf.did_not_work or Words(gettext("Not documented"), self._booklet.language, foreign=False)
        self._part(gettext("What did not work"), failed)
        self._heading(gettext("Contact"), 3)
        self._line(contact_line(self._booklet))
        self._link(self._paragraph(), leaf.url, leaf.url)

    def _agencies(self, leaf: Leaf) -> None:
        if leaf.agencies:
            self._heading(gettext("Agencies"), 3)
        for agency in leaf.agencies:
            paragraph = self._paragraph("List Bullet")
            paragraph.add_run(agency.label).bold = True
            if agency.lead:
                paragraph.add_run(f" ({gettext('leads')})")
            if agency.role:
                self._run(paragraph, f": {agency.role}", leaf.language)

    def _evidence(self, pairs: list[tuple[str, str]]) -> None:
        """Write the labels as the head of a table, which screen readers read with each cell."""
        from docx.oxml import OxmlElement

        table = self._new_table(2, len(pairs))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        above, below = (row.cells for row in table.rows)
        for column, (label, value) in enumerate(pairs):
            above[column].paragraphs[0].add_run(label)
            below[column].paragraphs[0].add_run(value).bold = True

    def _part(self, heading: str, words: Words) -> None:
        self._heading(heading, 3)
        self._blocks(blocks(words.source), words.language)

    def _fact(self, label: str, words: str) -> None:
        paragraph = self._paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(words)

    def _heading(self, words: str, level: int) -> None:
        self._paragraph(f"Heading {level}").add_run(words)

    def _paragraph(self, style: str | None = None) -> Paragraph:
        paragraph = self._document.add_paragraph()
        if style:
            paragraph._p.style = self._styles[style]
        return paragraph

    def _new_table(self, rows: int, columns: int) -> Table:
        table: Table = self._document.add_table(rows, columns)
        table._tbl.tblStyle_val = self._styles["Table Grid"]
        return table

    def _line(self, words: str) -> None:
        self._paragraph().add_run(words)

    def _said(self, words: Words, *, style: str | None = None) -> None:
        self._say(words.source, words.language, style=style)

    def _say(self, words: str, language: str, *, style: str | None = None) -> None:
        self._run(self._paragraph(style), words, language)

    # --- Markdown ------------------------------------------------------------------------------------------------

    def _blocks(self, nodes: Iterable[Node], language: str, *, style: str | None = None) -> None:
        for node in nodes:
            self._block(node, language, style)

    def _block(self, node: Node, language: str, style: str | None) -> None:
        match node["kind"]:
            case "paragraph" | "heading":
                paragraph = self._paragraph(style)
                self._spans(paragraph, node["inline"], language, bold=node["kind"] == "heading")
            case "list":
                for item in node["items"]:
                    self._blocks(item, language, style="List Number" if node["ordered"] else "List Bullet")
            case "quote":
                self._blocks(node["blocks"], language, style="Quote")
            case "code":
                self._say(node["text"], language, style="No Spacing")
            case "table":
                self._table([node["head"], *node["rows"]], language)

    def _table(self, rows: list[list[list[Node]]], language: str) -> None:
        table = self._new_table(len(rows), len(rows[0]))
        for number, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
            for cell, nodes in zip(row.cells, cells, strict=True):
                self._spans(cell.paragraphs[0], nodes, language, bold=number == 0)

    def _spans(
        self, paragraph: Paragraph, nodes: Iterable[Node], language: str, *, bold: bool = False, italic: bool = False
    ) -> None:
        for node in nodes:
            match node["kind"]:
                case "text":
                    run = self._run(paragraph, node["text"], language)
                    run.bold, run.italic = bold or None, italic or None
                case "break":
                    paragraph.add_run().add_break()
                case "strong":
                    self._spans(paragraph, node["inline"], language, bold=True, italic=italic)
                case "em":
                    self._spans(paragraph, node["inline"], language, bold=bold, italic=True)
                case "link":
                    self._link(paragraph, node["address"], "".join(map(_words_of, node["inline"])))

    def _run(self, paragraph: Paragraph, words: str, language: str) -> Any:
        run = paragraph.add_run(words)
        if language != self._booklet.language:
            _speak(run._r.get_or_add_rPr(), language)
        return run

    def _link(self, paragraph: Paragraph, address: str, words: str) -> None:
        """Add a link, for which the package has no verb of its own."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import OxmlElement

        link = OxmlElement("w:hyperlink")
        link.set(_name("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run = paragraph.add_run(words)
        run.underline = True
        link.append(run._r)
        paragraph._p.append(link)


def _words_of(node: Node) -> str:
    return str(node.get("text", "")) or "".join(map(_words_of, node.get("inline", ())))
