"""How well search finds what people ask for: our own test set, the measures, and a plain reference to beat.

``judgements`` and ``metrics`` know nothing of the product; ``own`` and ``sets`` ask it.
"""
