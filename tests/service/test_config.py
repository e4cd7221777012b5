"""What stands in config.toml, and what is said about what cannot."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError, StorageError
from turso_tui.platform.tokens import expiration_text
from turso_tui.service.config import Config, HistoryConfig, TokenConfig, WriterConfig, load_config, parse_span


def config(directory: Path, text: str) -> Config:
    path = directory / "config.toml"
    path.write_text(text)
    return load_config(path)


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml") == Config(
        "auto", TokenConfig(timedelta(minutes=15), timedelta(minutes=5), 10)
    )


def test_the_history_can_be_bounded_and_turned_off(tmp_path: Path) -> None:
    assert config(tmp_path, "[history]\nkeep = false\nentries = 500\n").history == HistoryConfig(False, 500)


def test_how_long_a_writer_waits_can_be_set(tmp_path: Path) -> None:
    written = config(tmp_path, '[writer]\nwait = "10m"\nbusy = "5s"\n')
    assert written.writer == WriterConfig(timedelta(minutes=10), timedelta(seconds=5))
    with pytest.raises(InputError, match=r"writer\.busy"):
        config(tmp_path, '[writer]\nbusy = "soon"\n')


def test_an_empty_file_is_the_same(tmp_path: Path) -> None:
    assert config(tmp_path, "") == Config()


def test_everything_can_be_set(tmp_path: Path) -> None:
    written = 'vault = "keyring"\n[tokens]\nread_lifetime = "1h30m"\nwrite_lifetime = "45s"\ngroup_from = 3\n'
    assert config(tmp_path, written) == Config(
        "keyring", TokenConfig(timedelta(hours=1, minutes=30), timedelta(seconds=45), 3)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('vault = "cloud"', "cloud"),
        ('valut = "file"', "valut"),
        ("vault = ", "Invalid value"),
        ('[tokens]\nread_lifetime = "soon"', "tokens.read_lifetime: “soon” is no span of time"),
        ('[tokens]\nwrite_lifetime = "0s"', "tokens.write_lifetime"),
        ("[tokens]\nread_lifetime = 900", "read_lifetime"),
        ("[tokens]\ngroup_from = 0", "group_from is less than 1"),
        ("[history]\nentries = 0", "history.entries is less than 1"),
        ("[cost]\nscan_rows = 0", "cost.scan_rows is less than 1"),
        ("[history]\nkept = true", "kept"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_file(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=r"config\.toml cannot be used") as caught:
        config(tmp_path, text)
    assert words in str(caught.value)


def test_a_file_of_other_bytes_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be used"):
        load_config(tmp_path / "config.toml")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(StorageError, match="cannot be read: Is a directory"):
        load_config(tmp_path / "config.toml")


@given(st.integers(1, 10**8))
def test_a_span_is_read_as_the_api_writes_it(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert parse_span(expiration_text(span)) == span


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with suppress(InputError):
        assert parse_span(text) > timedelta()


def test_keys_of_the_editor(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[editor]\nkeys = "vim"\n')
    assert load_config(path).editor.keys == "vim"
    path.write_text('[editor]\nkeys = "emacs"\n')
    with pytest.raises(InputError, match="editor"):
        load_config(path)
