"""One token in words: what it is, what it may do, until when, and where it is kept."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.reactive import reactive
from textual.widgets import Static

from turso_tui.printable import printable
from turso_tui.service.known_tokens import KnownToken, Origin
from turso_tui.tokens import TokenKind
from turso_tui.ui.token_words import fact_lines, facts, title

ROOMY = 14
"""Lines from which on there is room for empty ones."""


class TokenDetailPane(VerticalScroll, can_focus=False):
    """Shows ``subject``: a token, whose secret stays masked, or a group of tokens."""

    DEFAULT_CSS = """
    TokenDetailPane {
        border: solid $border-blurred;
        border-title-color: $muted;
        padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    """
    BORDER_TITLE = "Detail"

    subject: reactive[KnownToken | Origin | None] = reactive(None, init=False)

    text = query_one(Static)

    def __init__(self, clock: Callable[[], float], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._shown: Content | None = None

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def on_mount(self) -> None:
        self.watch_subject()

    def watch_subject(self) -> None:
        self.border_title = Content(_title(self.subject))
        self.tick()

    def on_resize(self) -> None:
        self.tick()

    def tick(self) -> None:
        """Look at the clock; drawn again only when that changes a word."""
        content = self._content()
        if content != self._shown:
            self._shown = content
            self.text.update(content)

    def _content(self) -> Content:
        match self.subject:
            case KnownToken() as known:
                gap = [Content()] if self.size.height >= ROOMY else []
                return Content("\n").join(detail(known, self._clock(), self.scrollable_content_region.width, gap))
            case Origin() as origin:
                return Content.styled(ORIGINS[origin], "$muted")
        return Content()


def detail(known: KnownToken, now: float, width: int, gap: Sequence[Content] = ()) -> list[Content]:
    """Line by line, each with its name in front; ``gap`` stands between what belongs together."""
    masked = known.token.masked if known.token is not None else ""
    lines = [Content.assemble((printable(str(known.kind)), "bold"), (f"  {masked}", "$muted")), *gap]
    lines += fact_lines(facts(known, now), width)
    if known.note:
        lines += [*gap, Content.styled(printable(known.note), "" if known.origin is Origin.API else "$warning")]
    keys = what_can_be_done(known)
    return [*lines, *gap, Content.styled(keys, "$muted")] if keys else lines


def _title(subject: KnownToken | Origin | None) -> str:
    match subject:
        case KnownToken() as known:
            return printable(title(known))
        case Origin() as origin:
            return origin.value
    return TokenDetailPane.BORDER_TITLE


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
