"""SQL text to facts: tokens, statements, names. Nothing here runs SQL."""
