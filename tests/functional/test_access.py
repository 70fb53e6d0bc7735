"""Every route × method × role × situation: open to those whom the permissions name, shut to all others."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import pytest
from factories.access_rules import IN
from factories.matrix import (
    Asker,
    no_longer_there,
    nothing_kept,
    one_each,
    unclassified,
    views_reached_without_token,
)
from factories.worlds import Person, a_world
from flask import Flask
from sqlalchemy.orm import Session

from library.choices import Role
from library.permissions import PERMISSIONS

Record = Callable[[str, object], None]

pytestmark = pytest.mark.one_database

# Forms that carry their own proof in the address, so that no session is needed and none can be abused.
NO_TOKEN = {"mailbox.stop_post", "upkeep.confirm_post", "upkeep.ended"}
# Forms that write to the database and leave no entry in the audit, and why.
SILENT = {
    "batches.undo": "overtaken: it was not brought in",
    "words.restore": "overtaken: it is in use already",
    "curation.bring_back": "overtaken: nothing was taken out",
    "curation.remove_curator": "the last one stays",
    "curation.restore": "overtaken: it is not archived",
    "curation.write_note": "it says that already",
    "calls.reopen": "overtaken: it is open already",
    "review.bring_up_to_date": "overtaken: nothing was there to bring up to date",
    "review.give_back": "overtaken: nobody had it any more",
    "review.take": "overtaken: somebody else was faster",
    "submissions.conflict_post": "typing in one's own draft",
    "submissions.edit_post": "typing in one's own draft",
    "submissions.files_post": "typing in one's own draft",
    "submissions.own_part": "one's own part of one's own draft",
    "submissions.reopen": "overtaken: it is open already",
}


@pytest.fixture(scope="module")
def world(module_library: Flask) -> dict[Role, Person]:
    return a_world(module_library)


@pytest.fixture
def asker(module_library: Flask, world: dict[Role, Person], monkeypatch: pytest.MonkeyPatch) -> Asker:
    """Asks the cells of the matrix; whatever a form does is rolled back, so that every cell meets the same world."""
    monkeypatch.setattr(Session, "commit", nothing_kept)
    return Asker(module_library, world)


def test_every_route_that_takes_a_record_says_whose(module_library: Flask) -> None:
    assert not unclassified(module_library), "add them to RULES in factories/matrix.py"
    assert not no_longer_there(module_library)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_cell_of_the_matrix_answers_as_it_must(asker: Asker, record_property: Record) -> None:
    wrong = asker.wrong(asker.cells())
    record_property("cells", asker.asked)
    sys.stdout.write(f"{asker.asked} cells of the permission matrix\n")
    assert not wrong, f"{len(wrong)} of {asker.asked} cells:\n" + "\n".join(wrong)
    assert asker.asked > 3000
    silent = asker.silent - SILENT.keys()
    assert not silent, f"changed something and wrote nothing down: {silent}"


@pytest.mark.one_database("postgresql")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_route_and_method_does_its_work_on_the_other_database_too(asker: Asker) -> None:
    """Where no permission is in question one request will do: of whoever may do most, about a record that there is."""
    every = one_each(asker.cells())
    wrong = asker.wrong(every, whole=True)
    assert not wrong, f"{len(wrong)} of {asker.asked} requests:\n" + "\n".join(wrong)
    assert asker.asked > 300
    let_in = sum(cell.expected == IN for cell in every)
    assert let_in > 0.9 * asker.asked, "what nobody gets into says nothing of the database"


def test_no_form_is_read_without_its_token(asker: Asker) -> None:
    assert views_reached_without_token(asker) == NO_TOKEN


def test_a_role_holds_all_that_the_roles_below_it_hold() -> None:
    ladder = [PERMISSIONS[role] for role in Role]
    for lower, higher in itertools.pairwise(ladder):
        assert lower <= higher
    assert not PERMISSIONS[Role.READER]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/en/", "/en/practices", "/en/municipalities", "/en/about", "/p/24", "/healthz"])
def test_public_pages_are_for_reading_only(module_library: Flask, address: str, method: str) -> None:
    answer = getattr(module_library.test_client(), method)(address)
    assert answer.status_code in (400, 405)
