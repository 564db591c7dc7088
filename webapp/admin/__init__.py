"""What an administrator looks after: users, settings, imports, the audit trail."""
