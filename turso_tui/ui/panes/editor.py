"""The editor with its frame: tabs, which database each speaks to, and what stands before a statement runs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import TextArea
from textual.widgets.text_area import EditHistory, Selection

from turso_tui.errors import SqlError, StorageError
from turso_tui.printable import printable
from turso_tui.service.caution import Level
from turso_tui.service.console import Failed
from turso_tui.service.sql_files import FileStamp, SqlFile, differs
from turso_tui.service.workspace import Point, Tab, TabTarget
from turso_tui.sql.hints import Hint, hint
from turso_tui.ui.caution_words import LEVELS, STYLES
from turso_tui.ui.editor_tabs import EditorTabs, label
from turso_tui.ui.error_place import error_place, sentence
from turso_tui.ui.tab_files import TabFiles
from turso_tui.ui.widgets.editor import SqlEditor
from turso_tui.ui.widgets.framed import Framed
from turso_tui.ui.widgets.strip import StripTab
from turso_tui.ui.widgets.tab_title import title

if TYPE_CHECKING:
    from turso_tui.service.workspace import Workspace

KEEP_SECONDS = 0.5
"""How long what is typed may be only here: no more than that is lost when the program is killed."""

FRAME = 4
"""Cells of the border that its title cannot have."""


class EditorPane(Framed):
    """Shows ``place`` and the tabs in the frame's top and ``footing`` (token, transaction) in its bottom.

    One editor shows one tab after the other; what belongs to a tab (text, cursor, undo) comes and goes with it.
    """

    DEFAULT_CSS = """
    EditorPane {
        border: solid $border-blurred;
        border-title-color: $foreground;
        border-subtitle-color: $muted;
        &:focus-within { border: solid $primary; }
        &.-every-write { border: solid $warning; &:focus-within { border: heavy $warning; } }
        &.-off { border: solid $bad; &:focus-within { border: heavy $bad; } }
    }
    """
    BORDER_TITLE = "Editor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.focus_pane('DatabasesPane')", "Back", show=False),
        Binding("ctrl+t", "new_tab", "New tab", show=False, id="editor.new_tab"),
        Binding("ctrl+n,ctrl+pagedown", "go_tab(1)", "Next tab", show=False, id="editor.next_tab"),
        Binding("ctrl+l,ctrl+pageup", "go_tab(-1)", "Previous tab", show=False, id="editor.previous_tab"),
        Binding("f10,alt+w", "close_tab", "Close tab", show=False, id="editor.close_tab"),
        Binding(
            "alt+a", "save_file_as", "Save as", show=False, id="editor.save_file_as", tooltip="Save to another file"
        ),
        Binding("alt+o", "open_file", "Open a script", show=False, id="editor.open_file", tooltip="Open a script"),
        Binding("alt+r", "rename_tab", "Rename", show=False, id="editor.rename_tab", tooltip="Rename this tab"),
        Binding("alt+t", "reopen_tab", "Open the closed tab again", show=False, id="editor.reopen_tab"),
    ]

    place: reactive[tuple[str, ...]] = reactive((), init=False)
    footing: reactive[str] = reactive("", init=False)
    caution: reactive[Level | None] = reactive(None, init=False)
    """What is asked before a write here: a word in the frame, and its colour."""

    editor = query_one(SqlEditor)

    @dataclass
    class DatabaseWanted(Message):
        """The tab in front speaks to another database than the one that is open."""

        target: TabTarget

    @dataclass
    class NotKept(Message):
        """What is typed cannot be kept, or was not."""

        error: StorageError

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.tabs = EditorTabs()
        self._workspace: Workspace | None = None
        self._shown = SqlEditor()
        self._files = TabFiles(self)
        self._title = Content()
        self._mode = ""
        self._timer: Timer | None = None
        self._undo: dict[str, EditHistory] = {}
        self._has_begun = False
        self._restoring: asyncio.Task[None] | None = None
        self._keeps = False

    def compose(self) -> ComposeResult:
        yield self._shown

    def on_mount(self) -> None:
        self._draw_title()

    def on_resize(self) -> None:
        self._draw_title()

    def on_unmount(self) -> None:
        self.put_away()

    def put_away(self) -> None:
        """Keep what is open, and let whoever comes in here next have it."""
        self._keep()
        workspace, self._workspace = self._workspace, None
        if workspace is not None:
            workspace.close()

    # --- what was here before

    async def restore(self, workspace: "Workspace") -> None:
        """Open the tabs of the last time, and keep those of this time from then on; done only once.

        They are ours as soon as they are read: cancelling ends the waiting, not the reading.
        """
        if self._restoring is None:
            self._workspace = workspace
            workspace.on_problem = self._not_kept
            self._restoring = asyncio.create_task(self._restore(workspace))
        await asyncio.shield(self._restoring)

    async def _restore(self, workspace: "Workspace") -> None:
        try:
            restored = await workspace.restore()
        except StorageError as error:
            self._not_kept(error)
            restored = None
        if self._workspace is not workspace:  # put away meanwhile
            return
        self._keeps = True
        if restored is not None and restored.tabs:
            with self._switching(quietly=True):  # `first_target` says where to go, once it is known what there is
                self.tabs.restore(restored.tabs, restored.active)

    def first_target(self, asked: str | None) -> TabTarget | None:
        """What to open at the start: the database that was ``asked`` for, in a tab that is about it, else the one of
        the tab in front. None when there is none, and from the second time on."""
        if self._has_begun:
            return None
        self._has_begun = True
        if asked is None:
            return self.tabs.active.target
        with self._switching(quietly=True):
            self.tabs.come_for(asked)
        return TabTarget("", asked)

    # --- tabs

    @property
    def tab(self) -> Tab:
        """The tab in front, as it is at this moment."""
        self._take()
        return self.tabs.active

    def open_text(self, text: str) -> None:
        """Into a new tab, or into the one in front when it is blank."""
        with self._switching():
            self.tabs.open(text)

    def open_file(self, file: SqlFile) -> None:
        """In a tab of its own; one that has it already comes to the front, and is read anew unless it was changed."""
        with self._switching():
            known = self.tabs.with_file(file.stamp.path)
            if known is None:
                self.tabs.open(file.text, file.stamp)
            else:
                self.tabs.choose(known.id)
        if known is not None and not known.is_changed:
            self.amend(known.id, file=file.stamp, text=file.text)

    def amend(
        self, tab_id: str, *, name: str | None = None, file: FileStamp | None = None, text: str | None = None
    ) -> None:
        """Change what is said of a tab; another ``text`` for the one in front is an edit that can be taken back."""
        self._take()
        tab = next((tab for tab in self.tabs.all if tab.id == tab_id), None)
        if tab is None:
            return
        if text is not None and text != tab.text and tab == self.tabs.active:
            editor, cursor = self._shown, self._shown.cursor_location
            editor.replace(text, editor.document.start, editor.document.end)
            editor.move_cursor(editor.clamp_visitable(cursor))
        elif text is not None and text != tab.text:
            self._undo.pop(tab.id, None)  # its steps would be taken back in another text
        changed = tab._replace(
            name=tab.name if name is None else name, file=file or tab.file, text=tab.text if text is None else text
        )
        self.tabs.amend(with_news(changed))
        self._draw_title()
        self._keep_soon()

    @work(exclusive=True, group="file")
    async def action_open_file(self, path: str = "") -> None:
        await self._files.open(path)

    @on(SqlEditor.Asked)
    def _asked(self, event: SqlEditor.Asked) -> None:
        match event.what:
            case "close":
                self.action_close_tab()
            case "open":
                self.action_open_file(event.path)
            case _:
                self._save_file(event.path, close=event.what == "save and close")

    @work(exclusive=True, group="file")
    async def _save_file(self, path: str, *, close: bool) -> None:
        await self._files.save(path, elsewhere=bool(path))
        if close and self.tab.file is not None and not self.tab.is_changed:
            self.action_close_tab()

    @on(SqlEditor.ModeChanged)
    def _mode_changed(self, event: SqlEditor.ModeChanged) -> None:
        self._mode = event.status
        self.watch_footing()

    @work(exclusive=True, group="file")
    async def action_save_file_as(self) -> None:
        await self._files.save(elsewhere=True)

    @work(exclusive=True, group="file")
    async def action_rename_tab(self) -> None:
        await self._files.rename()

    def action_new_tab(self) -> None:
        with self._switching():
            self.tabs.open()
        self.focus()

    def action_go_tab(self, steps: int) -> None:
        with self._switching():
            self.tabs.go(steps)

    def action_choose_tab(self, tab_id: str) -> None:
        with self._switching():
            self.tabs.choose(tab_id)
        self.focus()

    def action_close_tab(self) -> None:
        with self._switching():
            self.tabs.close()

    def action_reopen_tab(self) -> None:
        with self._switching():
            self.tabs.reopen()

    @contextmanager
    def _switching(self, *, quietly: bool = False) -> Iterator[None]:
        """Take the text of the tab in front out of the editor, change tabs, put that of the new one in."""
        self._take()
        before = self.tabs.active
        yield
        after = self.tabs.active
        if after.id == before.id and after.text != before.text:
            del self._undo[after.id]  # its steps would be taken back in another text
        if after != before:
            self._put(after)
        self._draw_title()
        self._keep_soon()
        if after.target is not None and after.target != before.target and not quietly:
            self.place = ()  # until it is open, nothing that is in this tab may run elsewhere
            self.post_message(self.DatabaseWanted(after.target))

    def _take(self) -> None:
        editor, tab = self._shown, self.tabs.active
        text = editor.text  # what is said of changes may still be on its way
        anchor, cursor = (Point(*location) for location in editor.selection)
        scroll = Point(round(editor.scroll_y), round(editor.scroll_x))
        taken = tab._replace(text=text, anchor=anchor, cursor=cursor, scroll=scroll)
        self.tabs.active = with_news(taken) if text != tab.text else taken
        self._undo[tab.id] = editor.history

    def _put(self, tab: Tab) -> None:
        editor = self._shown
        editor.history = self._new_undo()  # loading forgets what could be undone
        editor.load_text(tab.text)
        editor.history = self._undo.pop(tab.id, editor.history)
        editor.selection = Selection(tab.anchor, tab.cursor)
        self.call_after_refresh(editor.scroll_to, tab.scroll.column, tab.scroll.row, animate=False)

    def _new_undo(self) -> EditHistory:
        like = self._shown.history
        return EditHistory(like.max_checkpoints, like.checkpoint_timer, like.checkpoint_max_characters)

    # --- keeping

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        if event.text_area is self._shown:
            self._keep_soon()

    @on(TextArea.SelectionChanged)
    def _moved(self) -> None:
        self._keep_soon()

    def _keep_soon(self) -> None:
        if self._timer is None and self._keeps:
            self._timer = self.set_timer(KEEP_SECONDS, self._keep)

    def _keep(self) -> None:
        self._timer = None
        self._take()
        self._draw_title()
        if self._workspace is not None and self._keeps:
            self._workspace.keep(self.tabs.all, self.tabs.active.id)

    def _not_kept(self, error: StorageError) -> None:
        self.post_message(self.NotKept(error))

    # --- the frame

    def watch_place(self) -> None:
        """Choosing a database is what gives it to the tab in front."""
        if self.place:
            self.tabs.active = self.tabs.active._replace(target=target_of(self.place))
            self._keep_soon()
        self._draw_title()

    def watch_footing(self) -> None:
        level = self.caution if self.footing else None
        words = [] if level is None else [(LEVELS[level], STYLES[level]), (" · ", "")]
        mode = [(f"{printable(self._mode)} ", "bold $primary")] if self._mode else []
        self.say_foot(Content.assemble(*mode, *words, printable(self.footing)))

    def watch_caution(self) -> None:
        for level in Level:
            self.set_class(self.caution is level, f"-{level}")
        self.watch_footing()

    def _draw_title(self) -> None:
        target = self.tabs.active.target
        path = self.place or (tuple(part for part in target if part) if target is not None else ())
        # A single tab without a name needs none: its text is there to read.
        is_plain = len(self.tabs.all) == 1 and not self.tabs.active.name and self.tabs.active.file is None
        tabs = [] if is_plain else [StripTab(tab.id, label(tab), tab.is_changed) for tab in self.tabs.all]
        drawn = title(path, bool(self.place), tabs, self.tabs.active.id, self.outer_size.width - FRAME)
        if not drawn.is_same(self._title):
            self.border_title = self._title = drawn

    def mark_error(self, failure: Failed, start: int) -> None:
        """Show where a statement that begins at ``start`` failed, as exactly as is known, and under it why."""
        editor, error = self.editor, failure.error
        place = error_place(failure.sql, error)
        if place is not None:
            editor.error_at(start + place[0], start + place[1])
        known = hint(error.message, editor.names) if isinstance(error, SqlError) else Hint()
        advice = f"{error.means or known.means} {error.next_step or known.next_step}"
        editor.note_under(start, start + len(failure.sql), sentence(error.what), advice.strip())

    def focus(self, scroll_visible: bool = True) -> "EditorPane":
        self.editor.focus(scroll_visible)
        return self


def with_news(tab: Tab) -> Tab:
    """Knowing whether its text is another one than its file's."""
    return tab._replace(is_changed=tab.file is not None and differs(tab.text, tab.file))


def target_of(place: tuple[str, ...]) -> TabTarget:
    """``place`` is org, group, database for one of an account; two parts for a single database."""
    return TabTarget(place[0] if len(place) > 2 else "", place[-1])
