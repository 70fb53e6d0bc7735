"""``python -m index.words``: compile the dictionaries ahead of their first use."""

from index.words.keeping import table
from index.words.languages import LANGUAGES

for language in LANGUAGES:
    table(language)
