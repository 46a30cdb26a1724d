"""Users, organisations, roles, the audit trail."""
