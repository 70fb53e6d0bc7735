"""The tables. One thought a file; import from here."""

from library.models.account import (
    Account,
    Identity,
    Invitation,
    Passkey,
    Role,
    ServerSession,
    account_organisation,
    account_role,
    plain_address,
)
from library.models.attachment import Attachment
from library.models.audit import AuditEntry
from library.models.base import Base, now, today
from library.models.batch import Batch, BatchRow
from library.models.collection import (
    Collection,
    CollectionChange,
    CollectionCurator,
    CollectionItem,
    CollectionSection,
    CollectionText,
)
from library.models.concept import (
    Concept,
    ConceptLabel,
    ConceptNote,
    ConceptRelation,
    ConceptScheme,
    LabelKind,
    RelationKind,
)
from library.models.event import Event
from library.models.evidence import Evaluation, KnowledgeGrade, Recognition
from library.models.exchange import Adoption, Call
from library.models.index_job import IndexJob
from library.models.mail import Mail, Notice
from library.models.material import Material, Source
from library.models.organisation import Membership, Organisation
from library.models.practice import (
    Practice,
    PracticeAgency,
    PracticeConcept,
    PracticeOrganisation,
    PracticePlace,
)
from library.models.practice_text import PracticeText
from library.models.review import Assessment, Comment, Opinion
from library.models.revision import Revision
from library.models.setting import Setting
from library.models.submission import (
    KeptEdit,
    Submission,
    SubmissionAuthor,
    SubmissionEvent,
    SubmissionRound,
)
from library.models.tally import ConceptTally, ReadTally, SearchTally
from library.models.upkeep import Claim, PracticeAuthor, Reminder
from library.models.vocabulary_change import ConceptChange, ConceptSuggestion

__all__ = [
    "Account",
    "Adoption",
    "Assessment",
    "Attachment",
    "AuditEntry",
    "Base",
    "Batch",
    "BatchRow",
    "Call",
    "Claim",
    "Collection",
    "CollectionChange",
    "CollectionCurator",
    "CollectionItem",
    "CollectionSection",
    "CollectionText",
    "Comment",
    "Concept",
    "ConceptChange",
    "ConceptLabel",
    "ConceptNote",
    "ConceptRelation",
    "ConceptScheme",
    "ConceptSuggestion",
    "ConceptTally",
    "Evaluation",
    "Event",
    "Identity",
    "IndexJob",
    "Invitation",
    "KeptEdit",
    "KnowledgeGrade",
    "LabelKind",
    "Mail",
    "Material",
    "Membership",
    "Notice",
    "Opinion",
    "Organisation",
    "Passkey",
    "Practice",
    "PracticeAgency",
    "PracticeAuthor",
    "PracticeConcept",
    "PracticeOrganisation",
    "PracticePlace",
    "PracticeText",
    "ReadTally",
    "Recognition",
    "RelationKind",
    "Reminder",
    "Revision",
    "Role",
    "SearchTally",
    "ServerSession",
    "Setting",
    "Source",
    "Submission",
    "SubmissionAuthor",
    "SubmissionEvent",
    "SubmissionRound",
    "account_organisation",
    "account_role",
    "now",
    "plain_address",
    "today",
]
