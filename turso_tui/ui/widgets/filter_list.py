"""A list with a one-line filter on top: the letters narrow it, the keys never leave the home row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.tree_list import RowText, TreeList, TreeRow


class FilterInput(Input, can_focus=False):
    """Takes the focus only when it is asked for, so that tab walks from pane to pane and not through their filters."""

    def on_blur(self) -> None:
        self.can_focus = False

    def begin(self) -> None:
        self.can_focus = True
        self.screen.set_focus(self)

    def on_click(self) -> None:
        self.begin()


class FilterList(Widget):
    """Filter, list and notice, one above the other. It holds the query; what matches is for its owner to say.

    The owner answers `Filtered` (and every change of its data) with `show`, and `Accepted` with `choose`, once
    the cursor is on the best match.
    """

    DEFAULT_CSS = """
    FilterList {
        height: 1fr;
        layout: vertical;
        & > Horizontal { height: 1; padding: 0 2 0 0; }
        & > Horizontal > .filter--sign { width: 2; color: $muted; }
        & > Horizontal > FilterInput { width: 1fr; height: 1; background: transparent; background-tint: transparent; }
        & > Horizontal > #count { width: auto; color: $muted; }
        &:focus-within > TreeList > .tree-list--cursor { background: $cursor-row; }
        &:ansi:focus-within > TreeList > .tree-list--cursor { text-style: reverse; }
        &.-blank > TreeList { height: 0; }
        &.-blank > Notice { height: 1fr; padding: 1 1 0 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", show=False, id="list.filter"),
        Binding("escape", "back", "Clear the filter", show=False, id="list.back"),
        Binding("down", "enter_list", "To the list", show=False, id="list.enter"),
    ]

    listing = query_one(TreeList)
    notice = query_one(Notice)
    input = query_one(FilterInput)

    @dataclass
    class Filtered(Message):
        """The query is now ``query``; empty when there is none."""

        query: str

    @dataclass
    class Accepted(Message):
        """Enter in the filter: the best match is meant. Comes after the `Filtered` of the last letter typed."""

    def __init__(
        self,
        draw: Callable[[TreeRow], RowText],
        *,
        describe: Callable[[TreeRow], Content | None] = lambda _: None,
        placeholder: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._describe = describe
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("/", classes="filter--sign", markup=False)
            yield FilterInput(placeholder=self._placeholder, compact=True, select_on_focus=False)
            yield Static(id="count", markup=False)
        yield TreeList(self._draw, describe=self._describe)
        yield Notice()

    @property
    def query_text(self) -> str:
        return self.input.value

    def show(self, rows: tuple[TreeRow, ...], *, count: str) -> None:
        """Replace the rows; ``count`` says in words how many there are ("9 of 312")."""
        self.set_class(not rows, "-blank")
        self.listing.rows = rows
        self.query_exactly_one("#count", Static).update(count)

    def focus(self, scroll_visible: bool = True) -> Self:
        self.listing.focus(scroll_visible)
        return self

    def choose(self) -> None:
        """As if enter had been pressed on the row under the cursor."""
        self.listing.action_choose()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Filtered(event.value))

    @on(Input.Submitted)
    def _accept(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Accepted())

    def on_key(self, event: events.Key) -> None:
        """Let what is typed right behind the filter's key reach the filter.

        Bindings run only when a key has travelled up to the app, and keys that came in the same packet (they do over
        SSH) have been sent to the list by then.
        """
        if not event.is_printable or event.character is None:
            return
        if self.screen.focused is self.input:
            self.input.insert_text_at_cursor(event.character)
        elif self._starts_filter(event.key):
            self.action_filter()
        else:
            return
        event.stop()

    def _starts_filter(self, key: str) -> bool:
        active = self.screen.active_bindings.get(key)
        return active is not None and active.node is self and active.binding.action == "filter"

    def action_filter(self) -> None:
        self.input.begin()

    def action_back(self) -> None:
        """One step back: first the query goes, then the cursor returns to the list, then it is someone else's key."""
        if self.query_text:
            self.input.value = ""
        elif self.input.has_focus:
            self.listing.focus()
        else:
            raise SkipAction

    def action_enter_list(self) -> None:
        if self.listing.rows:
            self.listing.focus()
