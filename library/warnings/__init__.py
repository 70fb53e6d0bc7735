"""What authors should look at before they send a document in.

Pure: knows the template and no database, reads nothing from the network, and never refuses: authors may be right.
"""

from __future__ import annotations

from library.warnings.findings import PERSONAL_DATA, Code, Finding, digest_of
from library.warnings.reading import personal_in, warnings_of

__all__ = ["PERSONAL_DATA", "Code", "Finding", "digest_of", "personal_in", "warnings_of"]
