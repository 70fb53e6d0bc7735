"""The search form: what stands in the address, read once, typed and capped."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectMultipleField, StringField

from index import SearchRequest, Sort
from library.indexing.asking import codes_of, sort_of, together_of, words_of
from library.indexing.facets import FACETS

PER_PAGE: Final = 20
MAX_PAGE: Final = 10_000

SORTS: Final = ((Sort.RELEVANCE, _l("Relevance")), (Sort.NEWEST, _l("Newest")), (Sort.TITLE, _l("Title")))


class SearchForm(Form):  # type: ignore[misc] # untyped base
    """Words, order and one list of choices for each facet. Whatever makes no sense is left out, never refused."""

    q = StringField(_l("Search the practices"))
    sort = StringField(_l("Sort by"))  # drawn from SORTS by the template; whatever is none of them is left out

    together = SelectMultipleField(choices=[], validate_choice=False)
    as_typed = StringField()  # whatever it says: no other words instead of those that nothing has

    def __init__(self, args: MultiDict[str, str]) -> None:
        super().__init__(args)
        self._page = _positive(args.get("page"), highest=MAX_PAGE)
        self.q.data = words_of(self.q.data)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The chosen codes of each facet that has any."""
        chosen = {facet.name: codes_of(self[facet.name].data) for facet in FACETS}
        return {name: codes for name, codes in chosen.items() if codes}

    @property
    def all_of(self) -> frozenset[str]:
        """The facets of which all chosen codes are asked for, not any of them."""
        return together_of(self.together.data)

    @property
    def order(self) -> Sort:
        """The wanted order; by relevance where none, or none that exists, is asked for."""
        return sort_of(self.sort.data)

    def to_request(self, language: str) -> SearchRequest:
        """Return what to ask of the index.

        :param language: the reader's.
        """
        return SearchRequest(
            text=self.q.data or "",
            language=language,
            filters=self.filters,
            together=self.all_of,
            sort=self.order,
            page=self._page,
            per_page=PER_PAGE,
        )


for _facet in FACETS:
    setattr(SearchForm, _facet.name, SelectMultipleField(_facet.label, choices=[], validate_choice=False))


def _positive(raw: str | None, *, highest: int) -> int:
    """Return a page number: 1 for whatever is none."""
    if raw and raw.isascii() and raw.isdigit() and len(raw) < 10:
        return min(max(int(raw), 1), highest)
    return 1
