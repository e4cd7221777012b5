"""Every token that the program knows, of both kinds, with what is left of each one's life."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from turso_tui.printable import printable
from turso_tui.service.known_tokens import KnownToken, Origin
from turso_tui.ui.numbers import grouped
from turso_tui.ui.panes.token_rows import OriginGroup, TokenEntry, arrange, draw, first_token, heading
from turso_tui.ui.token_words import expiry
from turso_tui.ui.widgets.filter_list import FilterList
from turso_tui.ui.widgets.notice import PATIENCE
from turso_tui.ui.widgets.tree_list import SCROLLBAR_GAP, RowText, TreeList, TreeRow


class TokenList(FilterList):
    """A filter, the names of the columns, and the rows."""

    DEFAULT_CSS = """
    TokenList > #heading { height: 1; }
    TokenList.-blank > #heading { display: none; }
    """

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            if isinstance(widget, TreeList):
                yield Static(id="heading", markup=False)
            yield widget

    def on_resize(self) -> None:
        self.query_exactly_one("#heading", Static).update(heading(row_width(self.listing)))


class TokensPane(Widget):
    """Shows ``tokens``. Time passes when `tick` is called; what then looks the same is not drawn again."""

    DEFAULT_CSS = """
    TokensPane {
        border: solid $border-blurred;
        border-title-color: $muted;
        border-subtitle-color: $muted;
        padding: 0 0 0 1;
        &:focus-within { border: solid $primary; border-title-color: $primary; }
    }
    """
    BORDER_TITLE = "Tokens"
    BORDER_SUBTITLE: ClassVar[str] = "/ filter · space folds"

    tokens: reactive[tuple[KnownToken, ...]] = reactive((), init=False, layout=False)
    reading: reactive[bool] = reactive(False, init=False)
    problem: reactive[tuple[str, str] | None] = reactive(None, init=False)
    """What could not be read, and what to do next. What is listed already stays."""

    listing = query_one(TokenList)

    @dataclass
    class Looked(Message):
        """The cursor went to another token, to the heading of a group of them, or there is nothing."""

        subject: KnownToken | Origin | None

    def __init__(
        self, clock: Callable[[], float], *, next_step_when_empty: str = "n mints one.", id: str | None = None
    ) -> None:
        """``clock`` is the server's, in unix seconds."""
        super().__init__(id=id)
        self._next_step_when_empty = next_step_when_empty
        self._clock = clock
        self._now = clock()
        self._folded: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield TokenList(self._draw, placeholder="filter")

    def on_mount(self) -> None:
        self.border_subtitle = self.BORDER_SUBTITLE
        self.watch(self.listing.listing, "cursor", self._look, init=False)
        self._show_rows()

    def focus(self, scroll_visible: bool = True) -> Self:
        self.listing.focus(scroll_visible)
        return self

    @property
    def current(self) -> KnownToken | None:
        """The token under the cursor."""
        row = self.listing.listing.cursor_row
        return row.item.known if row is not None and isinstance(row.item, TokenEntry) else None

    def reveal(self, id: str) -> None:
        """Put the cursor on a token, if it is listed."""
        index = self.listing.listing.index_of(("token", id))
        if index is not None:
            self.listing.listing.cursor = index

    def tick(self) -> None:
        """Look at the clock, and draw the visible rows again that then look different."""
        before, self._now = self._now, self._clock()
        tree = self.listing.listing
        top = tree.scroll_offset.y
        for index, row in enumerate(tree.rows[top : top + tree.size.height], top):
            if isinstance(row.item, TokenEntry) and (
                expiry(row.item.known, before) != expiry(row.item.known, self._now)
            ):
                tree.refresh_line(index)

    def watch_tokens(self) -> None:
        if self.is_mounted:
            self._show_rows()

    watch_reading = watch_tokens
    watch_problem = watch_tokens

    def _show_rows(self) -> None:
        tree = self.listing.listing
        was_empty = not tree.rows
        rows = arrange(self.tokens, self.listing.query_text, self._folded)
        self.listing.show(rows, count=self._count(rows))
        if was_empty:
            tree.cursor = first_token(rows)
        self._explain()
        self._look()

    def _count(self, rows: tuple[TreeRow, ...]) -> str:
        if not self.listing.query_text.strip():
            return grouped(len(self.tokens)) if self.tokens else ""
        shown = sum(isinstance(row.item, TokenEntry) for row in rows)
        return f"{grouped(shown)} of {grouped(len(self.tokens))}"

    def _explain(self) -> None:
        notice = self.listing.notice
        if self.problem is not None:
            what, next_step = self.problem
            notice.say(f"✗ {what}", next_step, tone="$bad")
        elif self.tokens and not self.listing.listing.rows:
            notice.say(f"nothing matches “{printable(self.listing.query_text)}”; esc clears")
        elif self.tokens:
            notice.hush()
        elif self.reading:
            notice.say("Reading the tokens of the account…", after=PATIENCE)
        else:
            notice.say(
                "No tokens yet.", f"{self._next_step_when_empty} i says what a pasted one is and may do.".strip()
            )

    def _look(self) -> None:
        row = self.listing.listing.cursor_row
        match row and row.item:
            case TokenEntry(known):
                self.post_message(self.Looked(known))
            case OriginGroup(origin):
                self.post_message(self.Looked(origin))
            case _:
                self.post_message(self.Looked(None))

    @on(FilterList.Filtered)
    def _narrow(self, event: FilterList.Filtered) -> None:
        event.stop()
        self._show_rows()
        if event.query.strip():
            self.listing.listing.cursor = first_token(self.listing.listing.rows)

    @on(FilterList.Accepted)
    def _accept(self, event: FilterList.Accepted) -> None:
        event.stop()
        self.listing.listing.focus()

    @on(TreeList.Chosen)
    def _choose(self, event: TreeList.Chosen) -> None:
        event.stop()
        if isinstance(event.row.item, OriginGroup) and event.row.folded is not None:
            self._fold(event.row.item.origin.value, not event.row.folded)

    @on(TreeList.FoldAsked)
    def _fold_asked(self, event: TreeList.FoldAsked) -> None:
        event.stop()
        if isinstance(event.row.item, OriginGroup):
            self._fold(event.row.item.origin.value, event.folded)

    def _fold(self, origin: str, folded: bool) -> None:
        self._folded = self._folded | {origin} if folded else self._folded - {origin}
        self._show_rows()

    def _draw(self, row: TreeRow) -> RowText:
        return draw(row, row_width(self.listing.listing), self._now)


def row_width(tree: TreeList) -> int:
    """Cells that a row of it has."""
    return tree.scrollable_content_region.width - SCROLLBAR_GAP
