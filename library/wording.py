"""What a field of a document says, in the words of the reader's language: labels for codes, names for organisations.

For every page that shows a document rather than a published practice: comparison, review, conflicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from library import record
from library.choices import OrganisationRole
from library.languages import ENDONYMS
from library.lexicon import Lexicon, current
from library.models import Attachment, Organisation, Practice
from library.record import Field, Type


@dataclass(frozen=True, slots=True)
class Wording:
    """Tells values in words.

    :param language: of the reader.
    :param organisations: slug -> name.
    :param practices: external identifier -> title.
    :param files: key of an attachment -> file name.
    """

    lexicon: Lexicon
    language: str
    organisations: Mapping[str, str] = field(default_factory=dict)
    practices: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def lines(self, field: Field, value: Any) -> Sequence[str]:
        """Return a field's value as lines: one for each item of a list, one for anything else, none for nothing.

        A value that does not fit its field is shown as it was typed.
        """
        if value in (None, "", [], {}):
            return ()
        if isinstance(value, list):
            return [self._item(field, item) for item in value]
        return [self._item(field, value)]

    def _item(self, field: Field, value: Any) -> str:
        if field.type is Type.ROWS and isinstance(value, Mapping):
            return "; ".join(self._cells(field, value))
        if field.type is Type.ORGANISATIONS and isinstance(value, Mapping):
            role = next((role.label for role in OrganisationRole if role == value.get("role")), "")
            return ", ".join(filter(None, (self._organisation(value.get("slug")), role)))
        return self._word(field, value)

    def _cells(self, field: Field, row: Mapping[str, Any]) -> Iterator[str]:
        for column in field.columns:
            value = row.get(column.name)
            if value in (None, "", False, {}):
                continue
            if column.type is Type.FLAG:
                yield str(column.label)
            elif isinstance(value, Mapping):
                yield str(value.get(self.language) or next(iter(value.values()), ""))
            else:
                yield self._word(column, value)

    def _word(self, field: Field, value: Any) -> str:
        if field.choices is not None:
            return next((choice.label for choice in field.choices if choice == value), str(value))
        if field.vocabulary:
            entry = self.lexicon.get(record.concept_id(field.vocabulary, str(value)))
            return entry.label(self.language) if entry else str(value)
        if field.type in (Type.LANGUAGE, Type.LANGUAGES):
            return ENDONYMS.get(str(value), str(value))
        if field.type in (Type.ORGANISATION, Type.ORGANISATIONS):
            return self._organisation(value)
        if field.type is Type.PRACTICE:
            return self.practices.get(str(value), str(value))
        if field.type is Type.FILE:
            return self.files.get(str(value), gettext("File"))
        return str(value)

    def _organisation(self, slug: Any) -> str:
        return self.organisations.get(str(slug), str(slug))


def wording_for(session: Session, language: str, *documents: Mapping[str, Any]) -> Wording:
    """Return the words for all that some documents name, in four statements.

    :param language: of the reader.
    """
    slugs, models, files = set[str](), set[str](), set[str]()
    for document in documents:
        slugs.update(_slugs(document))
        models.add(str(document.get("model")))
        files.update(str(row.get("file")) for row in _rows(document.get("materials")))
    organisations = session.scalars(select(Organisation).where(Organisation.slug.in_(slugs)))
    practices = session.scalars(
        select(Practice).where(Practice.external_id.in_(models)).options(selectinload(Practice.texts))
    )
    attachments = session.scalars(select(Attachment).where(Attachment.key.in_(files)))
    return Wording(
        lexicon=current(session),
        language=language,
        organisations={body.slug: body.name_in(language) for body in organisations},
        practices={
            str(practice.external_id): practice.title_in(language) or str(practice.external_id)
            for practice in practices
        },
        files={attachment.key: attachment.filename for attachment in attachments},
    )


def _slugs(document: Mapping[str, Any]) -> Iterable[str]:
    yield str(document.get("owner"))
    yield from (str(row.get("slug")) for row in _rows(document.get("organisations")))
    places = document.get("municipalities")
    yield from (str(slug) for slug in (places if isinstance(places, list) else ()))


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
