"""What is remembered between runs."""

from pathlib import Path

import pytest

from turso_tui.errors import StorageError
from turso_tui.service.settings import Settings, load_settings, save_settings


def test_what_is_saved_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    save_settings(path, Settings(theme="turso-light", organization="acme"))
    assert load_settings(path) == Settings(theme="turso-light", organization="acme")
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_nothing_saved_is_no_problem(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.json") == Settings()


def test_newer_and_older_versions_get_on(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "dim", "invented_later": [1]}')
    assert load_settings(path) == Settings(theme="dim")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"theme": 7}', b'{"theme": "\xff"}'])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(StorageError, match="cannot be read"):
        load_settings(path)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be saved"):
        save_settings(tmp_path / "file" / "settings.json", Settings())
