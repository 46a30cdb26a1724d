"""Rules of people: who may do what, who acts, how the audit trail is sealed."""
