"""From what must be looked up to what is found: matching, scores, order and why. Knows one state of the index."""
