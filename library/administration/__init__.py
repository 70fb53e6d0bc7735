"""People, roles, organisations, invitations, and the audit."""
