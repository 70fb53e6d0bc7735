"""How each route decides, once the role has let somebody through: one rule an endpoint.

A rule says what a situation adds; ``matrix`` asks every route in every situation and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from library.choices import Role

IN, SIGN_IN, FORBIDDEN, MISSING, GONE, BROKEN = "in", "sign in", "403", "404", "410", "broken"
REVIEWERS = {Role.ADVISER, Role.ADMINISTRATOR}

Facts = Collection[str]
Rule = Callable[[Facts, Role], str]


def there(facts: Facts, _role: Role) -> str:
    return IN if "there" in facts else MISSING


def _author(facts: Facts, _role: Role) -> str:
    """What is being written is nobody else's business, advisers' neither."""
    return IN if "own" in facts else MISSING


def _editor(facts: Facts, _role: Role) -> str:
    if "own" not in facts:
        return MISSING
    return IN if "editable" in facts else FORBIDDEN


def _part_of(rule: Rule) -> Rule:
    """A part is found in its own submission only."""
    return lambda facts, role: MISSING if "other part" in facts else rule(facts, role)


def _desk(facts: Facts, _role: Role) -> str:
    """Advisers see what was sent in."""
    return IN if "desk" in facts else MISSING


def _decider(facts: Facts, _role: Role) -> str:
    """Nobody decides on their own work or that of their organisation."""
    if "desk" not in facts:
        return MISSING
    return FORBIDDEN if "partial" in facts else IN


def _shown(facts: Facts, _role: Role) -> str:
    """The public sees what is published or archived, and a tombstone."""
    return IN if "there" in facts else GONE if "erased" in facts else MISSING


def _reporter(facts: Facts, role: Role) -> str:
    """What is archived takes no new reports."""
    return _shown(facts, role) if "archived" not in facts else FORBIDDEN


def _still(facts: Facts, role: Role) -> str:
    """There is no report in this world that one could say still holds."""
    return MISSING if "published" in facts else _reporter(facts, role)


def _town(facts: Facts, role: Role) -> str:
    """A municipality's own page is its people's, and advisers'."""
    if "there" not in facts:
        return MISSING
    return IN if "own" in facts or role in REVIEWERS else FORBIDDEN


def _others(facts: Facts, _role: Role) -> str:
    """Nobody changes their own standing."""
    if "there" not in facts:
        return MISSING
    return FORBIDDEN if "own" in facts else IN


def _sender(facts: Facts, _role: Role) -> str:
    """Whoever sent a table confirms it: their organisations were looked at."""
    if "there" not in facts:
        return MISSING
    return IN if "own" in facts else FORBIDDEN


def _published(facts: Facts, _role: Role) -> str:
    return IN if "published" in facts else MISSING


def _published_once(facts: Facts, role: Role) -> str:
    """What was public and is archived says so at its address."""
    return GONE if "archived" in facts else _published(facts, role)


def _owner(facts: Facts, role: Role) -> str:
    return _published(facts, role) if "own" in facts or "published" not in facts else FORBIDDEN


def _reviser(facts: Facts, role: Role) -> str:
    """Owners revise, and advisers."""
    return _published(facts, role) if role in REVIEWERS else _owner(facts, role)


def _claimant(facts: Facts, role: Role) -> str:
    """Nobody claims what is theirs already."""
    return FORBIDDEN if "own" in facts else _published(facts, role)


def _kept_for_ever(facts: Facts, _role: Role) -> str:
    """Even of an erased practice the number leads to its tombstone."""
    return IN if {"there", "erased"} & set(facts) else MISSING


def _unsent(facts: Facts, _role: Role) -> str:
    """What an adviser has seen is withdrawn, never deleted."""
    if "own" not in facts:
        return MISSING
    return IN if "editable" in facts and "desk" not in facts else FORBIDDEN


def _curator(facts: Facts, role: Role) -> str:
    """Curators change what is theirs, and administrators where nobody else can."""
    if "there" not in facts:
        return MISSING
    return IN if "own" in facts or role is Role.ADMINISTRATOR else FORBIDDEN


def _first(facts: Facts, _role: Role) -> str:
    """Whoever began it stays."""
    return FORBIDDEN if "own" in facts else MISSING


def _nothing(_facts: Facts, _role: Role) -> str:
    """There is nothing without what leads here: a provider's answer, or a mailbox of development."""
    return MISSING


def _file(facts: Facts, role: Role) -> str:
    """Published files are everybody's; others are for authors, and for advisers once they were sent in."""
    return IN if {"public", "own"} & set(facts) or ("desk" in facts and role in REVIEWERS) else MISSING


def _invitation(facts: Facts, role: Role) -> str:
    if "there" not in facts:
        return MISSING
    return FORBIDDEN if "high" in facts and role is Role.ADVISER else IN


RULES: dict[str, tuple[str, Rule]] = {
    **dict.fromkeys(
        (
            "accounts.arrive",
            "accounts.arrive_post",
            "accounts.link",
            "accounts.link_post",
            "mailbox.anywhere",
            "mailbox.index",
        ),
        ("none", _nothing),
    ),
    "accounts.own_sign_in": ("name", there),
    "accounts.remove_passkey": ("passkey", there),
    **dict.fromkeys(
        (
            "accounts.accept_invitation",
            "accounts.confirm",
            "accounts.confirm_email",
            "accounts.confirm_email_post",
            "accounts.confirm_post",
            "accounts.invitation",
            "accounts.invitation_post",
            "accounts.reset",
            "accounts.reset_post",
            "mailbox.stop",
            "mailbox.stop_post",
            "upkeep.confirm",
            "upkeep.confirm_post",
            "upkeep.ended",
        ),
        ("token", there),
    ),
    **dict.fromkeys(
        (
            "administration.activate",
            "administration.end_sessions",
            "administration.grant_role",
            "administration.join_organisation",
            "administration.leave_organisation",
            "administration.person",
            "administration.take_role",
        ),
        ("person", there),
    ),
    "administration.deactivate": ("person", _others),
    "administration.reset_second_factor": ("person", _others),
    "administration.organisation": ("organisation", there),
    "administration.change_organisation": ("organisation", there),
    "administration.revoke": ("invitation", _invitation),
    "administration.send_again": ("invitation", _invitation),
    **dict.fromkeys(
        ("calls.call", "calls.close", "calls.edit", "calls.edit_post", "calls.reopen"),
        ("call", there),
    ),
    "catalogue.agency": ("agency", there),
    "catalogue.municipality": ("municipality", there),
    "lists.of_agency": ("agency", there),
    "lists.of_municipality": ("municipality", there),
    "lists.practices": ("list", there),
    "concepts.concept": ("concept", there),
    "concepts.concept_file": ("concept", there),
    "concepts.scheme": ("vocabulary", there),
    "concepts.scheme_file": ("vocabulary", there),
    "vocabularies.concept": ("concept", there),
    **dict.fromkeys(
        (
            "words.check_import",
            "words.confirm_import",
            "words.discard_import",
            "words.import_batch",
            "words.undo_import",
        ),
        ("vocabulary import", there),
    ),
    "vocabularies.scheme": ("vocabulary", there),
    **dict.fromkeys(
        ("words.add", "words.addition", "words.history", "words.missing", "words.scheme"),
        ("vocabulary", there),
    ),
    **dict.fromkeys(
        (
            "words.concept",
            "words.deprecate",
            "words.deprecation",
            "words.merge",
            "words.merger",
            "words.move",
            "words.place",
            "words.practices",
            "words.relate",
            "words.relations",
            "words.restore",
            "words.say",
            "words.unrelate",
            "words.words",
        ),
        ("concept", there),
    ),
    "words.undo": ("word change", there),
    "words.answer": ("suggested word", there),
    "words.suggested": ("suggested word", there),
    **dict.fromkeys(
        ("batches.batch", "batches.discard", "batches.messages", "batches.progress", "batches.row", "batches.undo"),
        ("batch", there),
    ),
    "batches.check": ("batch", _sender),
    "batches.confirm": ("batch", _sender),
    "catalogue.practice": ("practice", _shown),
    "exchange.adopters": ("practice", _shown),
    "exchange.municipality": ("town", _town),
    "exchange.municipality_table": ("town", _town),
    "exchange.report": ("practice", _shown),
    "exchange.report_post": ("practice", _reporter),
    "exchange.still": ("practice", _still),
    "exchange.take_down": ("report", there),
    "exchange.take_down_post": ("report", there),
    "exchange.uses": ("municipality", there),
    "exchange.withdraw": ("practice", _reporter),
    "collections.collection": ("public collection", _published_once),
    **dict.fromkeys(("collections.card", "collections.file"), ("public collection", _published)),
    **dict.fromkeys(
        ("curation.changes", "curation.compare", "curation.preview"),
        ("curated collection", there),
    ),
    **dict.fromkeys(
        (
            "curation.add_section",
            "curation.archive",
            "curation.archiving",
            "curation.collection",
            "curation.curators",
            "curation.delete",
            "curation.deletion",
            "curation.invite",
            "curation.new_section",
            "curation.publish",
            "curation.reorder",
            "curation.restore",
            "curation.text",
            "curation.write_text",
        ),
        ("curated collection", _curator),
    ),
    **dict.fromkeys(
        (
            "curation.bring_back",
            "curation.item",
            "curation.place",
            "curation.remove_curator",
            "curation.remove_item",
            "curation.remove_section",
            "curation.section",
            "curation.write_note",
            "curation.write_section",
        ),
        ("curated collection", _part_of(_curator)),
    ),
    "files.download": ("file", _file),
    "history.archive": ("practice", _shown),
    "history.compare": ("practice", _shown),
    "history.erase": ("practice", _shown),
    "history.erasure": ("practice", _shown),
    "history.restore": ("practice", _shown),
    "history.revision": ("practice", _shown),
    "history.revisions": ("practice", _shown),
    "history.state": ("practice", _shown),
    "mailbox.letter": ("name", there),
    "permanent.by_identifier": ("practice-id", _kept_for_ever),
    "returning.own_sign_in_back": ("name", there),
    **dict.fromkeys(
        ("review.people", "review.submission", "review.comment"),
        ("submission", _desk),
    ),
    "review.reply": ("submission", _part_of(_desk)),
    **dict.fromkeys(
        (
            "review.ask",
            "review.assess",
            "review.assessment",
            "review.assign",
            "review.bring_up_to_date",
            "review.decide",
            "review.decision",
            "review.due",
            "review.give_back",
            "review.take",
        ),
        ("submission", _decider),
    ),
    **dict.fromkeys(
        ("review.answer", "review.reopen", "review.resolve"),
        ("submission", _part_of(_decider)),
    ),
    **dict.fromkeys(
        (
            "submissions.authors",
            "submissions.check",
            "submissions.check_post",
            "submissions.files",
            "submissions.overview",
            "submissions.own_part",
            "submissions.preview",
            "submissions.confirm",
            "submissions.invite",
            "submissions.withdraw",
            "submissions.withdrawal",
        ),
        ("submission", _author),
    ),
    **dict.fromkeys(
        (
            "submissions.add_files",
            "submissions.edit",
            "submissions.edit_post",
            "submissions.files_post",
            "submissions.reopen",
        ),
        ("submission", _editor),
    ),
    "submissions.conflict_post": ("submission", _part_of(_editor)),
    "submissions.delete": ("submission", _unsent),
    "submissions.deletion": ("submission", _unsent),
    "submissions.leave": ("submission", _first),
    "submissions.remove": ("submission", _part_of(_first)),
    "submissions.remove_file": ("submission", _editor),
    **dict.fromkeys(
        (
            "submissions.conflict",
            "submissions.reply",
            "submissions.resend",
            "submissions.revoke",
        ),
        ("submission", _part_of(_author)),
    ),
    "submissions.revise": ("practice", _reviser),
    "submissions.suggest": ("name", there),
    "upkeep.answer": ("claim", there),
    "upkeep.answer_post": ("claim", _others),
    "upkeep.claim": ("practice", _published),
    "upkeep.claim_post": ("practice", _claimant),
    "upkeep.confirm_own": ("practice", _owner),
    "upkeep.confirm_own_post": ("practice", _owner),
    "upkeep.ended_own": ("practice", _owner),
    "upkeep.remind": ("practice-id", _published),
    "upkeep.word": ("practice-id", _published),
    "upkeep.word_post": ("practice-id", _published),
}
