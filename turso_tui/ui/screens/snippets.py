"""Every snippet, found by its name or by what it is for, with what it writes."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from turso_tui.fuzzy import fold
from turso_tui.printable import printable, printable_lines
from turso_tui.service.snippets import Snippet
from turso_tui.sql.template import Template
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.pick_list import PickList

NAME_WIDTH = 14


class SnippetsScreen(Dialog[Snippet]):
    """Answers with the one that was chosen. The field keeps the focus; the arrows walk the list."""

    DEFAULT_CSS = """
    SnippetsScreen {
        & > .frame { width: 96%; height: 92%; padding: 0 1; }
        & Input, & Input:focus { border: none; height: 1; padding: 0 1; background: transparent; }
        & PickList, & PickList:focus { height: 1fr; margin-top: 1; }
        & Notice { height: 1fr; margin-top: 1; }
        & VerticalScroll { height: 12; border-top: solid $border-blurred; padding: 0 1; }
        &.-short VerticalScroll { height: 9; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk('cursor_up')", "Up", id="list.up", show=False, priority=True),
        Binding("down", "walk('cursor_down')", "Down", id="list.down", show=False, priority=True),
        Binding("pageup", "walk('page_up')", "Page up", id="list.page_up", show=False, priority=True),
        Binding("pagedown", "walk('page_down')", "Page down", id="list.page_down", show=False, priority=True),
    ]

    field = query_one(Input)
    listing = query_one(PickList)
    notice = query_one(Notice)
    shown = query_one("#preview", Static)

    def __init__(self, snippets: Mapping[str, Snippet]) -> None:
        super().__init__()
        self._snippets = snippets
        self._found: list[Snippet] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = "Snippets"
            frame.border_subtitle = "enter inserts · tab then walks its places · esc leaves"
            yield Input(placeholder="a name, or what it is for", select_on_focus=False)
            yield PickList(markup=False)
            yield Notice()
            with VerticalScroll(can_focus=False):
                yield Static(id="preview", markup=False)

    def on_mount(self) -> None:
        self.field.focus()
        self._show("")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, query: str) -> None:
        words = fold(query).split()
        self._found = [
            each for each in self._snippets.values() if all(word in fold(f"{each.name} {each.about}") for word in words)
        ]
        self.listing.set_options(Option(_line(each)) for each in self._found)
        self.listing.display = self.query_one(VerticalScroll).display = bool(self._found)
        self.listing.highlighted = 0 if self._found else None
        if self._found:
            self.notice.hush()
        else:
            self.notice.say("No snippet has all of these words.", "esc leaves.", tone="$muted")

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.shown.update(_preview(self._found[event.option_index].template))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])

    @on(Input.Submitted)
    def _accept(self) -> None:
        if self.listing.highlighted is not None:
            self.dismiss(self._found[self.listing.highlighted])

    async def action_walk(self, step: str) -> None:
        """Move in the list, whatever has the focus."""
        await self.app.run_action(step, self.listing)


def _line(snippet: Snippet) -> Content:
    own = ("  yours", "$primary") if snippet.is_own else ""
    return Content.assemble(
        (printable(snippet.name).ljust(NAME_WIDTH), "bold"), " ", (printable(snippet.about), "$muted"), own
    )


def _preview(template: Template) -> Content:
    """What it writes, with its places marked."""
    parts: list[str | tuple[str, str]] = []
    end = 0
    for stop in template.stops:
        parts += [
            printable_lines(template.text[end : stop.start]),
            (printable_lines(template.text[stop.start : stop.end]), "$sql-parameter underline"),
        ]
        end = stop.end
    return Content.assemble(*parts, printable_lines(template.text[end:]))
