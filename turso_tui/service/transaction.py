"""A transaction on a SQLite file that ends well, also when SQLite has ended it itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw


@contextmanager
def transaction(connection: apsw.Connection, *, immediate: bool = False) -> Iterator[None]:
    """Commit at the end, roll back on any error.

    APSW's own context manager rolls back without looking, and so hides the error of a full disk, which makes SQLite
    roll back by itself, behind one about a missing transaction.
    """
    connection.execute("BEGIN IMMEDIATE" if immediate else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
