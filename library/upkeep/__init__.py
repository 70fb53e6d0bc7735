"""Keeping published practices true: yearly confirmation, reminders, stale practices, claims by owners."""
