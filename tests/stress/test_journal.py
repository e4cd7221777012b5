"""A journal goes on where its process was killed."""

from pathlib import Path

import pytest

from tests.stress.journal import Entry, Journal, Stage, read_journal
from tests.stress.plan import Kind


def entry(key: str, stage: Stage) -> Entry:
    return Entry(key, Kind.INSERT, stage, at=1.5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "0.jsonl"


def test_what_was_noted_is_read(path: Path) -> None:
    noted = [entry("0-0", Stage.BEGUN), entry("0-0", Stage.APPLIED), entry("0-1", Stage.BEGUN)]
    journal = Journal(path)
    for each in noted:
        journal.note(each)
    journal.close()
    assert read_journal(path) == noted


def test_a_new_process_learns_what_was_under_way(path: Path) -> None:
    journal = Journal(path)
    for stage in (Stage.BEGUN, Stage.APPLIED):
        journal.note(entry("0-0", stage))
    journal.note(entry("0-1", Stage.BEGUN))
    journal.close()
    journal = Journal(path)
    journal.close()
    assert (journal.settled, journal.unsettled) == (1, entry("0-1", Stage.BEGUN))


def test_nothing_is_under_way_after_an_outcome(path: Path) -> None:
    journal = Journal(path)
    journal.note(entry("0-0", Stage.UNKNOWN))
    journal.close()
    journal = Journal(path)
    journal.close()
    assert (journal.settled, journal.unsettled) == (1, None)


def test_half_a_line_is_none_and_not_in_the_way(path: Path) -> None:
    """Nothing is sent before its line is whole."""
    journal = Journal(path)
    journal.note(entry("0-0", Stage.APPLIED))
    journal.close()
    with path.open("ab") as file:
        file.write(b'{"key":"0-1","ki')
    assert read_journal(path) == [entry("0-0", Stage.APPLIED)]
    journal = Journal(path)
    journal.note(entry("0-1", Stage.BEGUN))
    journal.close()
    assert read_journal(path) == [entry("0-0", Stage.APPLIED), entry("0-1", Stage.BEGUN)]


def test_there_is_no_journal_before_the_first_line(path: Path) -> None:
    assert read_journal(path) == []
