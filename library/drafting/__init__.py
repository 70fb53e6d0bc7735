"""A submission in the making: its steps, its fields as form and as document, and saving that loses nothing."""
