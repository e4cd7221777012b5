"""How the rows of a comparison say what became of them: light enough to be known before the first paint."""

ADDED, REMOVED, CHANGED = "+", "-", "~"
"""In the first column."""

BETWEEN = ", "
"""Between the names of the columns that changed, in the second."""
