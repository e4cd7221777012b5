"""With which other result one is compared, and by which columns their rows belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.ui.cells import one_line
from turso_tui.ui.numbers import grouped
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.field import Field
from turso_tui.ui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from turso_tui.service.comparison_sides import CommonColumn
    from turso_tui.service.results import ResultSet

NAME = 40
SHOWN_NAMES = 3
CHECKED, UNCHECKED = "✓", "·"


@dataclass(frozen=True, slots=True)
class CompareAsked:
    """``key`` are places in the columns that both have; none for whole rows."""

    before: ResultSet
    after: ResultSet
    key: Sequence[int]


class KeyList(PickList):
    """The columns that both have, each of which belongs to the key or not."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "check", "Check", show=False, id="key.check", tooltip="Part of the key, or not"),
    ]

    @dataclass
    class Changed(Message):
        """A column was taken into the key, or out of it."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._names: list[str] = []
        self.checked: set[int] = set()

    def show(self, names: Sequence[str]) -> None:
        """Other columns, none of which is checked."""
        self._names = [one_line(name, NAME) for name in names]
        self.checked = set()
        self.set_options(Option(self._face(place)) for place in range(len(names)))
        self.highlighted = 0 if names else None

    def check(self, places: Sequence[int]) -> None:
        """Check these and no others."""
        for place in self.checked.symmetric_difference(places):
            self.checked ^= {place}
            self.replace_option_prompt_at_index(place, self._face(place))
        if places:
            self.highlighted = places[0]

    def action_check(self) -> None:
        place = self.highlighted
        if place is not None:
            self.checked ^= {place}
            self.replace_option_prompt_at_index(place, self._face(place))
            self.post_message(self.Changed())

    def _face(self, place: int) -> Content:
        is_checked = place in self.checked
        sign = (CHECKED, "bold $primary") if is_checked else (UNCHECKED, "$muted")
        return Content.assemble(sign, (f" {self._names[place]}", "" if is_checked else "$muted"))


class CompareScreen(Form[CompareAsked]):
    """The older of the two is what was before. A key is guessed as soon as the other result is chosen."""

    DEFAULT_CSS = """
    CompareScreen {
        & > .frame { width: 76; }
        Field > .field--name { width: 6; }
        PickList { width: 1fr; max-height: 6; }
        &.-short PickList { max-height: 4; }
    }
    """

    others = query_one("#others", PickList)
    key = query_one(KeyList)

    def __init__(self, result: ResultSet, others: Sequence[ResultSet]) -> None:
        """``others``, the oldest first, are not empty."""
        super().__init__()
        self._result = result
        self._others = list(reversed(others))
        self._common: list[CommonColumn] = []

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = Content(f"Compare {printable(self._result.name)}")
            frame.border_subtitle = "tab next · space checks · enter compares · esc leaves"
            yield Field(
                "with", PickList(*(Option(_face(each)) for each in self._others), id="others", markup=False), id="with"
            )
            yield Field("key", KeyList(), id="by")
            with Horizontal(classes="buttons"):
                yield Button("Compare", compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self.others.highlighted = 0
        self.others.focus()

    @property
    def _pair(self) -> tuple[ResultSet, ResultSet]:
        """What was before, and what came after."""
        other = self._others[self.others.highlighted or 0]
        kept = self._result.store.results
        first, second = sorted((self._result, other), key=kept.index)
        return first, second

    @on(OptionList.OptionHighlighted, "#others")
    def _other_chosen(self) -> None:
        from turso_tui.service.comparison_sides import common_columns, left_out

        before, after = self._pair
        self._common = common_columns(before.columns, after.columns)
        self.key.show([each.column.name for each in self._common])
        only = zip((before, after), left_out(before.columns, after.columns), strict=True)
        alone = "; ".join(f"only in {result.name}: {_some(names)}" for result, names in only if names)
        order = f"{before.name} → {after.name}"
        self.query_one("#with", Field).explain(f"{order}; {alone}" if alone else order)
        self.query_one("#by", Field).explain("looking for a key…" if self._common else "no column in common")
        if self._common:
            self._guess(before, after)

    @work(exclusive=True, group="guess", exit_on_error=True)
    async def _guess(self, before: ResultSet, after: ResultSet) -> None:
        from turso_tui.service.comparison_key import guess_key

        try:
            places = await guess_key(before, after)
        except TursoTuiError as error:
            self.query_one("#by", Field).complain(error.what, error.next_step)
            return
        if not self.key.checked:
            self.key.check(places)
            self.query_one("#by", Field).explain(
                "a guess: it tells all rows of both apart" if places else "none was found: whole rows are counted"
            )

    @on(KeyList.Changed)
    def _key_changed(self) -> None:
        self.workers.cancel_group(self, "guess")
        names = [self._common[place].column.name for place in sorted(self.key.checked)]
        by = f"rows with the same {_some(names)} belong together"
        self.query_one("#by", Field).explain(by if names else "whole rows are counted")

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_submit()

    def submit(self) -> None:
        before, after = self._pair
        if not self._common:
            self.query_one("#by", Field).complain("no column in common", "Give columns the same name with AS.")
        else:
            self.dismiss(CompareAsked(before, after, sorted(self.key.checked)))


def _face(result: ResultSet) -> Content:
    rows, columns = grouped(result.row_count), grouped(len(result.columns))
    return Content.assemble(one_line(result.name, NAME), (f"  {rows} rows · {columns} columns", "$muted"))


def _some(names: Sequence[str]) -> str:
    """Their names, the first few if there are many."""
    shown = ", ".join(one_line(name, NAME) for name in names[:SHOWN_NAMES])
    return f"{shown} and {grouped(len(names) - SHOWN_NAMES)} more" if len(names) > SHOWN_NAMES else shown
