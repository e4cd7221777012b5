"""The SQL editor: a text area that knows where statements begin and end, and what its words are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import TextArea
from textual.widgets.text_area import DocumentBase, Edit, EditResult, Location, Selection, WrappedDocument

from turso_tui.sql.layout import format_sql, moved
from turso_tui.sql.lexer import TokenKind
from turso_tui.sql.lines import LineLexer
from turso_tui.sql.names import Names
from turso_tui.sql.split import Script, Span, split
from turso_tui.ui.widgets.editor_completion import Completer
from turso_tui.ui.widgets.editor_document import SqlDocument, UnwrappedDocument
from turso_tui.ui.widgets.editor_files import EditorFiles
from turso_tui.ui.widgets.editor_lines import dedented, indented, toggled
from turso_tui.ui.widgets.editor_search import Query
from turso_tui.ui.widgets.editor_text import one_sign_each, with_line_feeds
from turso_tui.ui.widgets.editor_typing import Typing
from turso_tui.ui.widgets.find_bar import FindBar

STYLES = {
    TokenKind.KEYWORD: "keyword",
    TokenKind.TYPE: "type",
    TokenKind.FUNCTION: "function",
    TokenKind.STRING: "string",
    TokenKind.BLOB: "string",
    TokenKind.NUMBER: "number",
    TokenKind.PARAMETER: "parameter",
    TokenKind.COMMENT: "comment",
}

DEEPEST_UNDO = 10_000
"""Steps that can be taken back: more than anyone takes in a day."""

STATEMENT_BAR = "▎"

FARTHEST_PARENTHESIS = 200
"""Lines that are looked through for the other one of a pair."""

Place = tuple[Location, Location]
"""From the first character to the one behind the last."""


class SqlEditor(TextArea):
    """Highlights by our own lexer, marks the statement that would run and the place of an error."""

    DEFAULT_CSS = """
    SqlEditor, SqlEditor:focus {
        border: none;
        padding: 0;
        background: $background;
        & .text-area--gutter { color: $muted; background: $background; }
        & .text-area--cursor-gutter { color: $primary; background: $background; text-style: bold; }
        & > .sql-editor--keyword { color: $sql-keyword; text-style: bold; }
        & > .sql-editor--type { color: $sql-type; }
        & > .sql-editor--function { color: $sql-function; }
        & > .sql-editor--string { color: $sql-string; }
        & > .sql-editor--number { color: $sql-number; }
        & > .sql-editor--parameter { color: $sql-parameter; }
        & > .sql-editor--comment { color: $sql-comment; text-style: italic; }
        & > .sql-editor--statement { background: $surface; }
        & > .sql-editor--found { background: $cursor-row; text-style: underline; }
        & > .sql-editor--bar { color: $primary; background: $background; }
        & > .sql-editor--error { color: $bad; text-style: bold underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"sql-editor--{part}" for part in (*STYLES.values(), "found", "statement", "bar", "error")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+underscore,ctrl+slash", "toggle_comment", "Comment", show=False, id="editor.comment"),
        Binding("ctrl+right_square_bracket", "indent(1)", "Indent", show=False, id="editor.indent"),
        Binding("ctrl+f", "find", "Find", show=False, id="editor.find", tooltip="Find and replace"),
        Binding("f3", "find_next(1)", "Find next", show=False, id="editor.find_next"),
        Binding("shift+f3", "find_next(-1)", "Find previous", show=False, id="editor.find_previous"),
        Binding("ctrl+backslash", "format", "Format", show=False, id="editor.format", tooltip="Format the statement"),
        Binding("ctrl+circumflex_accent", "edit_outside", "Edit in $EDITOR", show=False, id="editor.outside"),
        Binding("f11,alt+s", "save_file", "Save to a file", show=False, id="editor.save_file"),
        Binding("alt+o", "open_file", "Open a script", show=False, id="editor.open_file"),
        Binding("ctrl+@,ctrl+g", "complete", "Complete", show=False, id="editor.complete"),
    ]

    @dataclass
    class FileOpened(Message):
        """A script was read from a file, and wants a place."""

        editor: "SqlEditor"
        path: Path
        text: str

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        self._lexer = LineLexer(self._line)
        self.completer = Completer(self)
        self.typing = Typing(self)
        self._find_bar = FindBar(self)
        self._script = Script("")
        self._script_valid_to: int | None = 0
        self._files = EditorFiles(self)
        self._error: Place | None = None
        self._query = Query("")
        self._span: Place | None = None
        self._statement: Place | None = None
        super().__init__(
            with_line_feeds(text),
            soft_wrap=False,
            tab_behavior="focus",
            show_line_numbers=True,
            highlight_cursor_line=False,  # its colour would lie over those of the words
            max_checkpoints=DEEPEST_UNDO,
            id=id,
        )
        self.indent_width = 2

    def on_mount(self) -> None:
        self.screen.mount(
            self.completer.popup, before=0
        )  # behind the others it would change their order, and all be drawn

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

    # --- statements

    @property
    def script(self) -> Script:
        """The text as statements, found no further than somebody asked."""
        if self._script_valid_to is not None:
            self._script = self._script.edited(self.document.text, self._script_valid_to)
            self._script_valid_to = None
        return self._script

    @property
    def text(self) -> str:
        """The whole text, joined once after an edit: Textual asks for it with every line that it draws."""
        return self.script.text

    @text.setter
    def text(self, value: str) -> None:
        self.load_text(value)

    @property
    def document(self) -> DocumentBase:
        """Ours, whatever document Textual makes of a text."""
        return self._document

    @document.setter
    def document(self, document: DocumentBase) -> None:
        self._document = SqlDocument(document.text)

    @property
    def wrapped_document(self) -> WrappedDocument:
        return self._unwrapped

    @wrapped_document.setter
    def wrapped_document(self, _wrapped: WrappedDocument) -> None:
        self._unwrapped = UnwrappedDocument(self._document, tab_width=self.indent_width)

    def statements(self) -> list[Span]:
        """Every statement, in order."""
        return self.script.statements()

    def statement_under_cursor(self) -> Span | None:
        """The statement that a person means who stands where the cursor is."""
        return self.script.at(self.offset_of(self.cursor_location))

    def selected_statements(self) -> list[Span]:
        """The statements of the selection, in offsets into the whole text."""
        start = self.offset_of(min(self.selection.start, self.selection.end))
        return [Span(start + span.start, start + span.end, span.text) for span in split(self.selected_text)]

    def offset_of(self, location: Location) -> int:
        """From row and column to an offset into the text."""
        row, column = location
        return sum(map(len, self.document.lines[:row])) + row + column

    def location_of(self, offset: int) -> Location:
        """The row and column of an offset; the end of the text for one beyond it."""
        text = self.script.text
        offset = min(offset, len(text))
        return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1

    def is_code(self, row: int, column: int) -> bool:
        """Whether what is typed there is SQL, and not a part of a string, a quoted name or a comment."""
        return self._lexer.is_code(row, column)

    # --- marks

    def error_at(self, start: int, end: int) -> None:
        """Mark a place as wrong, until the text changes."""
        self._error = (self.location_of(start), self.location_of(end))
        self._repaint()

    def clear_error(self) -> None:
        if self._error is not None:
            self._error = None
            self._repaint()

    def _repaint(self) -> None:
        """Lines are kept as they were drawn, and a mark changes them."""
        self.notify_style_update()
        self.refresh()

    def show_found(self, query: Query) -> None:
        """Mark every place where ``query`` stands; an empty one takes the marks away."""
        self._query = query
        self._repaint()

    def select_offsets(self, start: int, end: int) -> None:
        """Select from ``start`` to ``end`` and bring it into view."""
        self.selection = Selection(self.location_of(start), self.location_of(end))

    def watch_selection(self, previous: object, current: object) -> None:  # noqa: ARG002
        """The mark of the statement follows the cursor; lines are painted again only when it moves."""
        span = self.statement_under_cursor()
        place = (self.location_of(span.start), self.location_of(span.end)) if span is not None else None
        # A single one there is nothing to tell from.
        marked = place if self.script.has_several else None
        if (place, marked) != (self._span, self._statement):
            self._span, self._statement = place, marked
            self._repaint()

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn: coloured, marked, and without anything that acts on a terminal."""
        line = Text(one_sign_each(self._line(line_index)), end="", no_wrap=True)
        self._mark(line, line_index, self._statement, "statement")
        for kind, start, end in self._lexer.tokens(line_index):
            if kind in STYLES:
                line.stylize(self._style(STYLES[kind]), start, end)
        for start, end in self._query.in_line(line.plain):
            line.stylize(self._style("found"), start, end)
        self._mark(line, line_index, self._error, "error")
        return line

    def render_line(self, y: int) -> Strip:
        """The statement that would run has a bar beside its numbers."""
        strip = super().render_line(y)
        row, gutter = y + self.scroll_offset.y, self.gutter_width
        if self._span is None or gutter < 2 or not self._span[0][0] <= row <= self._span[1][0]:
            return strip
        bar = Segment(STATEMENT_BAR, self._style("bar"))
        return Strip.join([strip.crop(0, gutter - 2), Strip([bar], 1), strip.crop(gutter - 1)])

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """The other parenthesis of a pair; those in strings and comments are none, and distant ones are not sought."""
        row, column = search_from
        if bracket not in {"(", ")"} or self._parentheses(row).get(column) != bracket:
            return None
        step = 1 if bracket == "(" else -1
        depth = 0
        for line in range(row, max(-1, min(row + step * FARTHEST_PARENTHESIS, self.document.line_count)), step):
            for place, sign in sorted(self._parentheses(line).items(), reverse=step < 0):
                if line != row or (place - column) * step >= 0:
                    depth += 1 if sign == bracket else -1
                    if depth == 0:
                        return line, place
        return None

    def _parentheses(self, row: int) -> dict[int, str]:
        line = self._line(row)
        tokens = self._lexer.tokens(row) if "(" in line or ")" in line else []
        return {
            start: line[start] for kind, start, _ in tokens if kind is TokenKind.PUNCTUATION and line[start] in "()"
        }

    def _line(self, number: int) -> str:
        return self.document.get_line(number)

    def _mark(self, line: Text, row: int, place: Place | None, part: str) -> None:
        if place is None or not place[0][0] <= row <= place[1][0]:
            return
        start = place[0][1] if row == place[0][0] else 0
        end = place[1][1] if row == place[1][0] else len(line)
        line.stylize(self._style(part), start, end)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"sql-editor--{part}", partial=True)

    # --- edits

    def edit(self, edit: Edit) -> EditResult:
        self._changed_from(min(edit.from_location, edit.to_location))
        return super().edit(edit)

    def undo(self) -> None:
        self._go_to_first(self.history.undo_stack[-1:])
        self._changed_from((0, 0))
        super().undo()

    def redo(self) -> None:
        self._go_to_first(self.history.redo_stack[-1:])
        self._changed_from((0, 0))
        super().redo()

    def _go_to_first(self, batches: Sequence[Sequence[Edit]]) -> None:
        """Stand where lines may go: Textual looks at the cursor before it is back inside of a text that got shorter."""
        tops = [edit.top for batch in batches for edit in batch]
        if tops and max(self.selection) > min(tops):
            self.selection = Selection.cursor(min(tops))

    def load_text(self, text: str) -> None:
        self._changed_from((0, 0))
        super().load_text(with_line_feeds(text))

    def _changed_from(self, location: Location) -> None:
        offset = self.offset_of(location)
        known = self._script_valid_to
        self._script_valid_to = offset if known is None else min(known, offset)
        self._lexer.changed(location[0])
        self._error = None

    # --- keys

    async def on_key(self, event: events.Key) -> None:
        """What is more than writing a letter."""
        is_mine = not self.read_only and (self.completer.key(event) or self._lines_key(event) or self.typing.key(event))
        if is_mine or await self._owner_key(event):
            event.stop()
            event.prevent_default()

    async def _owner_key(self, event: events.Key) -> bool:
        """What its owner's keys do to the text is done at once.

        Bindings run only when a key has travelled up to the app, and letters that came in the same packet (they do
        over SSH) would be in the text of another tab by then.
        """
        active = self.screen.active_bindings.get(event.key)
        if active is None or active.node is not self.parent or not active.enabled:
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
    async def action_open_file(self) -> None:
        """Read a script; whoever holds the editor decides where it goes."""
        if (opened := await self._files.open()) is not None:
            self.post_message(self.FileOpened(self, *opened))

    @work(exclusive=True, group="file")
    async def action_save_file(self) -> None:
        """Write the whole text to a file."""
        await self._files.save()

    @work(exclusive=True, group="file")
    async def action_edit_outside(self) -> None:
        """The whole text in $EDITOR; what comes back is one step that can be taken back."""
        await self._files.edit_outside()

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
