"""Who curates a collection."""

from __future__ import annotations

from flask_babel import gettext
from sqlalchemy.orm import Session

from library.curation.services import hold, record
from library.errors import NotFound, NotPermitted, Overtaken
from library.mail import MailKind, notify
from library.models import Account, Collection, CollectionCurator
from library.permissions import Permission, permits, roles_of


def invite(session: Session, collection: Collection, person: Account, *, actor: Account) -> None:
    """Let an adviser curate a collection too, and tell them.

    :raises NotPermitted: if their role does not let them curate.
    :raises Overtaken: if they do already.
    """
    collection = hold(session, collection, actor=actor)
    if not (person.active and permits(roles_of(person), Permission.CURATE_COLLECTIONS)):
        raise NotPermitted("they may not curate")
    if any(curator.account_id == person.id for curator in collection.curators):
        raise Overtaken(gettext("%(name)s curates this collection already.", name=person.name))
    collection.curators.append(CollectionCurator(account=person))
    record(session, collection, "add-curator", actor=actor)
    if person.id != actor.id:
        title = collection.text_in(person.language).title
        path = f"/curate/collections/{collection.id}"
        notify(session, MailKind.CURATOR_ADDED, person, path=path, title=title, actor=actor.name)


def take_out(session: Session, collection: Collection, account_id: int, *, actor: Account) -> None:
    """End that somebody curates a collection, or oneself does; one always stays.

    :raises NotFound: if they do not curate it.
    :raises Overtaken: if nobody would be left.
    """
    collection = hold(session, collection, actor=actor)
    curator = next((each for each in collection.curators if each.account_id == account_id), None)
    if curator is None:
        raise NotFound(str(account_id))
    if len(collection.curators) == 1:
        raise Overtaken(gettext("A collection keeps at least one curator. Add another first."))
    collection.curators.remove(curator)
    record(session, collection, "remove-curator", actor=actor)
