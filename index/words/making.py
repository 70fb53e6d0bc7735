"""The program that compiles the dictionary of one language: ``python -m index.words.making LANGUAGE FILE``."""

import sys
from collections.abc import Sequence
from pathlib import Path

from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from index.words.compiling import compile_language
from index.words.tables import write_table


def main(arguments: Sequence[str]) -> None:
    """Compile a dictionary into a file."""
    language, path = arguments
    dictionary = DefaultDictionaryFactory(cache_max_size=0).get_dictionary(language)
    write_table(Path(path), compile_language(language, dictionary))


if __name__ == "__main__":
    main(sys.argv[1:])
