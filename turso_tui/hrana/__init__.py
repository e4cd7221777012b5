"""SQL over HTTP: Hrana's values, messages, pipelines and cursors."""
