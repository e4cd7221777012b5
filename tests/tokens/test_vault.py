"""Secrets in a file that only its owner can read, whatever happens to it."""

import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import StorageError
from turso_tui.tokens import FileVault

texts = st.text(st.characters(codec="utf-8"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "secrets.json"


def test_a_secret_is_remembered_for_the_next_run(path: Path) -> None:
    FileVault(path).put("platform:acme", "s3cret")
    assert FileVault(path).get("platform:acme") == "s3cret"
    assert FileVault(path).names() == ["platform:acme"]


def test_a_forgotten_secret_is_gone_from_the_disk(path: Path) -> None:
    vault = FileVault(path)
    vault.put("a", "s3cret")
    vault.forget("a")
    vault.forget("never there")
    assert vault.get("a") is None
    assert b"s3cret" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_only_the_owner_can_read_it(path: Path) -> None:
    FileVault(path).put("a", "s3cret")
    assert mode(path.parent) == 0o700
    assert {mode(file) for file in path.parent.iterdir()} == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    vault = FileVault(path)
    vault.put("a", "s3cret")
    path.chmod(0o644)
    vault.get("a")
    assert mode(path) == 0o600


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 1, "secrets": {"a": 1}}', b"\xff\xfe"])
def test_a_damaged_file_is_set_aside_and_reported_once(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    vault = FileVault(path, clock=lambda: 1_790_000_000.0)
    with pytest.raises(StorageError, match=r"secrets\.json\.corrupt-20260921T141320"):
        vault.get("a")
    (aside,) = path.parent.glob("*.corrupt-*")
    assert aside.read_bytes() == damage
    vault.put("a", "s3cret")
    assert vault.get("a") == "s3cret"


def test_a_damaged_file_is_not_overwritten_by_a_change(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"precious")
    with pytest.raises(StorageError):
        FileVault(path).put("a", "s3cret")
    (aside,) = path.parent.glob("*.corrupt-*")
    assert aside.read_bytes() == b"precious"


def test_a_file_of_a_later_version_stays_where_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"version": 2, "secrets": {}}')
    with pytest.raises(StorageError, match="another version"):
        FileVault(path).put("a", "s3cret")
    assert path.read_bytes() == b'{"version": 2, "secrets": {}}'


def test_an_unusable_place_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be used"):
        FileVault(tmp_path / "file" / "secrets.json").put("a", "s3cret")


def test_a_write_that_fails_leaves_the_old_secrets(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = FileVault(path)
    vault.put("a", "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space left"):
            vault.put("a", "new")
    assert vault.get("a") == "old"
    assert not list(path.parent.glob("*.new-*"))


def _remember(path: Path, name: str) -> None:
    vault = FileVault(path)
    for number in range(10):
        vault.put(f"{name}-{number}", "s3cret")


def test_two_programs_do_not_lose_each_others_secrets(path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    programs = [spawn.Process(target=_remember, args=(path, name)) for name in ("one", "two")]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    assert len(FileVault(path).names()) == 20


@given(texts, texts)
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, name: str, secret: str) -> None:
    vault = FileVault(tmp_path_factory.mktemp("vault") / "secrets.json")
    vault.put(name, secret)
    assert vault.get(name) == secret
