import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.tokens.permissions import Action, Permission, in_words, merged, read_permissions

READ, ADD, UPDATE, DELETE = Action.DATA_READ, Action.DATA_ADD, Action.DATA_UPDATE, Action.DATA_DELETE

names = st.sampled_from(["messages", "threads", "users", "a b"])
permissions = st.builds(
    Permission,
    st.none() | st.lists(names, max_size=3).map(tuple),
    st.lists(st.sampled_from(Action), min_size=1, max_size=4, unique=True).map(tuple),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from("ta"), children, max_size=2),
    max_leaves=8,
)


def allowed(entries: tuple[Permission, ...]) -> set[tuple[str, Action]]:
    """Everything that is allowed, on the tables there are and on one that is yet to come."""
    tables = ("messages", "threads", "users", "a b", "later")
    return {
        (table, action)
        for entry in entries
        for action in entry.actions
        for table in tables
        if entry.tables is None or table in entry.tables
    }


@given(st.lists(permissions))
def test_what_is_written_is_read_back(entries: list[Permission]) -> None:
    assert read_permissions([entry.to_wire() for entry in entries]) == tuple(entries)


def test_the_wire_is_as_documented() -> None:
    assert Permission(("messages",), (READ, ADD)).to_wire() == {"t": ["messages"], "a": ["data_read", "data_add"]}
    assert Permission(None, (READ,)).to_wire() == {"t": None, "a": ["data_read"]}


@given(json_values)
def test_any_claim_is_read(claim: object) -> None:
    assert all(entry.actions for entry in read_permissions(claim))


@pytest.mark.parametrize(
    ("claim", "read"),
    [
        ({"a": ["data_read"]}, Permission(None, (READ,))),
        ({"t": "messages", "a": "data_read"}, Permission(("messages",), (READ,))),
        ({"t": ["messages", 5], "a": ["data_insert", "fly", None]}, Permission(("messages",), (ADD,))),
        ({"t": None, "a": ["data_read", "data_read"], "x": 1}, Permission(None, (READ,))),
    ],
)
def test_a_claim_that_is_not_quite_as_documented_is_understood(claim: object, read: Permission) -> None:
    assert read_permissions([claim, {"t": None, "a": []}, "nonsense"]) == (read,)


@given(st.lists(permissions).map(tuple))
def test_merging_changes_no_right(entries: tuple[Permission, ...]) -> None:
    assert allowed(merged(entries)) == allowed(entries)


@given(st.lists(permissions).map(tuple))
def test_what_was_merged_cannot_be_merged_further(entries: tuple[Permission, ...]) -> None:
    once = merged(entries)
    assert merged(once) == once
    assert len({entry.actions for entry in once}) == len(once)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ((), ""),
        ((Permission(None, (READ,)),), "reads every table"),
        ((Permission(None, (READ, UPDATE, DELETE)),), "reads, updates and deletes from every table"),
        (
            (Permission(("messages", "threads"), (READ,)), Permission(("messages",), (ADD,))),
            "reads messages and threads; adds to messages",
        ),
        (
            (Permission(None, (READ,)), Permission(("messages",), (READ, ADD, DELETE))),
            "reads every table; adds to and deletes from messages",
        ),
        (
            (Permission(("old",), (Action.SCHEMA_ADD, Action.SCHEMA_UPDATE, Action.SCHEMA_DELETE)),),
            "creates, alters and drops old",
        ),
        ((Permission(tuple("abcdefghijkl"), (READ,)),), "reads a, b, c, d, e, f, g, h, i and 3 more"),
        ((Permission(("a\x1b[2J",), (READ,)),), "reads a␛[2J"),
    ],
)
def test_permissions_in_words(entries: tuple[Permission, ...], words: str) -> None:
    assert in_words(entries) == words


@given(st.lists(permissions))
def test_words_name_each_table_that_may_be_changed(entries: list[Permission]) -> None:
    words = in_words(entries)
    for table, action in allowed(tuple(entries)):
        assert action is READ or table in words or "every table" in words
