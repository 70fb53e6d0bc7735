"""What advisers do: queues, comments, checklist, decisions."""
