"""Search beside other engines: the same corpus, the same questions, one run. ``python -m benchmarks.search``.

Every engine gets the same terms, those of the library's own analysis, so that it finds the same documents, which is
checked before anything is timed. Each is asked by the means it offers for the work, in one process with one thread.
"""
