"""The schema pane: what it lists, what its keys ask for, and that refreshes leave it alone."""

from dataclasses import replace

from textual.pilot import Pilot

from tests.ui.panes.stage import Stage
from turso_tui.service.schema import Index, Schema, Table, TableColumn, TableKind, Trigger
from turso_tui.service.schema_sizes import Sizes
from turso_tui.ui.panes.schema import SchemaPane
from turso_tui.ui.panes.schema_rows import arrange
from turso_tui.ui.widgets.notice import PATIENCE
from turso_tui.ui.widgets.tree_list import TreeList

MESSAGES = Table(
    "messages",
    TableKind.TABLE,
    (
        TableColumn("id", "INTEGER", key=1),
        TableColumn("thread_id", "INTEGER", not_null=True, default="0", references="threads"),
        TableColumn("embedding", "F32_BLOB(384)"),
        TableColumn("size", "INTEGER", generated=True),
    ),
    strict=True,
    sql="create table messages (…)",
)
THREADS = Table("threads", TableKind.TABLE, (TableColumn("id", "INTEGER", key=1),), sql="create table threads (…)")
SCHEMA = Schema(
    tables=(
        THREADS,
        MESSAGES,
        Table("notes", TableKind.VIRTUAL, (TableColumn("body"),)),
        Table("notes_data", TableKind.SHADOW, (TableColumn("id", "INTEGER"),)),
        Table("recent", TableKind.VIEW, (TableColumn("id", "INTEGER"),), sql="create view recent as …"),
    ),
    indexes=(Index("by_thread", "messages", sql="create index …"), Index("one_title", "threads", unique=True)),
    triggers=(Trigger("touch", "threads", "create trigger …"),),
)


class Reading(Stage):
    """Keeps what the pane asks for."""

    def __init__(self, schema: Schema | None = SCHEMA, database: str | None = "agent-0042") -> None:
        self.pane = SchemaPane()
        super().__init__(self.pane)
        self.pane.database = database
        self.pane.schema = schema
        self.asked: list[tuple[str, ...]] = []
        self.wanted: list[tuple[str, object, object]] = []

    def on_mount(self) -> None:
        self.pane.focus()

    def on_schema_pane_table_opened(self, event: SchemaPane.TableOpened) -> None:
        self.asked.append(("open", event.table.name))

    def on_schema_pane_name_inserted(self, event: SchemaPane.NameInserted) -> None:
        self.asked.append(("insert", event.text))

    def on_schema_pane_definition_asked(self, event: SchemaPane.DefinitionAsked) -> None:
        self.asked.append(("define", event.name, event.sql))

    def on_schema_pane_asked(self, event: SchemaPane.Asked) -> None:
        self.wanted.append((event.what, event.of, event.column))

    @property
    def listing(self) -> TreeList:
        return self.pane.listing

    @property
    def lines(self) -> list[str]:
        return [self.listing.render_line(line).text.rstrip() for line in range(len(self.listing.rows))]

    @property
    def notice(self) -> str:
        return str(self.pane.notice.render()) if self.pane.notice.display else ""


async def press(pilot: Pilot[None], *keys: str) -> None:
    """One by one, because each key means the row that the one before it left."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


def test_empty_sections_are_left_out() -> None:
    assert [row.id for row in arrange(Schema((THREADS,)), unfolded=())] == [("table", "threads")]


async def test_tables_come_by_name_then_the_sections_with_counts() -> None:
    async with (app := Reading()).run_test():
        assert app.lines == [
            "▸ messages   strict · 4 columns",
            "▸ notes      virtual · 1 column",
            "▸ threads              1 column",
            "▸ views                       1",
            "▸ indexes                     2",
            "▸ triggers                    1",
        ]


async def test_a_table_unfolds_into_columns_in_line() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "right")
        assert app.lines[:5] == [
            "▾ messages   strict · 4 columns",
            "    id         integer   key",
            "    thread_id  integer   → thr…",
            "    embedding  f32_blob(384)",
            "    size       integer   gener…",
        ]
        await press(pilot, "space")
        assert len(app.lines) == 6


async def test_sections_unfold_into_their_members() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "G", "right", "up", "enter", "up", "space", "right", "right")
        assert app.lines[3:] == [
            "▾ views                       1",
            "  ▾ recent             1 column",
            "      id  integer",
            "▾ indexes                     2",
            "    by_thread  on messages",
            "    one_title  unique on threa…",
            "▾ triggers                    1",
            "    touch  on threads",
        ]


async def test_shadow_tables_stand_under_the_table_that_throws_them() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "down", "right", "down", "down", "right")
        assert app.lines[1:5] == [
            "▾ notes      virtual · 1 column",
            "    body",
            "  ▾ shadow tables             1",
            "    ▸ notes_data       1 column",
        ]


async def test_rows_and_bytes_stand_under_one_another_once_they_are_known() -> None:
    async with (app := Reading()).run_test() as pilot:
        rows = {"messages": 12_408, "threads": 0, "notes": 31}
        bytes_ = {"messages": 2_461_696, "threads": 4096, "notes": 131_072, "by_thread": 18_000}
        app.pane.sizes = Sizes(rows, bytes_, 2_700_000)
        await press(pilot, *["down"] * 4, "right")
        assert app.lines[:6] == [
            "▸ messages      ≈12 408  2.5 MB",
            "▸ notes             ≈31  131 kB",
            "▸ threads             0    4 kB",
            "▸ views                       1",
            "▾ indexes                     2",
            "    by_thread  on messag… 18 kB",
        ]


async def test_menu_diagram_and_comparison_are_asked_for_with_what_is_under_the_cursor() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "m", "right", "down", "r", "G", "c", "b")
        assert app.wanted == [
            ("menu", MESSAGES, None),
            ("diagram", MESSAGES, MESSAGES.columns[0]),
            ("compare", None, None),
            ("measure", None, None),
        ]


async def test_enter_opens_a_table_and_inserts_a_column() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "enter", "right", "down", "down", "enter")
        assert app.asked == [("open", "messages"), ("insert", "thread_id")]


async def test_a_single_click_only_selects() -> None:
    async with (app := Reading()).run_test() as pilot:
        await pilot.click(TreeList, offset=(6, 2))
        assert (app.listing.cursor, app.asked) == (2, [])
        await pilot.double_click(TreeList, offset=(6, 2))
        await pilot.pause()
        assert app.asked == [("open", "threads")]


async def test_i_inserts_a_name_so_that_any_name_is_one() -> None:
    odd = Table('we"ird', TableKind.TABLE, (TableColumn("order by", ""),))
    async with (app := Reading(Schema((odd,)))).run_test() as pilot:
        await press(pilot, "i", "right", "down", "i")
        assert app.asked == [("insert", '"we""ird"'), ("insert", '"order by"')]


async def test_a_name_that_no_sql_can_hold_is_refused_with_a_reason() -> None:
    async with (app := Reading(Schema((Table("a\0b", TableKind.TABLE),)))).run_test(notifications=True) as pilot:
        await press(pilot, "i")
        assert app.asked == []
        assert app.screen.query("Toast")


async def test_d_asks_for_the_definition_of_what_a_column_belongs_to() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "d", "right", "down", "d")
        assert app.asked == [("define", "messages", MESSAGES.sql)] * 2


async def test_enter_on_an_index_asks_for_its_definition() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, *["down"] * 4, "right", "right", "enter")
        assert app.asked == [("define", "by_thread", "create index …")]


async def test_keys_on_a_section_ask_for_nothing() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "G", "i", "d")
        assert app.asked == []


async def test_what_is_unfolded_and_the_cursor_survive_a_refresh() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "right", "down", "down")
        added = Table("authors", TableKind.TABLE, (TableColumn("id"),))
        app.pane.schema = replace(SCHEMA, tables=(added, *SCHEMA.tables))
        await pilot.pause()
        row = app.listing.cursor_row
        assert row is not None
        assert row.id == ("column", "messages", "thread_id")


async def test_another_database_forgets_the_schema_but_not_what_is_unfolded() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "right")
        app.pane.database = "agent-0043"
        await pilot.pause()
        assert app.lines == []
        app.pane.schema = SCHEMA
        await pilot.pause()
        assert app.lines[0].startswith("▾ messages")


async def test_says_what_to_do_without_a_database() -> None:
    async with (app := Reading(None, None)).run_test():
        assert app.notice == "Open a database to see its tables."


async def test_says_what_is_awaited_only_after_a_while() -> None:
    async with (app := Reading(None, "[red]x\x1b")).run_test() as pilot:
        await pilot.pause(PATIENCE * 2)
        assert app.notice == "Reading the schema of [red]x␛…"


async def test_an_empty_database_says_how_to_begin() -> None:
    async with (app := Reading(Schema())).run_test():
        assert app.notice == "No tables yet.\ncreate table notes (id integer primary key, text)"


async def test_a_failure_leaves_what_is_shown() -> None:
    async with (app := Reading()).run_test() as pilot:
        app.pane.problem = ("Reads are blocked.", "Raise the plan.")
        await pilot.pause()
        assert app.notice == "✗ Reads are blocked.\nRaise the plan."
        assert len(app.lines) == 6


async def test_what_comes_after_the_program_was_left_is_drawn_nowhere() -> None:
    async with (app := Reading()).run_test() as pilot:
        pane = app.pane
        await pane.remove()
        pane.sizes = Sizes(refused="too late")
        pane.schema = Schema()
        await pilot.pause()
        assert not pane.is_attached


async def test_a_mouse_that_rests_on_a_column_is_told_the_rest() -> None:
    async with (app := Reading()).run_test() as pilot:
        await press(pilot, "right")
        await pilot.hover(TreeList, offset=(6, 2))
        assert str(app.listing.tooltip) == "thread_id INTEGER\nnot null\ndefault 0\nreferences threads"


async def test_ugly_names_stay_in_their_lines() -> None:
    ugly = Table("[red]\x1b[2J\u202e", TableKind.TABLE, (TableColumn("", "\x1b"), TableColumn("日本語" * 20, "TEXT")))
    async with (app := Reading(Schema((ugly,)))).run_test() as pilot:
        await press(pilot, "right")
        assert app.lines[0].startswith("▾ [red]␛[2J⟨202E⟩")
        assert app.lines[1].startswith('    ""')
        for line in range(3):
            strip = app.listing.render_line(line)
            assert strip.cell_length == app.listing.size.width - 1
            assert "\x1b" not in strip.text
