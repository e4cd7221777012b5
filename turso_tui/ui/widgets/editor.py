"""The SQL editor: what keys and actions do in a text area of statements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, Selection

from turso_tui.service.snippets import Snippets
from turso_tui.sql.layout import format_sql, moved
from turso_tui.sql.names import Names
from turso_tui.ui.vim import Vim
from turso_tui.ui.widgets.editor_area import StatementArea
from turso_tui.ui.widgets.editor_completion import Completer
from turso_tui.ui.widgets.editor_lines import dedented, indented, toggled
from turso_tui.ui.widgets.editor_outside import edit_whole
from turso_tui.ui.widgets.editor_shelf import SnippetShelf
from turso_tui.ui.widgets.editor_snippet import SnippetWalk
from turso_tui.ui.widgets.editor_typing import Typing
from turso_tui.ui.widgets.editor_vim import EditorHost
from turso_tui.ui.widgets.find_bar import FindBar


class SqlEditor(StatementArea):
    """Completes, closes pairs, comments, indents, finds, formats, and goes to files."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+underscore,ctrl+slash", "toggle_comment", "Comment", show=False, id="editor.comment"),
        Binding("ctrl+right_square_bracket", "indent(1)", "Indent", show=False, id="editor.indent"),
        Binding("ctrl+home", "go_to_end(-1)", "Start of the text", show=False, id="editor.text_start"),
        Binding("ctrl+end", "go_to_end(1)", "End of the text", show=False, id="editor.text_end"),
        Binding("ctrl+f", "find", "Find", show=False, id="editor.find", tooltip="Find and replace"),
        Binding("alt+n", "find_next(1)", "Find next", show=False, id="editor.find_next"),
        Binding("alt+p", "find_next(-1)", "Find previous", show=False, id="editor.find_previous"),
        Binding("ctrl+backslash", "format", "Format", show=False, id="editor.format", tooltip="Format the statement"),
        Binding("ctrl+circumflex_accent", "edit_outside", "Edit in $EDITOR", show=False, id="editor.outside"),
        Binding(
            "ctrl+d,alt+s", "save_file", "Save", show=False, id="editor.save_file", tooltip="Save to the tab's file"
        ),
        Binding("alt+i", "insert_snippet", "Snippets", show=False, id="editor.snippets", tooltip="Insert a snippet"),
        Binding(
            "alt+k",
            "keep_snippet",
            "Keep",
            show=False,
            id="editor.keep_snippet",
            tooltip="Keep the selection as a snippet",
        ),
        Binding("alt+v", "switch_keys", "Vim", show=False, id="editor.switch_keys", tooltip="Vim keys on or off"),
        Binding("ctrl+@,ctrl+g", "complete", "Complete", show=False, id="editor.complete"),
    ]

    @dataclass
    class Asked(Message):
        """``what`` is to be done with the text; whoever holds the editor knows which file that is."""

        what: Literal["save", "save and close", "close", "open"]
        path: str = ""

    @dataclass
    class ModeChanged(Message):
        """Vim's mode, or what is typed in its line; empty without its keys."""

        status: str

    def __init__(self, text: str = "", *, snippets: Snippets | None = None, id: str | None = None) -> None:
        self.completer = Completer(self)
        self.typing = Typing(self)
        self.snippet = SnippetWalk(self)
        self._vim: Vim | None = None
        self.shelf = SnippetShelf(self, snippets or Snippets())
        self._find_bar = FindBar(self)
        super().__init__(text, id=id)

    def on_mount(self) -> None:
        self.screen.mount(
            self.completer.popup, before=0
        )  # behind the others it would change their order, and all be drawn
        self.run_worker(self.shelf.load(), group="snippets")

    async def on_unmount(self) -> None:
        if self.completer.popup.is_attached:
            await self.completer.popup.remove()

    @property
    def names(self) -> Names:
        """What the database offers by name, for completion."""
        return self.completer.names

    @names.setter
    def names(self, names: Names) -> None:
        self.completer.names = names

    # --- keys

    async def on_key(self, event: events.Key) -> None:
        """What is more than writing a letter."""
        done = self._vim_key(event) or self._does_more(event) or await self._owner_key(event)
        if done or _has_alt(event):  # a terminal sends the letter too, which would be written
            event.prevent_default()
        if done:
            event.stop()

    @property
    def vim_keys(self) -> bool:
        """Whether keys mean what they mean in Vim."""
        return self._vim is not None

    @vim_keys.setter
    def vim_keys(self, wanted: bool) -> None:
        if wanted != self.vim_keys:
            self._vim = Vim(EditorHost(self)) if wanted else None
            self._say_mode()

    def action_switch_keys(self) -> None:
        """Vim's keys, or those that everybody knows."""
        self.vim_keys = not self.vim_keys

    def _vim_key(self, event: events.Key) -> bool:
        if self._vim is None or self.read_only:
            return False
        if _has_alt(event):
            return self._vim_escape(self._vim, event)
        if not self._vim.key(event.key, event.character):
            return False
        self.completer.dismiss()
        self._say_mode()
        return True

    def _vim_escape(self, vim: Vim, event: events.Key) -> bool:
        """For a terminal, esc and what soon follows it are a letter with alt: that is meant only where esc means
        nothing, and the letter with alt something."""
        is_bound = event.key in self.screen.active_bindings
        if event.character is None or not (vim.key("escape", None) or not is_bound):
            return False
        self.completer.dismiss()
        vim.key(event.character, event.character)
        self._say_mode()
        return True

    def _say_mode(self) -> None:
        self.post_message(self.ModeChanged(self._vim.status if self._vim is not None else ""))

    def _does_more(self, event: events.Key) -> bool:
        if self.snippet.is_active and event.key == "tab" and not self.completer.popup.is_chosen_by_hand:
            self.completer.dismiss()  # what is offered by itself does not keep one from going on
        deals = (self.completer.key, self.snippet.key, self._lines_key, self.typing.key)
        return not self.read_only and any(deal(event) for deal in deals)

    def edit(self, edit: Edit) -> EditResult:
        if self.snippet.is_active:
            start = self.offset_of(edit.top)
            self.snippet.edited(edit, start, self.offset_of(edit.bottom) - start)
        return super().edit(edit)

    def undo(self) -> None:
        self.snippet.end()
        super().undo()

    def redo(self) -> None:
        self.snippet.end()
        super().redo()

    def load_text(self, text: str) -> None:
        self.snippet.end()
        if self._vim is not None:
            self._vim.forget()
            self._say_mode()
        super().load_text(text)

    async def _owner_key(self, event: events.Key) -> bool:
        """What its own keys and its owner's do is done at once.

        Bindings run only when a key has travelled up to the app, and letters that came in the same packet (they do
        over SSH) would be before the cursor that an arrow moves, or in the text of another tab, by then.
        """
        active = self.screen.active_bindings.get(event.key)
        if active is None or not active.enabled or active.node not in (self, self.parent):
            return False
        return await self.app.run_action(active.binding.action, active.node)

    def _lines_key(self, event: events.Key) -> bool:
        """tab walks the panes, except when lines are selected that it can indent."""
        if event.key not in {"tab", "shift+tab"} or self.selection.start[0] == self.selection.end[0]:
            return False
        self.action_indent(1 if event.key == "tab" else -1)
        return True

    @on(TextArea.Changed)
    def _text_changed(self) -> None:
        self.completer.text_changed()
        self._find_bar.text_changed()

    @on(TextArea.SelectionChanged)
    def _cursor_moved(self) -> None:
        self.completer.cursor_moved()

    def on_blur(self) -> None:
        self.completer.dismiss()

    def action_go_to_end(self, steps: int) -> None:
        """To the end of the text (1), or to its start (-1)."""
        self.move_cursor(self.document.end if steps > 0 else self.document.start)

    async def action_find(self) -> None:
        """Open the bar that finds, with what is selected in it."""
        if not self._find_bar.is_attached and isinstance(self.parent, Widget):
            await self.parent.mount(self._find_bar, after=self)
        self._find_bar.open(self.selected_text)

    async def action_find_next(self, steps: int) -> None:
        """Go where what was looked for last stands next, or stood before."""
        if self._find_bar.has_query:
            self._find_bar.go(steps)
        else:
            await self.action_find()

    @work(exclusive=True, group="file")
    async def action_edit_outside(self) -> None:
        """The whole text in $EDITOR; what comes back is one step that can be taken back."""
        await edit_whole(self)

    def action_save_file(self) -> None:
        self.post_message(self.Asked("save"))

    def action_format(self) -> None:
        """Lay out the selected statements, or the one under the cursor; only white space changes."""
        if self.selection.is_empty:
            span = self.statement_under_cursor()
            start, end = (span.start, span.end) if span is not None else (0, 0)
        else:
            start, end = (self.offset_of(location) for location in sorted(self.selection))
        old, cursor = self.script.text[start:end], self.offset_of(self.cursor_location)
        new = format_sql(old)
        if new != old and not self.read_only:
            self.replace(new, self.location_of(start), self.location_of(end))
            kept = moved(old, new, cursor - start) if start <= cursor <= end else cursor - start
            self.move_cursor(self.location_of(start + kept))

    @work(exclusive=True, group="snippets")
    async def action_insert_snippet(self) -> None:
        """Choose one, with what it writes before one's eyes."""
        await self.shelf.choose()

    @work(exclusive=True, group="snippets")
    async def action_keep_snippet(self) -> None:
        """Make a snippet of what is selected."""
        await self.shelf.keep()

    def action_complete(self) -> None:
        """Ask for candidates now, whatever is typed."""
        self.completer.ask()

    def action_delete_left(self) -> None:
        if self.read_only or not self.typing.delete_left():
            super().action_delete_left()

    def action_toggle_comment(self) -> None:
        """Comment the selected lines, or uncomment them when all of them are comments."""
        self._change_lines(toggled)

    def action_indent(self, steps: int) -> None:
        """Move the selected lines, or the one under the cursor, one step in (1) or out (-1)."""
        change = indented if steps > 0 else dedented
        self._change_lines(lambda lines: change(lines, self.indent_width))

    def _change_lines(self, change: Callable[[Sequence[str]], list[str]]) -> None:
        if self.read_only:
            return
        (first, _), (last, end_column) = sorted(self.selection)
        if last > first and end_column == 0:
            last -= 1  # nothing of that line looks selected
        lines = self.document.lines[first : last + 1]
        changed = change(lines)
        start, end = self.selection
        self.replace("\n".join(changed), (first, 0), (last, len(lines[-1])))
        growth = dict(enumerate((len(new) - len(old) for new, old in zip(changed, lines, strict=True)), first))
        self.selection = Selection(
            *((row, max(0, column + growth.get(row, 0)) if column else 0) for row, column in (start, end))
        )


def _has_alt(event: events.Key) -> bool:
    return event.key.startswith("alt+")
