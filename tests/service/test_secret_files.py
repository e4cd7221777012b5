"""A secret leaves the program only into a file that its owner alone can read."""

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokens import samples
from turso_tui.errors import InputError, StorageError
from turso_tui.service.secret_files import SecretFormat, save_secret
from turso_tui.tokens import DatabaseToken, PlatformToken

DATABASE = DatabaseToken(samples.DATABASE)
PLATFORM = PlatformToken(samples.UNRESTRICTED)
URL = "libsql://app-acme.turso.io"
FORMATS = pytest.mark.parametrize("format", SecretFormat)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("token", "format", "url", "written"),
    [
        (DATABASE, SecretFormat.PLAIN, URL, f"{samples.DATABASE}\n"),
        (DATABASE, SecretFormat.ENV, URL, f"TURSO_DATABASE_URL={URL}\nTURSO_AUTH_TOKEN={samples.DATABASE}\n"),
        (DATABASE, SecretFormat.ENV, "", f"TURSO_AUTH_TOKEN={samples.DATABASE}\n"),
        (PLATFORM, SecretFormat.ENV, "", f"TURSO_API_TOKEN={samples.UNRESTRICTED}\n"),
    ],
)
def test_each_format_holds_what_a_program_needs(
    tmp_path: Path, token: DatabaseToken | PlatformToken, format: SecretFormat, url: str, written: str
) -> None:
    save_secret(tmp_path / "secret", token, format, url=url)
    assert (tmp_path / "secret").read_text() == written


def test_json_says_what_it_opens_and_until_when(tmp_path: Path) -> None:
    save_secret(tmp_path / "a.json", DATABASE, SecretFormat.JSON, url=URL)
    expected = {"url": URL, "token": samples.DATABASE, "expires_at": "2026-09-21T14:23:20Z"}
    assert json.loads((tmp_path / "a.json").read_text()) == expected
    save_secret(tmp_path / "b.json", PLATFORM, SecretFormat.JSON)
    assert json.loads((tmp_path / "b.json").read_text()) == {"token": samples.UNRESTRICTED}


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_what_was_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, secret: str) -> None:
    directory = tmp_path_factory.mktemp("any")
    save_secret(directory / "plain", DatabaseToken(secret), SecretFormat.PLAIN)
    assert (directory / "plain").read_text() == f"{secret}\n"
    save_secret(directory / "json", PlatformToken(secret), SecretFormat.JSON)
    assert json.loads((directory / "json").read_text())["token"] == secret


@FORMATS
def test_only_its_owner_can_read_it_and_nothing_else_is_left(tmp_path: Path, format: SecretFormat) -> None:
    before = os.umask(0)
    try:
        save_secret(tmp_path / "secret", DATABASE, format, url=URL)
    finally:
        os.umask(before)
    assert mode(tmp_path / "secret") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@FORMATS
def test_it_is_never_readable_by_others_while_it_is_written(
    tmp_path: Path, format: SecretFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    real = os.fsync

    def look(descriptor: int) -> None:
        modes.extend(mode(path) for path in tmp_path.iterdir())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    save_secret(tmp_path / "secret", DATABASE, format)
    assert modes
    assert set(modes) == {0o600}


@FORMATS
def test_what_is_there_is_not_overwritten_unless_that_was_meant(tmp_path: Path, format: SecretFormat) -> None:
    path = tmp_path / "secret"
    path.write_text("my only poem\n")
    path.chmod(0o644)
    with pytest.raises(InputError, match="already there"):
        save_secret(path, DATABASE, format)
    assert path.read_text() == "my only poem\n"
    save_secret(path, DATABASE, format, overwrite=True)
    assert samples.DATABASE in path.read_text()
    assert "poem" not in path.read_text()
    assert mode(path) == 0o600


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_file_of_variables_keeps_its_other_lines(tmp_path: Path, overwrite: bool) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"# caf\xe9\nPORT=3000\nTURSO_AUTH_TOKEN=old\nTURSO_DATABASE_URL=libsql://old\nLAST=1")
    path.chmod(0o644)
    save_secret(path, DATABASE, SecretFormat.ENV, url=URL, overwrite=overwrite)
    lines = path.read_bytes().split(b"\n")
    assert lines[:2] == [b"# caf\xe9", b"PORT=3000"]
    assert lines[2:4] == [f"TURSO_AUTH_TOKEN={samples.DATABASE}".encode(), f"TURSO_DATABASE_URL={URL}".encode()]
    assert lines[4:] == [b"LAST=1"]
    assert mode(path) == 0o600


def test_both_kinds_of_token_live_in_one_file(tmp_path: Path) -> None:
    save_secret(tmp_path / ".env", DATABASE, SecretFormat.ENV, url=URL)
    save_secret(tmp_path / ".env", PLATFORM, SecretFormat.ENV)
    assert len((tmp_path / ".env").read_text().splitlines()) == 3


def test_a_large_file_is_no_file_of_variables(tmp_path: Path) -> None:
    (tmp_path / "big.env").write_text("A=1\n" * 100_000)
    with pytest.raises(InputError, match="no file of variables"):
        save_secret(tmp_path / "big.env", DATABASE, SecretFormat.ENV)


def test_a_link_of_ones_own_stays_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / ".env").write_text("PORT=1\n")
    (tmp_path / "link").symlink_to(tmp_path / "real" / ".env")
    save_secret(tmp_path / "link", DATABASE, SecretFormat.ENV)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / ".env").read_text() == f"PORT=1\nTURSO_AUTH_TOKEN={samples.DATABASE}\n"


def test_the_link_of_another_user_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    with pytest.raises(InputError, match="another user"):
        save_secret(tmp_path / "link", DATABASE, SecretFormat.PLAIN)
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_no_file_is_said_to_be_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "pipe", "not a file"), (Path("a\0b"), "path of a file")):
        with pytest.raises(InputError, match=words):
            save_secret(path, DATABASE, SecretFormat.PLAIN, overwrite=True)


def test_a_place_that_cannot_be_written_is_one_sentence_without_the_secret(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "file").touch()
    for name in ("none/secret", "circle", "file/secret", "x" * 300):
        with pytest.raises(StorageError, match="cannot be saved") as caught:
            save_secret(tmp_path / name, DATABASE, SecretFormat.PLAIN)
        assert samples.DATABASE not in str(caught.value)


def test_a_disk_that_fills_up_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    path.write_text("PORT=1\n")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        save_secret(path, DATABASE, SecretFormat.ENV)
    assert path.read_text() == "PORT=1\n"
    assert [each.name for each in tmp_path.iterdir()] == [".env"]
