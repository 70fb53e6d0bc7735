"""The pages as their readers use them: what can be seen and done on each; whatever leads on returns the next page."""
