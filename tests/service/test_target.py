"""What a person may name on the command line."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.hrana.url import DatabaseUrl
from turso_tui.service.target import AccountTarget, FileTarget, parse_target


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_database_of_an_account() -> None:
    assert parse_target(" acme/agent-0001 ") == AccountTarget("acme", "agent-0001")


def test_a_url() -> None:
    assert parse_target("libsql://app-acme.turso.io") == DatabaseUrl("https://app-acme.turso.io", "app-acme.turso.io")


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "app.db").touch()
    assert parse_target("app.db") == FileTarget(Path("app.db"))


def test_a_file_wins_over_a_database_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "app").touch()
    assert parse_target("acme/app") == FileTarget(Path("acme/app"))


def test_the_home_of_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "app.db").touch()
    assert parse_target("~/app.db") == FileTarget(tmp_path / "app.db")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty"),
        (" ", "empty"),
        (".", "is a folder"),
        ("missing.db", "no file"),
        ("acme/app/more", "no file"),
        ("acme/Not A Name", "no file"),
        ("postgres://host/db", "postgres:// is not"),
        ("libsql://host?user=me", "takes only"),
        ("~nobody-of-that-name/app.db", "can be no file"),
        ("x" * 5000, "can be no file"),
    ],
)
def test_what_is_wrong_with_a_target_is_said(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_target(text)


@given(st.text())
def test_any_text_is_a_target_or_refused(text: str) -> None:
    with suppress(InputError):
        assert isinstance(parse_target(text), AccountTarget | DatabaseUrl | FileTarget)


def test_a_file_url_as_the_official_clients_write_it_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "local.db").touch()

    assert parse_target(f"file:{tmp_path}/local.db") == FileTarget(tmp_path / "local.db")
