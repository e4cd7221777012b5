"""The account file: who may open it, and what it says when it cannot be used."""

import stat
from pathlib import Path

import apsw
import pytest

from turso_tui.errors import StorageError
from turso_tui.local.control.keys import KeyRing
from turso_tui.local.control.records import ApiToken, Group, Organization
from turso_tui.local.control.store import Account

YOU = Organization("o", "you", "You", type="personal", plan="starter")


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    account = Account(tmp_path / "account.db")
    account.add(YOU)
    account.close()
    again = Account(tmp_path / "account.db")
    assert again.find(Organization) == [YOU]
    again.close()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    account = Account(tmp_path / "account.db")
    assert stat.S_IMODE((tmp_path / "account.db").stat().st_mode) == 0o600
    account.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "account.db").write_bytes(b"not a database " * 100)
    with pytest.raises(StorageError, match="cannot be used: file is not a database"):
        Account(tmp_path / "account.db")


def test_a_directory_has_one_server(tmp_path: Path) -> None:
    account = Account(tmp_path / "account.db")
    with pytest.raises(StorageError, match="Another server is using"):
        Account(tmp_path / "account.db")
    account.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    account = Account(tmp_path / "account.db")

    def fail_half_way() -> None:
        with account.transaction():
            account.add(YOU)
            raise LookupError

    with pytest.raises(LookupError):
        fail_half_way()
    assert account.find(Organization) == []
    account.close()


def test_a_replaced_key_verifies_nothing_of_the_old_one(tmp_path: Path) -> None:
    account = Account(tmp_path / "account.db")
    keys = KeyRing(account)
    keys.create("group")
    token = keys.sign("group", {"id": "x"})
    assert keys.verify("group", token) == {"id": "x"}
    keys.create("group")
    assert keys.verify("group", token) is None
    account.close()


def as_before_scopes(path: Path) -> None:
    """Take the account file back to what the program wrote before its tables were versioned."""
    with apsw.Connection(str(path)) as connection:
        connection.pragma("user_version", 0)
        connection.execute("ALTER TABLE api_tokens DROP COLUMN group_uuid")
        connection.execute("ALTER TABLE api_tokens DROP COLUMN scopes")
        connection.execute("INSERT INTO api_tokens VALUES ('id', 'ci', 7, 'you')")
    connection.close()


def test_an_older_file_is_brought_up_to_date(tmp_path: Path) -> None:
    Account(tmp_path / "account.db").close()
    as_before_scopes(tmp_path / "account.db")
    for _ in range(2):
        account = Account(tmp_path / "account.db")
        assert account.find(ApiToken) == [ApiToken("id", "ci", 7, "you")]
        account.close()


def test_tokens_of_a_group_go_with_it(tmp_path: Path) -> None:
    Account(tmp_path / "account.db").close()
    as_before_scopes(tmp_path / "account.db")
    account = Account(tmp_path / "account.db")
    account.add(YOU, Group("g", "o", "default", "local"), ApiToken("narrow", "narrow", 7, "you", "g", ["read"]))
    account.run("DELETE FROM groups")
    assert [token.name for token in account.find(ApiToken)] == ["ci"]
    account.close()


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    Account(tmp_path / "account.db").close()
    with apsw.Connection(str(tmp_path / "account.db")) as connection:
        connection.pragma("user_version", 99)
    connection.close()
    with pytest.raises(StorageError, match="newer version"):
        Account(tmp_path / "account.db")
