"""What opening, closing and walking tabs does, without a screen."""

from collections.abc import Callable
from itertools import count

import pytest

from turso_tui.service.workspace import Tab, TabTarget
from turso_tui.ui.editor_tabs import EditorTabs, label

AGENT, OTHER = TabTarget("acme", "agent-0001"), TabTarget("acme", "agent-0002")


def numbering() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"t{next(numbers)}"


def holding(*texts: str) -> EditorTabs:
    """The last one is in front."""
    tabs = EditorTabs(numbering())
    for text in texts:
        tabs.open(text)
    return tabs


def texts(tabs: EditorTabs) -> list[str]:
    return [tab.text for tab in tabs.all]


def test_at_first_there_is_a_blank_one() -> None:
    assert texts(EditorTabs()) == [""]


def test_text_goes_into_a_blank_tab_and_else_into_a_new_one() -> None:
    assert texts(holding("a", "b")) == ["a", "b"]


def test_a_new_tab_stands_behind_the_active_one_and_speaks_to_the_same_database() -> None:
    tabs = holding("a", "b")
    tabs.go(1)
    tabs.active = tabs.active._replace(target=AGENT)
    tabs.open()

    assert texts(tabs) == ["a", "", "b"]
    assert tabs.active.target == AGENT


def test_walking_goes_around() -> None:
    tabs = holding("a", "b", "c")
    walked = []
    for _ in range(3):
        tabs.go(1)
        walked.append(tabs.active.text)
    tabs.go(-1)

    assert walked == ["a", "b", "c"]
    assert tabs.active.text == "b"


def test_a_closed_tab_can_be_had_back_where_it_was() -> None:
    tabs = holding("a", "b", "c")
    tabs.go(-1)
    tabs.close()

    assert (texts(tabs), tabs.active.text) == (["a", "c"], "c")
    assert tabs.reopen()
    assert (texts(tabs), tabs.active.text) == (["a", "b", "c"], "b")
    assert not tabs.reopen()


def test_closing_the_last_one_leaves_a_blank_one_for_the_same_database() -> None:
    tabs = holding("a")
    tabs.active = tabs.active._replace(target=AGENT)
    tabs.close()

    assert (texts(tabs), tabs.active.target) == ([""], AGENT)
    tabs.reopen()
    assert texts(tabs) == ["a"]


def test_closing_and_reopening_several_gives_them_back_in_turn() -> None:
    tabs = holding("a", "b", "c")
    for _ in range(3):
        tabs.close()
    for _ in range(3):
        tabs.reopen()

    assert texts(tabs) == ["a", "b", "c"]


def test_what_was_kept_takes_the_place_of_a_blank_tab() -> None:
    tabs = EditorTabs()
    tabs.restore([Tab("x", "a"), Tab("y", "b")], "x")

    assert (texts(tabs), tabs.active.text) == (["a", "b"], "a")


def test_what_was_typed_before_it_came_stays_in_front() -> None:
    tabs = holding("typed")
    tabs.restore([Tab("x", "a"), Tab("y", "b")], "x")

    assert (texts(tabs), tabs.active.text) == (["a", "b", "typed"], "typed")


@pytest.mark.parametrize(
    ("kept", "active", "expected"),
    [
        ([Tab("x", "a", target=AGENT), Tab("y", "b", target=OTHER)], "x", "a"),
        ([Tab("x", "a", target=AGENT), Tab("y", "b", target=OTHER)], "y", "a"),
        ([Tab("x", "a", target=OTHER)], "x", ""),
        ([Tab("x", "a")], "x", "a"),
    ],
    ids=["the active one", "another one", "none", "one without a database"],
)
def test_a_database_that_was_asked_for_gets_a_tab_that_is_about_it(kept: list[Tab], active: str, expected: str) -> None:
    tabs = EditorTabs()
    tabs.restore(kept, active)
    tabs.come_for("agent-0001")

    assert tabs.active.text == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("\n\n  SELECT 1;\nSELECT 2", "SELECT 1;"),
        ("-- Clean up\nDELETE FROM t", "Clean up"),
        ("SELECT role, content FROM messages", "SELECT role, cont…"),
        ("SELECT 'eyJhbGciOiJFZERTQSJ9.eyJpYXQiOjF9.c2ln'", "SELECT '‹token›'"),
    ],
)
def test_a_tab_is_called_after_its_first_words(text: str, shown: str) -> None:
    assert label(Tab("x", text)) == shown
