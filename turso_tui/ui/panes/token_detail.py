"""One token in words: what it is, what it may do, until when, and where it is kept."""

from collections.abc import Callable
from itertools import zip_longest

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from turso_tui.printable import printable
from turso_tui.service.known_tokens import KnownToken, Origin
from turso_tui.tokens import TokenKind
from turso_tui.ui.token_words import fact_lines, facts, prose_lines, title

ROOMY = 14
"""Lines from which on there is room for empty ones."""


class TokenDetailPane(ScrollView, can_focus=False):
    """Shows ``subject``: a token, whose secret stays masked, or a group of tokens.

    Only the lines that change are drawn again, because they change with every step of a cursor. (The frame's title
    would not be: with it, all of the pane is drawn again.)
    """

    DEFAULT_CSS = """
    TokenDetailPane {
        border: solid $border-blurred;
        border-title-color: $muted;
        padding: 0 1;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        background: transparent;
    }
    """
    BORDER_TITLE = "Detail"

    subject: reactive[KnownToken | Origin | None] = reactive(None, init=False, repaint=False)

    def __init__(self, clock: Callable[[], float], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._lines: tuple[Content, ...] = ()

    @property
    def said(self) -> str:
        """All that it shows, without its colours."""
        return "\n".join(line.plain for line in self._lines)

    def watch_subject(self) -> None:
        self.scroll_home(animate=False)
        self.tick()

    def on_resize(self) -> None:
        self.tick()

    def tick(self) -> None:
        """Look at the clock; what that changes is drawn again."""
        region = self.scrollable_content_region
        if not region:
            return
        before, self._lines = self._lines, tuple(self._content(region.width))
        height = len(self._lines) if len(self._lines) > region.height else 0
        self.virtual_size = Size(region.width, height)  # the same for all that fits: a change lays out the screen
        for y, (old, new) in enumerate(zip_longest(before, self._lines)):
            if old != new:
                self.refresh_line(y)

    def render_line(self, y: int) -> Strip:
        width, index = self.scrollable_content_region.width, y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(width, self.visual_style.rich_style)
        line = self._lines[index].truncate(width, ellipsis=True)
        strip = Strip(line.render_segments(self.visual_style), line.cell_length)
        return strip.adjust_cell_length(width, self.visual_style.rich_style)

    def _content(self, width: int) -> list[Content]:
        match self.subject:
            case KnownToken() as known:
                return detail(known, self._clock(), width, roomy=self.size.height >= ROOMY)
            case Origin() as origin:
                return [
                    Content.styled(origin.value, "bold $primary"),
                    Content(),
                    *prose_lines(ORIGINS[origin], width, "$muted"),
                ]
        return []


def detail(known: KnownToken, now: float, width: int, *, roomy: bool) -> list[Content]:
    """Line by line, each with its name in front; where it is ``roomy``, with its title and a few empty lines."""
    gap = [Content()] if roomy else []
    masked = known.token.masked if known.token is not None else ""
    lines = [Content.styled(printable(title(known)), "bold $primary")] if roomy else []
    lines += [Content.assemble((printable(str(known.kind)), "bold"), (f"  {masked}", "$muted")), *gap]
    lines += fact_lines(facts(known, now), width)
    if known.note:
        lines += [*gap, *prose_lines(known.note, width, "" if known.origin is Origin.API else "$warning")]
    keys = what_can_be_done(known)
    return [*lines, *gap, *prose_lines(keys, width, "$muted")] if keys else lines


ORIGINS = {
    Origin.SIGN_IN: "What this program is signed in with. It manages the account, and goes to no database.",
    Origin.BROKER: (
        "Short tokens that the program mints for itself: for reading one that may only read, for writing another when"
        " a write is about to run. Each is renewed before its end, and none is written to disk."
    ),
    Origin.GIVEN: "Tokens that came with a database's URL. The program cannot renew them.",
    Origin.HAND: "What you have minted here. It is in memory until the program ends; no server lists it again.",
    Origin.API: (
        "Tokens that manage the account from elsewhere. Their secrets were shown once, when they were minted; they"
        " never expire, and end when they are revoked."
    ),
    Origin.PROFILE: "Sign-ins that are remembered beside this one.",
}


def what_can_be_done(known: KnownToken) -> str:
    """The keys that do something with it."""
    keys = ["y copies", "w saves"] if known.token is not None else []
    if known.origin in {Origin.HAND, Origin.GIVEN}:
        keys.append("d forgets")
    if known.origin is Origin.API:
        keys.append("d revokes")
    if known.kind in {TokenKind.DATABASE, TokenKind.GROUP}:
        keys.append("r rotates its key")
    return " · ".join(keys)
