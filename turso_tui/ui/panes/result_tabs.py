"""Which results and panels stand side by side as tabs, and which of them stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from turso_tui.ui.widgets.strip import StripTab

if TYPE_CHECKING:
    from textual.widget import Widget

    from turso_tui.service.console import Failed, Finished
    from turso_tui.service.results import ResultSet

MESSAGES = "messages"
PIN = "◆"


@dataclass(frozen=True, slots=True)
class Shown:
    """One result as a tab, and what its statement cost once that is known.

    ``index`` is its statement's in the run that goes on; None for one of an earlier run, or of none. ``title`` is for
    one that has no statement, and ``words`` say what is in it.
    """

    index: int | None
    result: ResultSet
    report: Finished | Failed | None = None
    title: str = ""
    words: tuple[str, ...] = ()
    is_comparison: bool = False

    @property
    def id(self) -> str:
        return f"result-{self.result.table}"


@dataclass(frozen=True, slots=True)
class Panel:
    """A tab that holds something else than a result; ``footing`` is what the frame says under it."""

    id: str
    title: str
    widget: Widget
    footing: str = ""
    changed: bool = False


@dataclass(slots=True)
class ResultTabs:
    """Panels and pinned results first, because they stay; then what the newest run brought."""

    shown: list[Shown] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)

    def begin(self) -> None:
        """A new run: what is not pinned gives way."""
        self.shown = [replace(each, index=None) for each in self.shown if each.result.pinned]

    def open(self, shown: Shown) -> None:
        self.shown.append(shown)

    def close(self, closed: Shown) -> None:
        self.shown = [each for each in self.shown if each.id != closed.id]

    def finish(self, event: Finished | Failed) -> None:
        self.shown = [replace(each, report=event) if each.index == event.index else each for each in self.shown]

    @property
    def has_new(self) -> bool:
        """Whether the run that goes on, or the last one, brought rows."""
        return any(each.index is not None for each in self.shown)

    @property
    def results(self) -> list[ResultSet]:
        return [each.result for each in self.shown]

    def result_of(self, id: str | None) -> Shown | None:
        return next((each for each in self.shown if each.id == id), None)

    def panel_of(self, id: str | None) -> Panel | None:
        return next((each for each in self.panels if each.id == id), None)

    def beside(self, id: str) -> str | None:
        """The tab to go to when this one closes."""
        ids = [each.id for each in self._in_order()]
        if id not in ids or len(ids) == 1:
            return None
        place = ids.index(id)
        return ids[place + 1] if place + 1 < len(ids) else ids[place - 1]

    def strip(self) -> tuple[StripTab, ...]:
        return (*map(self._face, self._in_order()), StripTab(MESSAGES, "Messages"))

    def _in_order(self) -> Sequence[Shown | Panel]:
        return [*self.panels, *sorted(self.shown, key=lambda each: not each.result.pinned)]

    def _face(self, each: Shown | Panel) -> StripTab:
        if isinstance(each, Panel):
            return StripTab(each.id, each.title, each.changed)
        if each.result.pinned:
            return StripTab(each.id, f"{PIN} {each.result.name}{f'  {each.title}' if each.title else ''}")
        several = f"Result {each.result.name}" if len(self.shown) > 1 else "Result"
        return StripTab(each.id, each.title or several)
