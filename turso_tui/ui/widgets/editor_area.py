"""A text area that knows where SQL statements begin and end, and draws what is known about them."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import DocumentBase, Edit, EditResult, Location, Selection, WrappedDocument

from turso_tui.sql.lexer import TokenKind
from turso_tui.sql.lines import LineLexer
from turso_tui.sql.split import Script, Span, split
from turso_tui.ui.widgets.editor_brackets import other_parenthesis
from turso_tui.ui.widgets.editor_document import Inset, SqlDocument, UnwrappedDocument
from turso_tui.ui.widgets.editor_note import Note
from turso_tui.ui.widgets.editor_search import Query
from turso_tui.ui.widgets.editor_text import one_sign_each, with_line_feeds

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

NOTE_ROOM = 3
"""Rows that a note may want beside its statement."""

MARGIN = 2
"""Cells at the right of a note, which a scrollbar or one more digit of the line numbers may take."""

Place = tuple[Location, Location]
"""From the first character to the one behind the last."""


class StatementArea(TextArea):
    """Highlights by our own lexer, marks the statement that would run and the place of an error, and says under a
    statement why it failed."""

    DEFAULT_CSS = """
    StatementArea, StatementArea:focus {
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
        & > .sql-editor--note { color: $bad; background: $background; }
        & > .sql-editor--advice { color: $muted; background: $background; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"sql-editor--{part}" for part in (*STYLES.values(), "found", "statement", "bar", "error", "note", "advice")
    }

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        self._lexer = LineLexer(self._line)
        self._script = Script("")
        self._script_valid_to: int | None = 0
        self._error: Place | None = None
        self._note: Note | None = None
        self._note_rows: Sequence[Text] = ()
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
        self.cursor_blink = False  # each blink is sent over SSH, for as long as nobody types
        self.indent_width = 2

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
        return self._document.start_of(row) + column

    def location_of(self, offset: int) -> Location:
        """The row and column of an offset; the end of the text for one beyond it."""
        line = self._document.line_with(offset)
        return line, min(offset - self._document.start_of(line), len(self._line(line)))

    def is_code(self, row: int, column: int) -> bool:
        """Whether what is typed there is SQL, and not a part of a string, a quoted name or a comment."""
        return self._lexer.is_code(row, column)

    # --- marks

    def error_at(self, start: int, end: int) -> None:
        """Mark a place as wrong, until the text changes."""
        self._error = (self.location_of(start), self.location_of(end))
        self._repaint()

    def note_under(self, start: int, end: int, what: str, advice: str = "") -> None:
        """Say under the statement from ``start`` to ``end`` why it failed, until it changes."""
        first, last = self.location_of(start)[0], self.location_of(end)[0]
        # Under a statement that is longer than what one sees of it, nobody would see why the mark is there.
        is_long = last - first >= self.scrollable_content_region.height - NOTE_ROOM
        self._show_note(Note(first, last, what, advice, self._error[1][0] if is_long and self._error else None))
        if self._note is not None and first <= self.cursor_location[0] <= last:
            self.call_after_refresh(self._bring_note_into_view)  # its rows may have brought scrollbars along

    def clear_error(self) -> None:
        if self._error is not None or self._note is not None:
            self._error = None
            self._show_note(None)

    def _show_note(self, note: Note | None) -> None:
        scroll_y = self.scroll_offset.y
        self._note = note
        self._lay_out_note()
        self._size_changed()
        self.scroll_cursor_visible()  # finds out in which row the cursor is now
        self.scroll_to(y=scroll_y, animate=False, force=True)
        self._repaint()

    def _lay_out_note(self) -> None:
        """Wrap it to the width that there is."""
        note, self._note_rows = self._note, ()
        if note is not None:
            width = self.scrollable_content_region.width - self.gutter_width - MARGIN
            self._note_rows = note.rows(self.app.console, width, self._style("note"), self._style("advice"))
        self._document.inset = Inset(note.under if note is not None else 0, len(self._note_rows))

    def _size_changed(self) -> None:
        width, height = self.document.get_size(self.indent_width)
        self.virtual_size = Size(width + self.gutter_width + 1, height)

    def _bring_note_into_view(self) -> None:
        """As far as the cursor stays in view."""
        inset = self._document.inset
        missing = inset.line + 1 + inset.rows - self.scroll_offset.y - self.scrollable_content_region.height
        spare = inset.row_of(self.cursor_location[0]) - self.scroll_offset.y
        if min(missing, spare) > 0:
            self.scroll_to(y=self.scroll_offset.y + min(missing, spare), animate=False, force=True)

    def on_resize(self) -> None:
        if self._note is not None:
            self._lay_out_note()

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
        """A line of the text, or one of the note that stands between them."""
        inset, top = self._document.inset, self.scroll_offset.y
        index = inset.inner(y + top)
        if index is not None:
            return self._note_strip(index)
        line = inset.line_at(y + top)
        if line != y + top and line == self.cursor_location[0]:
            self.notify_style_update()  # Textual keeps the lines that it drew, but not whether the cursor blinks there
        return self._with_bar(super().render_line(line - top), line)

    def _note_strip(self, index: int) -> Strip:
        gutter = Segment(" " * self.gutter_width, self._style("note"))
        row = self._note_rows[index]
        text = Strip(row.render(self.app.console), row.cell_len)
        width = self.scrollable_content_region.width
        return Strip.join([Strip([gutter], self.gutter_width), text]).adjust_cell_length(width, self._style("note"))

    def _with_bar(self, strip: Strip, line: int) -> Strip:
        """The statement that would run has a bar beside its numbers."""
        gutter = self.gutter_width
        if self._span is None or gutter < 2 or not self._span[0][0] <= line <= self._span[1][0]:
            return strip
        bar = Segment(STATEMENT_BAR, self._style("bar"))
        return Strip.join([strip.crop(0, gutter - 2), Strip([bar], 1), strip.crop(gutter - 1)])

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """The other parenthesis of a pair."""
        return other_parenthesis(self.document, self._lexer, bracket, search_from)

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
        self._keep_note(self._note.after(edit) if self._note is not None else None)
        self._changed_from(edit.top)
        return super().edit(edit)

    def undo(self) -> None:
        self._prepare_for(self.history.undo_stack[-1:])
        super().undo()

    def redo(self) -> None:
        self._prepare_for(self.history.redo_stack[-1:])
        super().redo()

    def _prepare_for(self, batches: Sequence[Sequence[Edit]]) -> None:
        """Stand where lines may go: Textual looks at the cursor before it is back inside of a text that got shorter."""
        tops = [edit.top for batch in batches for edit in batch]
        if tops and max(self.selection) > min(tops):
            self.selection = Selection.cursor(min(tops))
        self._keep_note(None)
        self._changed_from(min(tops, default=(0, 0)))

    def load_text(self, text: str) -> None:
        self._keep_note(None)
        self._changed_from((0, 0))
        super().load_text(with_line_feeds(text))

    def _changed_from(self, location: Location) -> None:
        offset = self.offset_of(location)
        known = self._script_valid_to
        self._script_valid_to = offset if known is None else min(known, offset)
        self._lexer.changed(location[0])

    def _keep_note(self, note: Note | None) -> None:
        """And the mark of the error. It is called before the text changes, which is then drawn again by itself."""
        if note is None or self._note is None:
            self._error = None
        elif self._error is not None and note.last != self._note.last:
            growth = note.last - self._note.last
            (first, start), (last, end) = self._error
            self._error = (first + growth, start), (last + growth, end)
        if note != self._note:
            self._note = note
            self._note_rows = self._note_rows if note is not None else ()
            self._document.inset = Inset(note.under if note is not None else 0, len(self._note_rows))
