"""From what a reader typed to what must be looked up: concepts, languages, spellings, clauses. Reads no index."""
