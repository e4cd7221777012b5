"""How a statement would be carried out: its plan as a tree, what it would read, and an index that may help."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable, printable_lines
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.dialog import Dialog

if TYPE_CHECKING:
    from turso_tui.service.database import Database
    from turso_tui.service.index_advice import Advice
    from turso_tui.service.planner import Plan
    from turso_tui.service.plans import ReadsQuota

LOADING_AFTER = 0.15
"""Seconds before it is said that an answer is awaited."""

SCAN_ROWS = 100_000
"""A table of more rows than this is large, unless the settings say otherwise."""


@dataclass(frozen=True, slots=True)
class Findings:
    """A plan and what follows from it."""

    plan: "Plan"
    advice: "Sequence[Advice]" = ()
    price: str = ""
    summary: str = ""
    is_dear: bool = False
    left_out: str = ""
    """What the plan does not tell of, in words."""


class PlanView(Widget):
    """Draws what is known in the width that there is."""

    DEFAULT_CSS = "PlanView { height: auto; }"

    findings: reactive[Findings | None] = reactive(None, layout=True)
    problem: reactive[tuple[str, str] | None] = reactive(None, layout=True)
    waits: reactive[bool] = reactive(False, layout=True)

    def __init__(self, sql: str, scan_rows: int) -> None:
        super().__init__()
        self._sql = sql
        self._scan_rows = scan_rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        width = max(width, 20)
        lines = [Content.styled(printable(" ".join(self._sql.split())), "$muted").truncate(width, ellipsis=True)]
        lines.append(Content())
        if self.problem is not None:
            what, next_step = self.problem
            lines += Content.styled(f"✗ {printable_lines(what)}", "$bad").wrap(width)
            lines += Content.styled(printable_lines(next_step), "$muted").wrap(width) if next_step else []
        elif self.findings is not None:
            lines += self._found(self.findings, width)
        else:
            lines.append(Content.styled("Asking for the plan…" if self.waits else "", "$muted"))
        return lines

    def _found(self, findings: Findings, width: int) -> Iterator[Content]:
        from turso_tui.ui.plan_words import plan_lines

        if not findings.plan.nodes:
            yield from Content("There is no plan for this: it looks for nothing in a table.").wrap(width)
            return
        sign, style = ("! ", "$warning") if findings.is_dear else ("✓ ", "$good")
        words = f"{findings.summary} {findings.price}".strip()
        for number, line in enumerate(Content(printable(words)).wrap(width - 2)):
            yield Content.assemble(("  " if number else sign, style), line)
        yield Content()
        yield from plan_lines(findings.plan, width, self._scan_rows)
        if findings.left_out:
            yield Content()
            yield from Content.styled(printable(findings.left_out), "$muted").wrap(width)
        if findings.advice:
            yield from _advice_lines(findings.advice, width)


class PlanScreen(Dialog[str]):
    """Answers with a CREATE INDEX that is wanted in the editor."""

    DEFAULT_CSS = """
    PlanScreen > .frame { width: 110; padding: 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i,enter", "insert(0)", "Insert the index", id="plan.insert"),
        *(Binding(str(place), f"insert({place - 1})", show=False, id=f"plan.insert_{place}") for place in range(1, 6)),
        Binding("y", "copy", "Copy the plan", id="plan.copy"),
        Binding("f3", "leave", "Back", id="plan.leave", show=False),
        Binding("j", "focused.scroll_down", "Down", id="list.down", show=False),
        Binding("k", "focused.scroll_up", "Up", id="list.up", show=False),
    ]

    def __init__(
        self, database: "Database", sql: str, *, scan_rows: int = SCAN_ROWS, quota: "ReadsQuota | None" = None
    ) -> None:
        """``scan_rows`` is from where on a table is large, ``quota`` what the account may read in a month."""
        super().__init__()
        self._database = database
        self._sql = sql
        self._quota = quota
        self.view = PlanView(sql, scan_rows)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="frame") as frame:
            frame.border_title = Content(printable(f"Plan in {self._database.name}"))
            frame.border_subtitle = "esc leaves"
            yield self.view

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self.set_timer(LOADING_AFTER, self._say_that_it_waits)
        self._ask()

    def _say_that_it_waits(self) -> None:
        self.view.waits = True

    @work(exclusive=True, group="plan")
    async def _ask(self) -> None:
        from turso_tui.service.index_advice import advise

        try:
            plan = await self._database.planner.plan(self._sql)
            findings = self._findings(plan, await advise(plan))
        except TursoTuiError as error:
            self.view.problem = in_words(error)
            return
        self.view.findings = findings
        count = len(findings.advice)
        insert = ("i inserts the index · " if count == 1 else "1 2 … insert an index · ") if count else ""
        self.query_one(VerticalScroll).border_subtitle = f"{insert}y copies · esc leaves"

    def _findings(self, plan: "Plan", advice: "Sequence[Advice]") -> Findings:
        from turso_tui.service.plans import is_dear, left_out_words, price_words, reading_words

        dear = is_dear(plan)
        price = price_words(plan, self._quota) if dear else ""
        return Findings(plan, advice, price, reading_words(plan), dear, left_out_words(plan))

    def action_insert(self, place: int) -> None:
        findings = self.view.findings
        if findings is not None and place < len(findings.advice):
            self.dismiss(f"{findings.advice[place].sql};\n")

    def action_copy(self) -> None:
        if self.view.findings is not None:
            nodes = self.view.findings.plan.nodes
            self.app.copy_to_clipboard("".join(f"{'  ' * node.depth}{node.detail}\n" for node in nodes))
            self.notify("Copied the plan.")


def _advice_lines(advice: "Sequence[Advice]", width: int) -> Iterator[Content]:
    yield Content()
    yield Content.styled("This may help; it makes every write to the table write one row more:", "$muted")
    for number, each in enumerate(advice, 1):
        key = "i" if len(advice) == 1 else str(number)
        for place, line in enumerate(Content(printable(each.sql)).wrap(width - 2)):
            yield Content.assemble((f"{key} " if place == 0 else "  ", "bold $primary"), line)
        tried = (
            "SQLite would use it: tried on an empty copy."
            if each.is_tried
            else "Whether SQLite would use it could not be tried here."
        )
        for line in Content.styled(printable(f"{each.reason} {tried}"), "$muted").wrap(width - 2):
            yield Content.assemble("  ", line)
