"""How tokens stand in a list: grouped by where they come from, in columns as wide as there is room."""

from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import NamedTuple

from textual.content import Content

from turso_tui.fuzzy import Match, match
from turso_tui.printable import printable
from turso_tui.service.known_tokens import KnownToken, Origin
from turso_tui.ui.numbers import grouped
from turso_tui.ui.token_words import KEEPINGS, KINDS, about, expiry, title
from turso_tui.ui.widgets.tree_list import RowText, TreeRow


class OriginGroup(NamedTuple):
    origin: Origin
    size: int


class TokenEntry(NamedTuple):
    known: KnownToken
    hit: Match


class Column(NamedTuple):
    heading: str
    width: int


KIND, ABOUT, RIGHTS = Column("kind", 10), Column("about", 30), Column("may", 16)
KEPT, EXPIRES = Column("kept", 7), Column("expires", 10)

_COLUMNS = {110: (KIND, ABOUT, RIGHTS, KEPT, EXPIRES), 71: (KIND, RIGHTS, KEPT, EXPIRES), 52: (KIND, RIGHTS, EXPIRES)}
"""By the cells from which on they leave a name room enough."""


def columns_for(width: int) -> tuple[Column, ...]:
    return next((columns for wanted, columns in _COLUMNS.items() if width >= wanted), (KIND, EXPIRES))


def arrange(known: Iterable[KnownToken], query: str = "", folded: Collection[str] = ()) -> tuple[TreeRow, ...]:
    """The rows in the order in which the tokens come; with a ``query`` only what matches, and nothing folded."""
    groups: dict[Origin, list[TokenEntry]] = {}
    for token in known:
        hit = match(query, printable(title(token)))
        if hit is not None:
            groups.setdefault(token.origin, []).append(TokenEntry(token, hit))
    rows: list[TreeRow] = []
    for origin, entries in groups.items():
        is_folded = None if query.strip() else origin.value in folded
        rows.append(TreeRow(("origin", origin.value), OriginGroup(origin, len(entries)), folded=is_folded))
        if not is_folded:
            rows.extend(TreeRow(("token", entry.known.id), entry, depth=1) for entry in entries)
    return tuple(rows)


def first_token(rows: tuple[TreeRow, ...]) -> int:
    """The index of the first row that is a token; 0 without any."""
    return next((index for index, row in enumerate(rows) if isinstance(row.item, TokenEntry)), 0)


def heading(width: int) -> Content:
    """What the columns are, above them."""
    cells = "".join(
        f" {column.heading:>{column.width}}" if column is EXPIRES else f" {column.heading:<{column.width}}"
        for column in columns_for(width)
    )
    return Content.styled(f"   {'name':<{max(4, width - len(cells) - 3)}}{cells}", "$muted")


def draw(row: TreeRow, width: int, now: float) -> RowText:
    """One row of a list that is ``width`` cells wide."""
    match row.item:
        case OriginGroup(origin, size):
            sign = "▸ " if row.folded else "▾ "
            return RowText(
                Content.assemble((sign, "$muted"), (str(origin), "bold")), Content.styled(grouped(size), "$muted")
            )
        case TokenEntry(known, hit):
            return RowText(_name(known, hit), _cells(known, width, now))
    raise TypeError(row.item)


def _name(known: KnownToken, hit: Match) -> Content:
    name = Content(printable(title(known)))
    for start, stop in _runs(hit.positions):
        name = name.stylize("bold $primary", start, stop)
    return Content("   ") + name


def _runs(positions: tuple[int, ...]) -> Iterable[tuple[int, int]]:
    start = positions[0] if positions else 0
    for position, following in pairwise(positions):
        if following != position + 1:
            yield start, position + 1
            start = following
    if positions:
        yield start, positions[-1] + 1


def _cells(known: KnownToken, width: int, now: float) -> Content:
    end = expiry(known, now)
    words = {
        KIND: Content.styled(KINDS.get(known.kind, str(known.kind)), "$sql-type"),
        ABOUT: Content.styled(printable(about(known)), "$muted"),
        RIGHTS: Content(printable(known.rights)),
        KEPT: Content.styled(KEEPINGS[known.kept], "$muted"),
    }
    parts: list[Content] = []
    for column in columns_for(width):
        if column is EXPIRES:
            text = f"{end.sign} {end.text}" if end.sign.strip() else end.text
            parts.append(Content.styled(f"{text:>{EXPIRES.width}}", end.style))
        else:
            parts.append(words[column].truncate(column.width, ellipsis=True, pad=True))
    return Content(" ").join(parts)
