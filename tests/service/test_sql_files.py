"""Scripts in files: exactly, and never half of one."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turso_tui.errors import InputError, StorageError
from turso_tui.service.sql_files import ChangedOnDisk, differs, read_sql, save_sql, write_sql


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text().filter(lambda text: not text.startswith("\ufeff") and "\r" not in text), st.sampled_from(["\n", "\r\n"])
)
def test_what_is_written_is_read(tmp_path: Path, text: str, line_end: str) -> None:
    stamp = write_sql(tmp_path / "a.sql", text, overwrite=True, line_end=line_end)
    assert (tmp_path / "a.sql").read_bytes().decode() == text.replace("\n", line_end)
    read = read_sql(tmp_path / "a.sql")
    assert read.text == text
    assert read.stamp.digest == stamp.digest
    assert not differs(text, read.stamp)
    assert differs(f"{text}x", read.stamp)


def test_line_ends_of_a_file_stay_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"a\r\nb\r\n")
    save_sql(read_sql(path).stamp, "a\nc\n")
    assert path.read_bytes() == b"a\r\nc\r\n"


def test_what_somebody_else_has_written_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    known = write_sql(path, "old")
    path.write_text("theirs")
    with pytest.raises(ChangedOnDisk, match=r"a\.sql has changed"):
        save_sql(known, "ours")
    assert path.read_text() == "theirs"
    path.unlink()
    known = save_sql(known, "ours")
    save_sql(known, "ours again")
    assert path.read_text() == "ours again"


def test_a_file_that_is_there_is_kept_unless_meant(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_text("old")
    with pytest.raises(InputError, match="there already"):
        write_sql(path, "new")
    assert path.read_text() == "old"


def test_mode_and_link_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "a.sql", tmp_path / "link.sql"
    path.write_text("old")
    path.chmod(0o600)
    link.symlink_to(path)
    write_sql(link, "new", overwrite=True)
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.sql"
    path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        write_sql(path, "new", overwrite=True)
    assert [each.name for each in tmp_path.iterdir()] == ["a.sql"]
    assert path.read_text() == "old"


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"select \xff")
    with pytest.raises(InputError, match="not UTF-8"):
        read_sql(tmp_path / "a.sql")
    with pytest.raises(InputError, match="half a character"):
        write_sql(tmp_path / "b.sql", "\ud800")
    with pytest.raises(StorageError, match="cannot be read"):
        read_sql(tmp_path / "nope.sql")


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"\xef\xbb\xbfselect 1")
    read = read_sql(tmp_path / "a.sql")
    assert read.text == "select 1"
    assert not differs("select 1", read.stamp)
