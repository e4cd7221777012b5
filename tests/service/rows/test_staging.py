"""Changes that are not applied yet: made, looked at, taken back."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.staging import Change, ChangeKind, Changes, SeenRow
from turso_tui.service.schema import Table, TableColumn, TableKind
from turso_tui.values import Value

COLUMNS = (
    TableColumn("id", "INTEGER", key=1),
    TableColumn("name", "TEXT", not_null=True),
    TableColumn("age"),
    TableColumn("twice", generated=True),
)
FACTS = TableFacts(Table("people", TableKind.TABLE, COLUMNS))
ANN = SeenRow((1,), (1, "Ann", 30, 60))
BOB = SeenRow((2,), (2, "Bob", None, None))


@pytest.fixture
def changes() -> Changes:
    return Changes(FACTS)


def test_an_edit_keeps_what_was_seen(changes: Changes) -> None:
    changes.set_value(ANN, 2, 31)
    changes.set_value(ANN, 1, "Anna")
    assert changes.diff() == (Change(ChangeKind.EDIT, ANN, {2: 31, 1: "Anna"}),)
    assert changes.value_of(ANN, 2) == 31
    assert changes.value_of(ANN, 0) == 1


def test_a_second_edit_keeps_what_was_seen_under_the_first(changes: Changes) -> None:
    """Whoever read the row again has seen its other cells, but not what is hidden by the cell that is changed."""
    changes.set_value(ANN, 1, "Anna")
    changes.set_value(SeenRow((1,), (1, "Annette", 44, 88)), 2, 31)
    assert changes.diff() == (Change(ChangeKind.EDIT, SeenRow((1,), (1, "Ann", 44, 88)), {1: "Anna", 2: 31}),)


def test_a_value_as_it_was_takes_the_edit_back_but_another_type_does_not(changes: Changes) -> None:
    changes.set_value(ANN, 2, 30.0)
    assert changes.value_of(ANN, 2) == 30.0
    assert type(changes.edits[1,].values[2]) is float
    changes.set_value(ANN, 2, 30)
    assert not changes
    assert changes.can_undo


def test_another_type_of_the_same_number_is_a_step(changes: Changes) -> None:
    changes.set_value(BOB, 2, 1)
    changes.set_value(BOB, 2, 1.0)
    changes.undo()
    assert type(changes.value_of(BOB, 2)) is int


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [(3, 1, "generated"), (1, None, "may not be NULL"), (0, "x", "integers only"), (0, 1.5, "integers only")],
)
def test_what_a_column_cannot_take_is_refused(changes: Changes, column: int, value: Value, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        changes.set_value(ANN, column, value)
    assert not changes.can_undo


@pytest.mark.parametrize(
    ("type", "value", "fits"),
    [
        ("INTEGER", 1.0, True),
        ("INTEGER", "12", True),
        ("INT", 1.5, False),
        ("INTEGER", "x", False),
        ("REAL", 1, True),
        ("REAL", b"", False),
        ("TEXT", 1, True),
        ("TEXT", b"x", False),
        ("BLOB", "x", False),
        ("ANY", b"x", True),
        ("INTEGER", None, True),
    ],
)
def test_a_strict_table_takes_its_types(type: str, value: Value, fits: bool) -> None:
    changes = Changes(TableFacts(Table("t", TableKind.TABLE, (TableColumn("a", type),), strict=True)))
    if fits:
        changes.insert({0: value})
        assert len(changes) == 1
        return
    with pytest.raises(InputError, match=f"a takes {type} only"):
        changes.insert({0: value})


def test_a_duplicate_leaves_out_what_sqlite_gives(changes: Changes) -> None:
    changes.set_value(ANN, 2, 31)
    number = changes.duplicate(ANN)
    (new,) = changes.inserts
    assert new.values == {1: "Ann", 2: 31}
    assert new.after == ANN.identity
    changes.set_value(number, 0, 9)
    changes.duplicate(number)
    assert [new.values for new in changes.inserts] == [{1: "Ann", 2: 31, 0: 9}, {1: "Ann", 2: 31}]


def test_a_deleted_row_is_no_longer_edited(changes: Changes) -> None:
    changes.set_value(ANN, 2, 31)
    number = changes.insert()
    changes.delete([ANN, number])
    assert changes.diff() == (Change(ChangeKind.DELETE, ANN),)
    with pytest.raises(InputError, match="marked for deletion"):
        changes.set_value(ANN, 2, 32)
    changes.revert_row(ANN)
    assert not changes


def test_a_paste_is_one_step_and_all_of_it(changes: Changes) -> None:
    changes.set_values([(ANN, 2, 1), (BOB, 2, 2)], new=[{1: "Cid"}, {1: "Dan"}])
    assert len(changes) == 4
    with pytest.raises(InputError):
        changes.set_values([(ANN, 2, 5), (BOB, 1, None)])
    assert changes.value_of(ANN, 2) == 1
    changes.undo()
    assert not changes
    changes.redo()
    assert len(changes) == 4


def test_a_cell_goes_back_to_what_it_was(changes: Changes) -> None:
    changes.set_values([(ANN, 2, 1), (ANN, 1, "x")])
    number = changes.insert({1: "y", 2: 3})
    changes.revert_cell(ANN, 2)
    changes.revert_cell(number, 2)
    assert changes.edits[1,].values == {1: "x"}
    assert changes.value_of(number, 2) is None
    changes.revert_cell(ANN, 1)
    assert list(changes.edits) == []


def test_after_a_conflict_what_is_staged_stays_on_the_rows_as_they_are_now(changes: Changes) -> None:
    third = SeenRow((3,), (3, "Cid", 1, 2))
    changes.set_values([(ANN, 2, 31), (BOB, 2, 41)])
    changes.set_value(BOB, 1, "Bo")
    changes.delete([third])
    changes.rebase({(1,): None, (2,): (2, "Rob", 41, 82), (3,): (3, "Cid", 9, 18)})
    assert changes.diff() == (
        Change(ChangeKind.DELETE, SeenRow((3,), (3, "Cid", 9, 18))),
        Change(ChangeKind.EDIT, SeenRow((2,), (2, "Rob", 41, 82)), {1: "Bo"}),
    )


def test_a_key_of_which_the_server_did_not_tell_the_value_cannot_be_used(changes: Changes) -> None:
    with pytest.raises(InputError, match="infinite"):
        changes.set_value(SeenRow((float("nan"),), (1, "x", 2, 4)), 2, 5)


steps = st.one_of(
    st.tuples(st.just("set"), st.sampled_from((ANN, BOB)), st.sampled_from((None, 1, 1.0, 30, "x"))),
    st.tuples(st.just("delete"), st.sampled_from((ANN, BOB)), st.none()),
    st.tuples(st.just("insert"), st.none(), st.none()),
    st.tuples(st.just("duplicate"), st.sampled_from((ANN, BOB)), st.none()),
    st.tuples(st.just("revert"), st.sampled_from((ANN, BOB, None)), st.none()),
)


@given(st.lists(steps, max_size=12))
def test_every_step_is_undone_and_redone(moves: list[tuple[str, SeenRow | None, Value]]) -> None:
    changes = Changes(FACTS)
    looks = [look(changes)]
    for kind, row, value in moves:
        acts: dict[str, Callable[[], object]] = {"insert": changes.insert, "revert": changes.revert_all}
        if row is not None:
            acts = {
                "set": lambda row=row, value=value: changes.set_value(row, 2, value),  # type: ignore[misc]
                "delete": lambda row=row: changes.delete([row]),  # type: ignore[misc]
                "duplicate": lambda row=row: changes.duplicate(row),  # type: ignore[misc]
                "revert": lambda row=row: changes.revert_row(row),  # type: ignore[misc]
            }
        try:
            acts[kind]()
        except InputError:
            continue
        if look(changes) != looks[-1]:
            looks.append(look(changes))
    last = looks[-1]
    for before in reversed(looks[:-1]):
        assert changes.undo()
        assert look(changes) == before
    assert not changes.undo()
    while changes.redo():
        pass
    assert look(changes) == last


def look(changes: Changes) -> str:
    return repr(changes.diff())
