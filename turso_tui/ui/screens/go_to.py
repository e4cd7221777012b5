"""Go to: another organization of this account, another profile, or another door; found by typing a few letters."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from turso_tui.fuzzy import match
from turso_tui.printable import printable
from turso_tui.service.profiles import Profile
from turso_tui.ui.profile_words import what_it_is
from turso_tui.ui.screens.choice import Choice
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.pick_list import PickList

LABEL_ROOM = 26
"""Cells for a name before what is said about it."""

_LAST = -sys.maxsize
"""The score of what is always there: everything that matches is better."""


@dataclass(frozen=True, slots=True)
class GoToOrganization:
    slug: str


@dataclass(frozen=True, slots=True)
class GoToProfile:
    name: str


@dataclass(frozen=True, slots=True)
class GoToDoors:
    """Somewhere that is not known yet."""


GoTo: TypeAlias = GoToOrganization | GoToProfile | GoToDoors


@dataclass(frozen=True, slots=True)
class Place:
    """One line; ``is_here`` marks where one is already."""

    goal: GoTo
    label: str
    detail: str = ""
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    places: tuple[Place, ...]


class GoToScreen(Dialog[GoTo]):
    """Answers with where to go. The field keeps the focus; the arrows walk what is left of the list."""

    DEFAULT_CSS = """
    GoToScreen {
        & > .frame { padding: 1 1 0 1; }
        & Input, & Input:focus { border: none; height: 1; padding: 0 1; background: transparent; }
        & PickList { max-height: 20; margin-top: 1; }
        &.-short PickList { max-height: 15; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk('cursor_up')", "Up", id="list.up", show=False, priority=True),
        Binding("down", "walk('cursor_down')", "Down", id="list.down", show=False, priority=True),
        Binding("pageup", "walk('page_up')", "Page up", id="list.page_up", show=False, priority=True),
        Binding("pagedown", "walk('page_down')", "Page down", id="list.page_down", show=False, priority=True),
    ]

    field = query_one(Input)
    listing = query_one(OptionList)

    def __init__(
        self, organizations: Sequence[Choice], profiles: Sequence[Profile], *, organization: str = "", profile: str = ""
    ) -> None:
        """``organization`` (a slug) and ``profile`` (a name) are where one is."""
        super().__init__()
        self._sections = (
            Section(
                "Organizations of this account",
                tuple(
                    Place(GoToOrganization(each.id), each.label, each.detail, each.id == organization)
                    for each in organizations
                ),
            ),
            Section(
                "Other profiles",
                tuple(
                    Place(GoToProfile(each.name), each.name, what_it_is(each))
                    for each in profiles
                    if each.name != profile
                ),
            ),
        )
        self._goals: list[GoTo] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = "Go to"
            frame.border_subtitle = "type to filter · enter goes there · esc leaves"
            yield Input(placeholder="an organization, an account, a database, a file", select_on_focus=False)
            listing = PickList(markup=False)
            listing.can_focus = False
            yield listing

    def on_mount(self) -> None:
        self.field.focus()
        self._show("")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._show(event.value)

    @on(Input.Submitted)
    def _accept(self) -> None:
        if self.listing.highlighted is not None:
            self._go(self.listing.get_option_at_index(self.listing.highlighted))

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._go(event.option)

    def _go(self, option: Option) -> None:
        if option.id is not None:
            self.dismiss(self._goals[int(option.id)])

    def action_leave(self) -> None:
        """One step: what was typed goes first."""
        if self.field.value:
            self.field.clear()
        else:
            self.dismiss(None)

    async def action_walk(self, step: str) -> None:
        """Move in the list while the field has the focus."""
        await self.app.run_action(step, self.listing)

    def _show(self, query: str) -> None:
        """What fits ``query``, in its order without one, the best first in each section with one."""
        self._goals = []
        best: tuple[int, int] | None = None
        options: list[Option | None] = []
        for title, lines in self._fitting(query):
            options += [*([None] if options else []), *([Option(title, disabled=True)] if title else [])]
            for score, place, label in lines:
                if best is None or score > best[0]:
                    best = (score, len(self._goals))
                options.append(Option(label, id=str(len(self._goals))))
                self._goals.append(place.goal)
        self.listing.set_options(options)
        if best is not None:
            self.listing.highlighted = self.listing.get_option_index(str(best[1]))

    def _fitting(self, query: str) -> Iterator[tuple[str, list[tuple[int, Place, Content]]]]:
        for section in self._sections:
            lines = [line for place in section.places if (line := _line(place, query)) is not None]
            if lines:
                yield section.title, sorted(lines, key=lambda line: -line[0])
        doors = Place(GoToDoors(), "Sign in or open something else…")
        yield "", [(_LAST, doors, _drawn(doors, ()))]


def _line(place: Place, query: str) -> tuple[int, Place, Content] | None:
    hit = match(query, printable(place.label))
    if hit is not None:
        return hit.score, place, _drawn(place, hit.positions)
    in_detail = match(query, printable(place.detail))
    return (in_detail.score - 1, place, _drawn(place, ())) if in_detail is not None else None


def _drawn(place: Place, positions: tuple[int, ...]) -> Content:
    label = Content(printable(place.label))
    for position in positions:
        label = label.stylize("bold $primary", position, position + 1)
    gap = " " * max(2, LABEL_ROOM - label.cell_length)
    sign = ("▌ ", "$primary") if place.is_here else "  "
    return Content.assemble(sign, label, gap if place.detail else "", (printable(place.detail), "$muted"))
