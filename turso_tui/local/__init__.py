"""A Turso-compatible server on loopback: the Platform API and SQL over HTTP, one SQLite file for a database."""
