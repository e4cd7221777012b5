"""The terminal home of a Turso (libSQL) account."""

__version__ = "0.1.0"
