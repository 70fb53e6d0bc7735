"""The tables. One thought a file; import from here."""

from library.models.account import Account, Role, ServerSession, account_role
from library.models.base import Base, now
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
from library.models.index_job import IndexJob
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
from library.models.revision import Revision
from library.models.setting import Setting

__all__ = [
    "Account",
    "Base",
    "Concept",
    "ConceptLabel",
    "ConceptNote",
    "ConceptRelation",
    "ConceptScheme",
    "Evaluation",
    "Event",
    "IndexJob",
    "KnowledgeGrade",
    "LabelKind",
    "Material",
    "Membership",
    "Organisation",
    "Practice",
    "PracticeAgency",
    "PracticeConcept",
    "PracticeOrganisation",
    "PracticePlace",
    "PracticeText",
    "Recognition",
    "RelationKind",
    "Revision",
    "Role",
    "ServerSession",
    "Setting",
    "Source",
    "account_role",
    "now",
]
