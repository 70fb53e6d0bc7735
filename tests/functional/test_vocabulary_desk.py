"""The desk of the vocabularies: concepts are browsed, added, renamed, moved, related and taken out of use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.choices import ConceptStatus, Role
from library.languages import LANGUAGES
from library.lexicon import current
from library.models import AuditEntry, Concept, ConceptChange, ConceptLabel, ConceptRelation, IndexJob, PracticeConcept

pytestmark = pytest.mark.one_database

DESK = "/en/curate/vocabularies"


@pytest.fixture(scope="module")
def adviser(module_library: Flask) -> Reader:
    return signed_in(module_library, Role.ADVISER, email="words@example.org")


@pytest.fixture(scope="module")
def colleague(module_library: Flask) -> Reader:
    return signed_in(module_library, Role.ADVISER, email="colleague@example.org")


@pytest.fixture
def session(module_library: Flask) -> Iterator[Session]:
    from library.extensions import db

    with module_library.app_context():
        maker = db.sessionmaker
    with maker() as session:
        yield session


def typed_of(page: Page) -> dict[str, list[str]]:
    """Return what the form of the page with most boxes sends if nobody types anything."""
    form = max((f for f in page.all("form") if f.get("method") == "post"), key=lambda f: len(list(f.iter())))
    sent: dict[str, list[str]] = {}
    for box in form.iter():
        name = box.get("name")
        if not name or (box.get("type") in ("checkbox", "radio") and box.get("checked") is None):
            continue
        if box.tag == "select":
            chosen = [o for o in box.iter("option") if o.get("selected") is not None] or list(box.iter("option"))[:1]
            value = chosen[0].get("value", "") if chosen else ""
        else:
            value = (box.text or "").removeprefix("\n") if box.tag == "textarea" else box.get("value", "")
        sent.setdefault(name, []).append(value)
    return sent


def send(browser: Reader, address: str, post_to: str = "", **changes: object) -> TestResponse:
    """Open a form, change some of its boxes and send it."""
    sent = typed_of(browser.read(address))
    sent.update({name: value if isinstance(value, list) else [str(value)] for name, value in changes.items()})
    return browser.post(post_to or address, data=sent)


def add(browser: Reader, scheme: str, label: str, **more: object) -> str:
    """Add a concept as a browser does; return its code."""
    answer = send(browser, f"{DESK}/add/{scheme}", label_en=label, **more)
    assert answer.status_code == 303, answer.text
    return answer.location.rsplit("/", 1)[1]


def press(browser: Reader, page_address: str, address: str, **more: str) -> TestResponse:
    token = hidden(browser.read(page_address))["csrf_token"]
    return browser.post(address, data={"csrf_token": token, **more})


def undo_last(browser: Reader, session: Session, identifier: str) -> TestResponse:
    """Undo the last change of a concept that is not undone yet."""
    session.rollback()
    last = select(func.max(ConceptChange.id)).where(
        ConceptChange.concept_id == identifier, ConceptChange.undone_at.is_(None)
    )
    number = session.scalar(last)
    scheme = identifier.partition("/")[0]
    return press(browser, f"{DESK}/history/{scheme}", f"{DESK}/changes/{number}/undo")


def labels(session: Session, identifier: str, kind: str = "preferred") -> dict[str, list[str]]:
    session.rollback()
    found: dict[str, list[str]] = {}
    rows = select(ConceptLabel).where(ConceptLabel.concept_id == identifier, ConceptLabel.kind == kind)
    for row in session.scalars(rows.order_by(ConceptLabel.position)):
        found.setdefault(row.language, []).append(row.text)
    return found


# --- browsing ------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_desk_lists_every_vocabulary_and_leads_to_its_tree(adviser: Reader, session: Session) -> None:
    page = adviser.read(DESK)
    for code in current(session).schemes:
        assert f"{DESK}/{code}" in page.addresses


def test_a_tree_folds_what_stands_below(adviser: Reader, session: Session) -> None:
    page = adviser.read(f"{DESK}/themes")
    details = [d for d in page.all("details") if d.get("class") is None]
    assert len(details) >= 6
    inside = [a.get("href") for d in details for a in d.findall("./ul//a")]
    assert f"{DESK}/themes/online-hate" in inside


def test_labels_of_a_tree_are_shown_in_any_language(adviser: Reader, session: Session) -> None:
    there = current(session)["themes/strong-families"]
    assert there.label("fi") in adviser.read(f"{DESK}/themes?labels=fi").text


def test_the_thesaurus_comes_in_pages_that_stay_small(adviser: Reader, session: Session) -> None:
    first = adviser.read(f"{DESK}/thesaurus")
    shown = {a for a in first.addresses if a.startswith(f"{DESK}/thesaurus/")}
    assert 20 <= len(shown) <= 101
    deeper = [a for a in first.addresses if a.startswith(f"{DESK}/thesaurus?under=")]
    assert deeper
    assert {a for a in adviser.read(deeper[0]).addresses if a.startswith(f"{DESK}/thesaurus/")} - shown


@pytest.mark.both_databases
@pytest.mark.parametrize("typed", ["forældre", "FORELDRE", "vanhem", "föräldra"])
def test_concepts_are_found_by_words_in_any_language(adviser: Reader, typed: str) -> None:
    assert f"{DESK}/themes/strong-families" in adviser.read(f"{DESK}/themes?q={typed}").addresses or "below" in (
        adviser.read(f"{DESK}/themes?q={typed}").text
    )


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "query", ["page=999999999", "page=-1", "page=x", "under=nothing", "labels=xx", "q=%20", "q=" + "x" * 4000]
)
def test_nothing_in_the_address_breaks_a_tree(adviser: Reader, query: str) -> None:
    adviser.read(f"{DESK}/themes?{query}")


def test_what_no_vocabulary_has_is_not_there(adviser: Reader) -> None:
    for address in ("none", "themes/none", "none/none", "add/none", "missing/none", "history/none"):
        adviser.read(f"{DESK}/{address}", 404)


# --- adding --------------------------------------------------------------------------------------------------------


def test_a_concept_is_added_below_another_with_a_code_made_of_its_english_label(
    adviser: Reader, session: Session
) -> None:
    code = add(adviser, "themes", "Safe  Øresund ferries", label_da="Trygge færger", broader="safe-urban-space")
    assert code == "safe-oresund-ferries"
    entry = current(session)[f"themes/{code}"]
    assert dict(entry.labels) == {"en": "Safe Øresund ferries", "da": "Trygge færger"}
    assert entry.broader == ("themes/safe-urban-space",)
    assert "Safe Øresund ferries" in adviser.read(f"{DESK}/themes?under=safe-urban-space&page=1").text
    deed = session.scalars(select(ConceptChange).where(ConceptChange.concept_id == entry.id)).one()
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == deed.id)).first()


@pytest.mark.both_databases
def test_a_code_that_is_taken_gets_a_number(adviser: Reader) -> None:
    assert add(adviser, "settings", "Ferries") == "ferries"
    assert add(adviser, "settings", "Ferries!") == "ferries-2"


@pytest.mark.parametrize(
    ("typed", "said", "at"),
    [
        ({"label_en": ""}, "Enter the English label", "label_en"),
        ({"label_en": "hate and harassment online " * 20}, "at most 200 characters", "label_en"),
        ({"label_en": "Police"}, "is the label of another concept here: police", "label_en"),
        ({"label_en": "New", "label_sv": "POLISEN"}, "is the label of another concept here: police", "label_sv"),
        ({"label_en": "New", "code": "Not A Code"}, "Use small letters", "code"),
        ({"label_en": "New", "code": "police"}, "Another concept has this code", "code"),
        ({"label_en": "New", "broader": "no such thing"}, "No concept in use is called that", "broader"),
        ({"label_en": "New", "broader": "c"}, "concepts fit. Choose one", "broader"),
    ],
)
def test_what_cannot_be_added_is_said_at_its_field_and_kept(
    adviser: Reader, session: Session, typed: dict[str, str], said: str, at: str
) -> None:
    if "label_sv" in typed:
        typed["label_sv"] = current(session)["agencies/police"].label("sv").upper()
    answer = send(adviser, f"{DESK}/add/agencies", **typed)
    assert answer.status_code == 422
    page = Page(answer)
    assert said in page.text
    assert any(link.get("href") == f"#{at}" for link in page.all("a"))
    if len(typed["label_en"]) < 50:
        assert page.by_id("label_en").get("value") == typed["label_en"]


def test_a_word_that_several_concepts_have_lets_one_be_chosen(adviser: Reader, session: Session) -> None:
    page = Page(send(adviser, f"{DESK}/add/themes", label_en="Quays", broader="safe"))
    assert page.response.status_code == 422
    offered = [box.get("value") for box in page.all("input") if box.get("type") == "radio"]
    assert "themes/safe-communities" in offered
    answer = send(adviser, f"{DESK}/add/themes", label_en="Quays 2", broader=["safe", "themes/hate"])
    assert answer.status_code == 303


@pytest.mark.parametrize("scheme", ["outcomes", "evidence-stages", "prevention-levels"])
def test_lists_that_the_program_knows_are_closed(adviser: Reader, session: Session, scheme: str) -> None:
    answer = send(adviser, f"{DESK}/add/{scheme}", label_en="Splendid")
    assert answer.status_code == 422
    assert "list is closed" in Page(answer).text
    assert f"{DESK}/add/{scheme}" not in adviser.read(f"{DESK}/{scheme}").addresses


# --- words ---------------------------------------------------------------------------------------------------------


def test_all_languages_are_changed_side_by_side(adviser: Reader, session: Session) -> None:
    code = add(adviser, "themes", "Night buses")
    address = f"{DESK}/themes/{code}/words"
    changes = {f"label_{one}": f"Bus {one}" for one in LANGUAGES}
    answer = send(
        adviser, address, **changes, alternatives_sv="Nattbuss\n\n  Nattlinje \nnattbuss\nBus sv", note_fi="Öisin"
    )
    assert answer.status_code == 303
    assert labels(session, f"themes/{code}") == {one: [f"Bus {one}"] for one in LANGUAGES}
    assert labels(session, f"themes/{code}", "alternative") == {"sv": ["Nattbuss", "Nattlinje"]}
    assert current(session)[f"themes/{code}"].note("fi") == "Öisin"


def test_a_label_and_another_word_change_places(adviser: Reader, session: Session) -> None:
    code = add(adviser, "themes", "First word")
    address = f"{DESK}/themes/{code}/words"
    assert send(adviser, address, alternatives_en="Second word").status_code == 303
    answer = send(adviser, address, label_en="Second word", alternatives_en="First word")
    assert answer.status_code == 303
    assert labels(session, f"themes/{code}") == {"en": ["Second word"]}
    assert labels(session, f"themes/{code}", "alternative") == {"en": ["First word"]}


@pytest.mark.both_databases
def test_missing_labels_are_listed_with_a_link_to_each(adviser: Reader, session: Session) -> None:
    code = add(adviser, "settings", "Harbour baths", label_da="Havnebade")
    page = adviser.read(f"{DESK}/missing/settings?labels=fi")
    assert f"{DESK}/settings/{code}/words#label_fi" in page.addresses
    assert f"{DESK}/settings/{code}/words#label_da" not in adviser.read(f"{DESK}/missing/settings?labels=da").addresses


@pytest.mark.both_databases
def test_of_two_advisers_the_later_is_told_and_loses_nothing(
    adviser: Reader, colleague: Reader, session: Session
) -> None:
    code = add(adviser, "themes", "Two hands")
    address = f"{DESK}/themes/{code}/words"
    mine, theirs = typed_of(adviser.read(address)), typed_of(colleague.read(address))
    theirs["label_sv"] = ["Deras"]
    assert colleague.post(address, data=theirs).status_code == 303
    mine["label_da"] = ["Vores"]
    answer = adviser.post(address, data=mine)
    assert answer.status_code == 409
    page = Page(answer)
    assert "A colleague changed this concept" in page.text
    assert "Deras" in page.text
    assert page.by_id("label_da").get("value") == "Vores"
    assert labels(session, f"themes/{code}") == {"en": ["Two hands"], "sv": ["Deras"]}
    again = typed_of(page)
    again["label_sv"] = ["Deras"]
    assert adviser.post(address, data=again).status_code == 303
    assert labels(session, f"themes/{code}") == {"en": ["Two hands"], "sv": ["Deras"], "da": ["Vores"]}


def test_the_last_label_cannot_go(adviser: Reader) -> None:
    code = add(adviser, "themes", "Only one")
    answer = send(adviser, f"{DESK}/themes/{code}/words", label_en="")
    assert answer.status_code == 422
    assert "Enter a label in one language at least" in Page(answer).text


@pytest.mark.both_databases
def test_a_relabelled_concept_asks_for_just_its_practices_once_and_a_note_for_none(
    adviser: Reader, session: Session
) -> None:
    carriers = set(
        session.scalars(select(PracticeConcept.practice_id).where(PracticeConcept.concept_id == "themes/online-hate"))
    )
    assert carriers
    before = session.scalar(select(func.max(IndexJob.id))) or 0
    address = f"{DESK}/themes/online-hate/words"
    assert send(adviser, address, note_en="Anything said online to hurt.").status_code == 303
    session.rollback()
    assert session.scalar(select(func.max(IndexJob.id))) == before
    assert send(adviser, address, alternatives_is="Netníð").status_code == 303
    session.rollback()
    jobs = session.scalars(select(IndexJob.practice_id).where(IndexJob.id > before)).all()
    assert sorted(jobs) == sorted(carriers)


# --- place and relations -------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_concept_gets_several_parents_and_a_place_among_its_siblings(adviser: Reader, session: Session) -> None:
    first = add(adviser, "target-groups", "Group one")
    second = add(adviser, "target-groups", "Group two")
    child = add(adviser, "target-groups", "Group three")
    address = f"{DESK}/target-groups/{child}/place"
    assert send(adviser, address, broader="Group one").status_code == 303
    assert send(adviser, address, broader=second).status_code == 303
    session.rollback()
    assert current(session)[f"target-groups/{child}"].broader == (f"target-groups/{first}", f"target-groups/{second}")
    assert send(adviser, f"{DESK}/target-groups/{second}/place", order="first").status_code == 303
    session.rollback()
    tops = [entry.code for entry in current(session).top("target-groups")]
    assert tops[0] == second
    assert send(adviser, f"{DESK}/target-groups/{second}/place", order="after", after=first).status_code == 303
    session.rollback()
    tops = [entry.code for entry in current(session).top("target-groups")]
    assert tops.index(second) == tops.index(first) + 1


@pytest.mark.both_databases
def test_a_circle_is_refused_with_the_reason(adviser: Reader, session: Session) -> None:
    for parent, said in (("themes/hate", "cannot stand below itself"), ("online-hate", "lies below")):
        answer = send(adviser, f"{DESK}/themes/hate/place", broader=parent)
        assert answer.status_code == 422
        assert said in Page(answer).text


@pytest.mark.both_databases
def test_of_two_who_move_a_concept_the_later_is_told(adviser: Reader, colleague: Reader) -> None:
    one, two, three = (add(adviser, "settings", label) for label in ("Piers", "Jetties", "Harbours"))
    address = f"{DESK}/settings/{one}/place"
    mine = typed_of(adviser.read(address))
    assert send(colleague, address, broader=two).status_code == 303
    answer = adviser.post(address, data={**mine, "broader": [three]})
    assert answer.status_code == 409
    assert "Jetties" in Page(answer).text


def test_relations_read_the_same_from_both_ends_and_can_be_removed(adviser: Reader, session: Session) -> None:
    address = f"{DESK}/themes/online-hate/relations"
    assert send(adviser, address, kind="broadMatch", other="agencies/police").status_code == 303
    rows = select(ConceptRelation.kind).where(
        ConceptRelation.source_id == "agencies/police", ConceptRelation.target_id == "themes/online-hate"
    )
    session.rollback()
    assert session.scalars(rows).all() == ["narrowMatch"]
    clash = send(adviser, address, kind="exactMatch", other="agencies/police")
    assert clash.status_code == 422
    assert "matched in another way already" in Page(clash).text
    gone = press(adviser, address, f"{address}/remove", kind="broadMatch", other="agencies/police")
    assert gone.status_code == 303
    session.rollback()
    assert session.scalars(rows).all() == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("themes/online-hate", "cannot be related to itself"),
        ("themes/hate", "stands above the other already"),
        ("", "Enter a concept"),
    ],
)
def test_relations_that_say_nothing_are_refused(adviser: Reader, other: str, said: str) -> None:
    answer = send(adviser, f"{DESK}/themes/online-hate/relations", kind="related", other=other)
    assert answer.status_code == 422
    assert said in Page(answer).text


# --- going out of use ----------------------------------------------------------------------------------------------


def test_a_deprecated_concept_is_offered_nowhere_and_comes_back(adviser: Reader, session: Session) -> None:
    code = add(adviser, "themes", "Short fashion")
    assert send(adviser, f"{DESK}/themes/{code}/deprecate").status_code == 303
    session.rollback()
    assert code not in [entry.code for entry in current(session).scheme("themes")]
    page = adviser.read(f"{DESK}/themes/{code}")
    assert "deprecated" in page.text
    assert press(adviser, f"{DESK}/themes/{code}", f"{DESK}/themes/{code}/restore").status_code == 303
    session.rollback()
    assert code in [entry.code for entry in current(session).scheme("themes")]


@pytest.mark.both_databases
def test_a_concept_in_use_goes_only_with_a_replacement_or_a_word_of_agreement(
    adviser: Reader, session: Session
) -> None:
    carriers = session.scalar(select(func.count()).where(PracticeConcept.concept_id == "themes/online-hate"))
    address = f"{DESK}/themes/online-hate/deprecate"
    answer = send(adviser, address)
    assert answer.status_code == 422
    assert f"{carriers} records have it" in Page(answer).text
    assert send(adviser, address, agreed="y").status_code == 303
    assert undo_last(adviser, session, "themes/online-hate").status_code == 303
    session.rollback()
    assert session.get_one(Concept, "themes/online-hate").status is ConceptStatus.ACTIVE


@pytest.mark.parametrize(
    ("concept", "typed", "said"),
    [
        ("kinds/model", {}, "has to stay"),
        ("outcomes/mixed", {}, "list is closed"),
        ("themes/hate", {}, "stand below it"),
        ("countries/denmark", {}, "Choose what replaces it"),
        ("settings/schools", {"replacement": "settings/schools"}, "cannot replace itself"),
        ("settings/schools", {"replacement": "nothing like it"}, "No concept in use is called that"),
    ],
)
def test_what_cannot_be_deprecated_is_refused_with_the_reason(
    adviser: Reader, session: Session, concept: str, typed: dict[str, str], said: str
) -> None:
    words = current(session)
    if concept not in words.entries:
        concept = words.scheme(concept.partition("/")[0])[0].id
        typed = {name: concept if "/" in value else value for name, value in typed.items()}
    answer = send(adviser, f"{DESK}/{concept}/deprecate", **typed)
    assert answer.status_code == 422
    assert said in Page(answer).text


# --- undoing -------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_each_deed_is_undone_from_the_history(adviser: Reader, session: Session) -> None:
    code = add(adviser, "themes", "Undone soon", broader="hate")
    identifier, here = f"themes/{code}", f"{DESK}/themes/{code}"
    assert send(adviser, f"{here}/words", label_en="Otherwise", alternatives_da="Fortrydelse").status_code == 303
    assert send(adviser, f"{here}/place", kept=[], order="first").status_code == 303
    assert send(adviser, f"{here}/relations", kind="related", other="themes/safe-urban-space").status_code == 303
    for _ in range(3):
        assert undo_last(adviser, session, identifier).status_code == 303
    session.rollback()
    entry = current(session)[identifier]
    assert dict(entry.labels) == {"en": "Undone soon"}
    assert (entry.broader, entry.near, dict(entry.synonyms)) == (("themes/hate",), (), {})
    assert undo_last(adviser, session, identifier).status_code == 303
    session.rollback()
    assert session.get(Concept, identifier) is None
    adviser.read(here, 404)
    assert adviser.read(f"{DESK}/history/themes").text.count("undone") >= 4


def test_what_was_changed_again_is_not_undone_past_the_later_change(adviser: Reader, session: Session) -> None:
    code = add(adviser, "themes", "Layers")
    address = f"{DESK}/themes/{code}/words"
    send(adviser, address, label_en="Layers again")
    first = session.scalar(select(func.max(ConceptChange.id)))
    send(adviser, address, label_en="Layers once more")
    answer = press(adviser, f"{DESK}/history/themes", f"{DESK}/changes/{first}/undo")
    assert answer.status_code == 409
    assert "changed again since" in Page(answer).text
    added = session.scalar(select(func.min(ConceptChange.id)).where(ConceptChange.concept_id == f"themes/{code}"))
    answer = press(adviser, f"{DESK}/history/themes", f"{DESK}/changes/{added}/undo")
    assert "changed since" in Page(answer).text
    assert labels(session, f"themes/{code}") == {"en": ["Layers once more"]}


@pytest.mark.both_databases
def test_nothing_is_undone_twice(adviser: Reader, session: Session) -> None:
    code = add(adviser, "themes", "Once only")
    send(adviser, f"{DESK}/themes/{code}/words", label_en="Once only, twice")
    number = session.scalar(select(func.max(ConceptChange.id)))
    addresses = (f"{DESK}/history/themes", f"{DESK}/changes/{number}/undo")
    assert press(adviser, *addresses).status_code == 303
    answer = press(adviser, *addresses)
    assert answer.status_code == 409
    assert "undone already" in Page(answer).text


# --- use -----------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_concept_says_who_has_it(adviser: Reader, session: Session) -> None:
    carriers = session.scalar(select(func.count()).where(PracticeConcept.concept_id == "themes/online-hate"))
    page = adviser.read(f"{DESK}/themes/online-hate")
    assert f"{carriers} practices have it" in page.text
    assert "/en/practices?theme=online-hate" in page.addresses
    assert f"{carriers} practices" in adviser.read(f"{DESK}/themes/online-hate/practices").text


def test_only_those_who_keep_the_vocabularies_see_the_desk(module_library: Flask) -> None:
    contributor = signed_in(module_library, Role.CONTRIBUTOR, email="not-words@example.org")
    contributor.read(DESK, 403)
