"""The Console: databases and schema on the left, SQL and its results on the right."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer

from turso_tui.errors import SignInEnded, StorageError, TursoTuiError
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.history import is_private
from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.split import Span
from turso_tui.ui.caution import Caution
from turso_tui.ui.costs import Costs
from turso_tui.ui.footing import footing
from turso_tui.ui.helping import BINDINGS as HELP
from turso_tui.ui.helping import Helping
from turso_tui.ui.home import SCRATCH, Home, Place
from turso_tui.ui.messages import SignInNeeded
from turso_tui.ui.panes.databases import DatabasesPane
from turso_tui.ui.panes.editor import EditorPane
from turso_tui.ui.panes.result_table import ResultTable
from turso_tui.ui.panes.results import ResultsPane
from turso_tui.ui.panes.schema import SchemaPane
from turso_tui.ui.problems import in_words
from turso_tui.ui.remedies import Check, PutBack, Wake, is_unknown
from turso_tui.ui.running import GROUP, Runner, Work
from turso_tui.ui.screens.browse import BrowsingScreen
from turso_tui.ui.screens.cell import CellScreen
from turso_tui.ui.screens.history import HistoryScreen
from turso_tui.ui.screens.tokens import TokensScreen
from turso_tui.ui.screens.writers import WritersScreen
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.ui.widgets.statusline import Status, StatusKind, StatusLine
from turso_tui.ui.widgets.topline import TopLine

if TYPE_CHECKING:
    from turso_tui.service.caution import Levels
    from turso_tui.service.desk import Desk
    from turso_tui.service.history import History
    from turso_tui.service.workspace import Workspace

PREVIEW_ROWS = 1000
"""How many rows of a table enter shows: enough to look around in, cheap enough to do without thinking."""


class ConsoleScreen(BrowsingScreen):
    """Arranges the panes and passes what one of them says to the others; the work is done by `Home` and `Console`."""

    CSS_PATH = "console.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+j", "run", "Run", id="console.run", tooltip="Run the statement or the selection"),
        Binding("f8", "run_all", "Run all", id="console.run_all", tooltip="Run everything in the editor"),
        Binding(
            "f11", "rehearse", "Dry run", id="console.rehearse", tooltip="Dry run: try it out, then decide", show=False
        ),
        Binding("alt+f11", "rehearse_all", "Dry run of all", id="console.rehearse_all", show=False),
        Binding(
            "alt+c", "choose_caution", "What is asked before a write", id="console.caution", show=False, priority=True
        ),
        Binding("f4", "show_tokens", "Tokens", id="console.tokens", tooltip="Every token that is known here"),
        Binding(
            "f6", "show_writers", "Writers", id="console.writers", tooltip="Who writes, and who waits", priority=True
        ),
        *HELP,
        Binding("f12", "show_history", "History", id="console.history", tooltip="Find what was run before", show=False),
        Binding("ctrl+o", "go_to", "Go to", id="console.go_to", tooltip="Go to another organization or profile"),
        Binding("slash", "filter", "Filter", id="console.filter", tooltip="Filter the databases", show=False),
        Binding("f9", "refresh", "Refresh", id="console.refresh", show=False),
        Binding(
            "f3", "show_plan", "Plan", show=False, id="console.plan", tooltip="How a statement would run, and cost"
        ),
        Binding("f2", "scratch", "Scratch", show=False, id="console.scratch", tooltip="SQL over the results"),
        Binding("ctrl+b", "focus_pane('DatabasesPane')", "Databases", id="console.databases", show=False),
        Binding("ctrl+s", "focus_pane('SchemaPane')", "Schema", id="console.schema", show=False),
        Binding("ctrl+e", "focus_pane('EditorPane')", "Editor", id="console.editor", show=False),
        Binding("ctrl+r", "focus_pane('ResultsPane')", "Results", id="console.results", show=False),
    ]

    def __init__(
        self,
        home: Home,
        desk: "Desk",
        history: "History",
        workspace: "Workspace",
        levels: "Levels",
        costs: Costs,
    ) -> None:
        super().__init__(home, desk, history, workspace)
        self._costs = costs
        self._caution = Caution(self, home, levels, costs.warning)
        self._run_in: Place | None = None
        self._helping = Helping(self, self, lambda: self.editor.editor, self._start)
        desk.on_change = self.tick

    def compose(self) -> ComposeResult:
        yield TopLine()
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield DatabasesPane()
                yield SchemaPane()
            with Vertical(id="right"):
                yield EditorPane()
                yield ResultsPane()
        yield StatusLine()
        yield Footer(show_command_palette=True, compact=True)

    def on_mount(self) -> None:
        self._runner = Runner(self, self.results, self.editor, self, self._home.writers, self._caution)
        self.databases.focus()
        self._history.on_problem = self.say_error
        if (problem := self._caution.problem) is not None:
            self.say_error(problem)
        self.set_interval(1.0, self.tick)
        self.call_after_refresh(self._enter)

    # --- other places

    def action_show_tokens(self) -> None:
        """The Tokens screen, in front of this one."""
        self.app.push_screen(TokensScreen(self._home.office, lambda: self._home.view))

    @work(exclusive=True, group="history")
    async def action_show_history(self) -> None:
        """What was run before; the chosen statement comes into the editor, for the database that is open."""
        remembered = await self.app.push_screen_wait(HistoryScreen(self._history))
        if remembered is not None:
            self.editor.open_text(remembered.sql)
            self.editor.focus()

    def action_show_writers(self) -> None:
        """Whose turn it is, in front of this screen."""
        place = self._place
        if place is None:
            self.app.push_screen(WritersScreen(self._home.writers))
        else:
            self.app.push_screen(WritersScreen(self._home.writers, place.database.identity, place.database.name))

    @work(exclusive=True, group="plan")
    async def action_show_plan(self) -> None:
        """How the statement under the cursor, or the first one selected, would be carried out; nothing runs."""
        span = next(iter(self._meant()), None)
        if self._place is None or not self.editor.place:
            self.say(Status(StatusKind.WARNING, "No database is open.", "Choose one on the left."))
        elif span is None:
            self.say(Status(StatusKind.WARNING, "There is no statement here."))
        else:
            wanted = await self.app.push_screen_wait(self._costs.plan(self._place, span.text))
            if wanted is not None:
                self.editor.open_text(wanted)
                self.editor.focus()

    # --- running

    def action_run(self) -> None:
        """The selection, else the statement under the cursor."""
        self._start(self._meant())

    def action_rehearse(self) -> None:
        """The same in a transaction, to be looked at and then applied or taken back."""
        self._start(self._meant(), as_script=True, rehearse=True)

    def _meant(self) -> Sequence[Span]:
        editor = self.editor.editor
        if editor.selected_text.strip():
            return editor.selected_statements()
        span = editor.statement_under_cursor()
        return [span] if span is not None else []

    def action_run_all(self) -> None:
        """Everything in the editor, in order, until something fails."""
        self._start(self.editor.editor.statements(), as_script=True)

    def action_rehearse_all(self) -> None:
        """Everything in the editor, to be looked at and then applied or taken back."""
        self._start(self.editor.editor.statements(), as_script=True, rehearse=True)

    @on(SchemaPane.TableOpened)
    def _table_opened(self, event: SchemaPane.TableOpened) -> None:
        """What is on this machine is a result again; what is elsewhere is browsed."""
        if self._place is not None and self._place.name != SCRATCH:
            self.browse(self._place, event.table)
        else:
            self._start_work(Work([f"SELECT * FROM {quote_identifier(event.table.name)} LIMIT {PREVIEW_ROWS}"]))

    @property
    def losses(self) -> str:
        """What leaving now would end; empty when nothing would be lost."""
        open_in = ", ".join(database.name for database in self._desk.in_transaction)
        if open_in:
            ended = f"A transaction is open in {open_in}: it is rolled back."
        else:
            ended = "A statement is still running: it is cancelled." if self.runs_something else ""
        return "\n".join(filter(None, (ended, self.staged_losses)))

    def cancel_run(self) -> None:
        """Stop what runs, on the server too."""
        self.workers.cancel_group(self, GROUP)

    def _start(self, spans: Sequence[Span], *, as_script: bool = False, rehearse: bool = False) -> None:
        """Run statements of the editor, in which an error can then be marked."""
        text = self.editor.editor.text
        private = [index for index, span in enumerate(spans) if is_private(text, span.start)]
        texts, places = [span.text for span in spans], [span.start for span in spans]
        self._start_work(Work(texts, places, as_script, private, rehearse=rehearse))

    def _start_work(self, work: Work) -> None:
        if self._place is None or not self.editor.place:
            self.say(Status(StatusKind.WARNING, "No database is open.", "Choose one on the left."))
        elif not work.statements:
            self.say(Status(StatusKind.WARNING, "There is no statement here."))
        elif self.runs_something:
            self.say(Status(StatusKind.BUSY, "A statement is still running.", "ctrl+c cancels it."))
        else:
            self.editor.editor.clear_error()
            self._helping.offer(None)
            record = self._history.record(self._place.path, work.statements, work.private)
            self._run_in = self._place
            console = self._desk.console(self._place.database)
            self._runner.start(console, self._place, work, record, lambda: self._after(work))

    def _after(self, work: Work) -> None:
        self.tick()
        place = self._place
        if place is not None and (place.name == SCRATCH or any(map(changes_schema, work.statements))):
            self._reread_schema(place)

    # --- what is asked before

    @work(exclusive=True, group="caution")
    async def action_choose_caution(self) -> None:
        """What is asked before a write, for this database, its group or its organization."""
        if self._place is None or self._place.name == SCRATCH:
            self.say(Status(StatusKind.WARNING, "There is no database here to choose it for."))
            return
        try:
            chosen = await self._caution.choose(self._place)
        except StorageError as error:
            self.say_error(error)
            return
        if chosen:
            self.tick()
            self.say(Status(StatusKind.OK, chosen))

    # --- what helps

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key that helps is there while anything does."""
        return action != "help" or any(map(self._helping.is_of, parameters))

    def action_help(self, _kind: str) -> None:
        """Do what helps with what went wrong last."""
        remedy = self._helping.remedy
        if isinstance(remedy, Check | PutBack):
            self._helping.show(remedy)
        elif remedy is not None and not self.runs_something:
            self._wake(remedy)

    @work(exclusive=True, group=GROUP)
    async def _wake(self, remedy: Wake) -> None:
        if self._home.account is not None and await self._helping.wake(remedy, self._home.account):
            self.action_refresh()

    # --- small things between panes

    @on(SchemaPane.NameInserted)
    def _insert_name(self, event: SchemaPane.NameInserted) -> None:
        self.editor.editor.insert(event.text)
        self.editor.focus()

    @on(SchemaPane.DefinitionAsked)
    @work(exclusive=True, group="shaping")
    async def _show_definition(self, event: SchemaPane.DefinitionAsked) -> None:
        await self._shaping.define(event.name, event.sql)

    @on(SchemaPane.Asked)
    @work(exclusive=True, group="shaping")
    async def _shape(self, event: SchemaPane.Asked) -> None:
        await self._shaping.answer(event.what, event.of, event.column)

    @on(ResultGrid.CellChosen)
    def _show_cell(self, event: ResultGrid.CellChosen) -> None:
        source = event.grid.source
        if source is not None:
            self.app.push_screen(CellScreen(source.columns[event.column], event.row, event.value))

    @on(ResultGrid.Copied)
    def _copied(self, event: ResultGrid.Copied) -> None:
        self.say(Status(StatusKind.OK, f"Copied {event.what}."))

    @on(ResultTable.Told)
    def _told(self, event: ResultTable.Told) -> None:
        self.say(event.status)

    def action_filter(self) -> None:
        self.databases.listing.action_filter()

    def action_focus_pane(self, pane: str) -> None:
        """Jump to a pane by the name of its class."""
        self.query_one(pane).focus()

    # --- what is said

    def tick(self) -> None:
        """What changes with time: the transaction's age, the token's life, the writer's queue."""
        if self._place is not None:
            database = self._place.database
            transaction = self._desk.console(database).session.transaction
            self.editor.footing = footing(transaction, database.queue, self._home.token_words(self._place))
            self.editor.caution = self._caution.level(self._place)
            self.tend_pages(self._place)

    def failed(self, error: TursoTuiError, prefix: str = "", place: Place | None = None) -> str:
        """Say it, and offer or ask for what helps: a key, a new sign-in, or a token for ``place``, else for where the
        last run was: another database may have been opened since."""
        account, entrance = self._home.account, self._home.entrance
        place = place or self._run_in
        path = place.path if place is not None and account is not None else ()
        self._helping.offer(error, path)
        what, next_step = self.in_words_here(error)
        self.say(Status(StatusKind.UNKNOWN if is_unknown(error) else StatusKind.FAILED, prefix + what, next_step))
        if isinstance(error, SignInEnded) and account is not None and isinstance(entrance, AccountEntrance):
            self.post_message(SignInNeeded(account, entrance, self._home.office.signed_in.who))
        elif place is not None and self._home.takes_token_after(error):
            self._ask_for_token(place)
        return next_step

    def in_words_here(self, error: TursoTuiError) -> tuple[str, str]:
        """Where one key helps, that is what matters; what an error means stands in the messages too."""
        remedy = self._helping.remedy
        if isinstance(remedy, Wake):
            return f"The group {remedy.group} is asleep; nothing ran.", remedy.offer
        return in_words(error) if remedy is None else (error.what, remedy.offer)


def changes_schema(sql: str) -> bool:
    """Whether the schema on show may be out of date after ``sql``: cheap to ask, harmless when wrong."""
    return sql.lstrip()[:6].upper() in {"CREATE", "ALTER ", "DROP T", "DROP I", "DROP V"}
