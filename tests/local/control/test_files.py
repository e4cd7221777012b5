"""Database files: made once, whole, and only while their database exists."""

import threading
from pathlib import Path

import apsw
import pytest

from turso_tui.errors import StorageError
from turso_tui.local.control.files import DatabaseFiles
from turso_tui.local.control.records import Configuration, Database

DATABASE = Database("d", "o", "g", "app", "app-you", "recipe", 0, Configuration())


class Recipes:
    """A builder that remembers what it was asked for."""

    def __init__(self) -> None:
        self.built: list[tuple[str, str]] = []
        self.rows: list[tuple[str, int]] = []

    def __call__(self, connection: apsw.Connection, recipe: str, name: str) -> None:
        self.built.append((recipe, name))
        connection.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)")


@pytest.fixture
def recipes() -> Recipes:
    return Recipes()


@pytest.fixture
def files(tmp_path: Path, recipes: Recipes) -> DatabaseFiles:
    return DatabaseFiles(tmp_path, recipes, lambda uuid, rows: recipes.rows.append((uuid, rows)))


def test_a_file_is_made_at_first_use_and_only_once(files: DatabaseFiles, recipes: Recipes) -> None:
    assert not files.exists("d")
    threads = [threading.Thread(target=files.make, args=(DATABASE,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recipes.built == [("recipe", "app")]
    assert recipes.rows == [("d", 2)]


def test_a_new_file_is_in_wal_mode_and_alone(files: DatabaseFiles, tmp_path: Path) -> None:
    path = files.make(DATABASE)
    assert list((tmp_path / "databases").iterdir()) == [path]
    connection = apsw.Connection(str(path))
    assert connection.pragma("journal_mode") == "wal"
    connection.close()


def test_storage_counts_what_is_still_in_the_log(files: DatabaseFiles) -> None:
    before = files.storage_bytes(DATABASE)
    connection = apsw.Connection(str(files.path("d")))
    connection.execute("CREATE TABLE big AS SELECT zeroblob(100000) AS x")
    assert files.storage_bytes(DATABASE) >= before + 100_000
    connection.close()


def test_a_branch_copies_what_is_committed_while_a_writer_is_busy(files: DatabaseFiles) -> None:
    writer = apsw.Connection(str(files.make(DATABASE)))
    writer.execute("INSERT INTO t VALUES (3); BEGIN IMMEDIATE; INSERT INTO t VALUES (4)")
    files.branch(DATABASE, "copy")
    writer.close()
    copy = apsw.Connection(str(files.path("copy")))
    assert [row[0] for row in copy.execute("SELECT x FROM t")] == [1, 2, 3]
    copy.close()


def test_a_removed_database_is_not_made_again(files: DatabaseFiles) -> None:
    files.make(DATABASE)
    files.remove("d")
    assert not files.exists("d")
    with pytest.raises(FileNotFoundError):
        files.make(DATABASE)


def test_a_file_that_cannot_be_made_says_so(files: DatabaseFiles, tmp_path: Path) -> None:
    (tmp_path / "databases" / "d.db.draft").mkdir()
    with pytest.raises(StorageError, match="cannot be made"):
        files.make(DATABASE)
