"""Which database, or every database of which group: found by typing, among thousands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one

from turso_tui.fuzzy import Match, match
from turso_tui.printable import printable
from turso_tui.service.known_tokens import Reach
from turso_tui.ui.numbers import grouped
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.filter_list import FilterList
from turso_tui.ui.widgets.tree_list import RowText, TreeList, TreeRow

if TYPE_CHECKING:
    from turso_tui.platform import models


@dataclass(frozen=True, slots=True)
class TokenTarget:
    """A database by its name, or a whole group."""

    name: str
    is_group: bool = False
    detail: str = ""
    """What a person is told beside the name: the group of a database, the size of a group."""

    def reach(self, organization: str) -> Reach:
        """What a token for it opens."""
        return Reach(organization, self.name, self.is_group)


class _Entry(NamedTuple):
    target: TokenTarget
    hit: Match


def targets(databases: "Sequence[models.Database]", groups: "Sequence[models.Group]") -> tuple[TokenTarget, ...]:
    """Groups first, with how many databases each has; both in the order in which they come."""
    sizes: dict[str, int] = {}
    for database in databases:
        sizes[database.group] = sizes.get(database.group, 0) + 1
    of_groups = (TokenTarget(group.name, True, f"{_count(sizes.get(group.name, 0))}") for group in groups)
    return (*of_groups, *(TokenTarget(database.name, False, f"group {database.group}") for database in databases))


class TokenTargetScreen(Dialog[TokenTarget]):
    """Answers with one of ``choices``."""

    DEFAULT_CSS = """
    TokenTargetScreen > .frame { width: 64; height: 80%; padding: 1 0 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="target.back", priority=True)]

    listing = query_one(FilterList)

    def __init__(self, title: str, choices: Sequence[TokenTarget]) -> None:
        super().__init__()
        self._heading = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = self._heading
            frame.border_subtitle = "type to find · enter chooses · esc leaves"
            yield FilterList(_draw, placeholder="the name of a database or group")

    def on_mount(self) -> None:
        self._show_rows()
        self.listing.action_filter()

    def action_back(self) -> None:
        """The query goes first, then the dialog."""
        if self.listing.query_text:
            self.listing.input.value = ""
            self.listing.input.begin()
        else:
            self.dismiss(None)

    @on(FilterList.Filtered)
    def _show_rows(self) -> None:
        query = self.listing.query_text
        rows = _rows(self._choices, query)
        count = sum(isinstance(row.item, _Entry) for row in rows)
        total = grouped(len(self._choices))
        self.listing.show(rows, count=f"{grouped(count)} of {total}" if query.strip() else total)
        self.listing.listing.cursor = _best(rows)
        if rows:
            self.listing.notice.hush()
        elif self._choices:
            self.listing.notice.say(f"nothing matches “{printable(query)}”")
        else:
            self.listing.notice.say("No database is known here.", "Create one, or read the list again with F9.")

    @on(FilterList.Accepted)
    def _accept(self) -> None:
        self.listing.choose()

    @on(TreeList.Chosen)
    def _chosen(self, event: TreeList.Chosen) -> None:
        if isinstance(event.row.item, _Entry):
            self.dismiss(event.row.item.target)


def _rows(choices: Iterable[TokenTarget], query: str) -> tuple[TreeRow, ...]:
    entries = [_Entry(target, hit) for target in choices if (hit := match(query, printable(target.name))) is not None]
    if query.strip():
        entries.sort(key=lambda entry: (-entry.hit.score, entry.target.name))
    rows: list[TreeRow] = []
    for is_group, heading in ((True, "Every database of a group"), (False, "One database")):
        section = [entry for entry in entries if entry.target.is_group is is_group]
        if section:
            rows.append(TreeRow((heading,), heading))
            rows.extend(TreeRow((heading, entry.target.name), entry, depth=1) for entry in section)
    return tuple(rows)


def _best(rows: tuple[TreeRow, ...]) -> int:
    scores = [(row.item.hit.score, -index) for index, row in enumerate(rows) if isinstance(row.item, _Entry)]
    return -max(scores)[1] if scores else 0


def _draw(row: TreeRow) -> RowText:
    if not isinstance(row.item, _Entry):
        return RowText(Content.styled(str(row.item), "bold"))
    target, hit = row.item
    name = Content(printable(target.name))
    for position in hit.positions:
        name = name.stylize("bold $primary", position, position + 1)
    return RowText(Content("  ") + name, Content.styled(printable(target.detail), "$muted"))


def _count(number: int) -> str:
    return "1 database" if number == 1 else f"{grouped(number)} databases"
