"""The vocabularies: reading and writing SKOS."""
