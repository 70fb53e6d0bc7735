"""What a receiver does with mail: stop it with one click, and, in a demo, read it."""
