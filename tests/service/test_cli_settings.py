"""The settings file of an installed Turso CLI, as it writes it; ours to read only."""

import json
from pathlib import Path

import pytest

from tests.tokens import samples
from turso_tui.errors import StorageError, TokenRejected
from turso_tui.service.cli_settings import CliSignIn, cli_settings_path, read_cli_sign_in
from turso_tui.tokens import PlatformToken


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "turso").mkdir()
    return tmp_path / "turso"


def read(folder: Path, now: float = samples.NOW) -> CliSignIn | None:
    return read_cli_sign_in({"TURSO_CONFIG_FOLDER": str(folder)}, now=now)


def write(folder: Path, settings: object) -> Path:
    path = folder / "settings.json"
    path.write_text(json.dumps(settings))
    return path


def test_what_the_cli_knows_is_taken_over(folder: Path) -> None:
    path = write(
        folder,
        {
            "token": samples.SESSION,
            "username": "ada",
            "organization": "acme",
            "baseurl": "https://api.example/",
            "config": {"autoupdate": "on"},
            "cache": {"database_token": {"id": {"data": "secret"}}},
        },
    )
    assert read(folder) == CliSignIn(PlatformToken(samples.SESSION), "ada", "acme", "https://api.example", path)


def test_names_are_read_in_any_case_and_most_of_them_may_be_missing(folder: Path) -> None:
    write(folder, {"Token": samples.SESSION, "UserName": "ada"})
    found = read(folder)
    assert found is not None
    assert (found.username, found.organization, found.base_url) == ("ada", "", "")


@pytest.mark.parametrize("settings", [{}, {"token": ""}, {"token": " "}, {"token": 5}, [], "text"])
def test_without_a_token_nobody_is_signed_in(folder: Path, settings: object) -> None:
    write(folder, settings)
    assert read(folder) is None


def test_without_a_file_nobody_is_signed_in(folder: Path) -> None:
    assert read(folder) is None


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe"])
def test_a_damaged_file_is_reported_and_left_as_it_is(folder: Path, raw: bytes) -> None:
    path = folder / "settings.json"
    path.write_bytes(raw)
    with pytest.raises(StorageError, match="it is no JSON"):
        read(folder)
    assert path.read_bytes() == raw
    assert list(folder.iterdir()) == [path]


def test_a_file_that_cannot_be_read_is_reported(folder: Path) -> None:
    (folder / "settings.json").mkdir()
    with pytest.raises(StorageError, match="Is a directory"):
        read(folder)


@pytest.mark.parametrize(
    ("token", "words"),
    [(samples.EXPIRED_SESSION, "expired on"), (samples.DATABASE, "database token"), ("x y", "token")],
)
def test_a_token_that_is_of_no_use_is_said_to_be(folder: Path, token: str, words: str) -> None:
    write(folder, {"token": token})
    with pytest.raises(TokenRejected, match="is of no use") as caught:
        read(folder)
    assert words in str(caught.value)
    assert token not in str(caught.value)


def test_the_secret_is_not_shown(folder: Path) -> None:
    write(folder, {"token": samples.SESSION})
    assert samples.SESSION not in repr(read(folder))


@pytest.mark.parametrize(
    ("environment", "platform", "path"),
    [
        ({"HOME": "/home/ada"}, "linux", "/home/ada/.config/turso/settings.json"),
        ({"HOME": "/home/ada", "XDG_CONFIG_HOME": "/etc/ada"}, "linux", "/etc/ada/turso/settings.json"),
        ({"HOME": "/Users/ada"}, "darwin", "/Users/ada/Library/Application Support/turso/settings.json"),
        ({"HOME": "/c", "APPDATA": "/c/Roaming"}, "win32", "/c/Roaming/turso/settings.json"),
        ({"HOME": "/home/ada", "TURSO_CONFIG_FOLDER": "/opt/turso"}, "linux", "/opt/turso/settings.json"),
    ],
)
def test_where_it_is(environment: dict[str, str], platform: str, path: str) -> None:
    assert cli_settings_path(environment, platform) == Path(path)
