"""What is asked of the schema pane: its menu, the diagram, the comparison; what comes of it is SQL in the editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from turso_tui.errors import InputError, TursoTuiError
from turso_tui.printable import printable
from turso_tui.service import ddl
from turso_tui.service.schema import Schema, Table, TableColumn
from turso_tui.service.schema_sizes import Measurer, Sizes
from turso_tui.ui.numbers import bytes_size, grouped
from turso_tui.ui.schema_actions import Deed, deeds, plain_sql, whole_definition
from turso_tui.ui.widgets.statusline import Status, StatusKind

if TYPE_CHECKING:
    from textual.screen import Screen

    from turso_tui.ui.home import Home, Place
    from turso_tui.ui.panes.editor import EditorPane
    from turso_tui.ui.panes.schema import SchemaPane
    from turso_tui.ui.panes.schema_rows import Definition
    from turso_tui.ui.speaking import Speaker


class Shaping:
    """Answers the schema pane. Nothing that it writes runs by itself."""

    def __init__(
        self,
        screen: Screen[None],
        speaker: Speaker,
        panes: Callable[[], tuple[SchemaPane, EditorPane]],
        home: Home,
        place: Callable[[], Place | None],
    ) -> None:
        self._screen = screen
        self._speaker = speaker
        self._panes = panes
        self._home = home
        self._place = place
        self._measurer = Measurer()

    # --- sizes

    async def learn_sizes(self, place: Place, schema: Schema, *, even_if_large: bool = False) -> None:
        """Show what is known of the sizes, and measure what is not; that it fails disturbs nobody."""
        pane, _ = self._panes()
        known = None if even_if_large else self._measurer.known(place.database, schema)
        if known is not None:
            pane.sizes = known
            return
        try:
            sizes = await self._measurer.measure(place.database, schema, even_if_large=even_if_large)
        except TursoTuiError as error:
            sizes = Sizes(refused=error.what)
        if self._place() is place and pane.schema == schema:  # one like the last one is not put in its place
            pane.sizes = sizes

    def forget_sizes(self) -> None:
        """Rows come and go without the schema changing."""
        self._measurer.forget()

    async def _measure(self, place: Place, schema: Schema) -> None:
        self._speaker.say(Status(StatusKind.BUSY, f"Measuring {printable(place.name)}"))
        await self.learn_sizes(place, schema, even_if_large=True)
        sizes = self._panes()[0].sizes or Sizes()
        if sizes.refused:
            self._speaker.say(Status(StatusKind.WARNING, "The sizes cannot be measured.", sizes.refused))
            return
        total = f"{bytes_size(sizes.total)} in all" if sizes.total is not None else ""
        self._speaker.say(Status(StatusKind.OK, f"Measured {grouped(len(sizes.bytes))} tables and indexes.", total))

    # --- what is asked

    async def answer(self, what: str, of: Definition | None, column: TableColumn | None) -> None:
        """``what`` is the id of a `Deed`, or ``menu``, of which one is then chosen."""
        pane, _ = self._panes()
        place, schema = self._place(), pane.schema
        if place is None or schema is None:
            self._speaker.say(Status(StatusKind.WARNING, "No database is open.", "Choose one on the left."))
            return
        if what == "menu":
            chosen = await self._choose(of, column)
            if chosen is None:
                return
            what = chosen
        try:
            await self._do(Deed(what), place, schema, of, column)
        except InputError as error:
            self._speaker.say_error(error)

    async def _choose(self, of: Definition | None, column: TableColumn | None) -> str | None:
        from turso_tui.ui.screens.choice import ChoiceScreen

        title = " ▸ ".join(printable(each.name) for each in (of, column) if each is not None) or "Schema"
        menu = ChoiceScreen(title, deeds(of, column, self._panes()[0].sizes))
        return await self._screen.app.push_screen_wait(menu)

    async def _do(
        self, deed: Deed, place: Place, schema: Schema, of: Definition | None, column: TableColumn | None
    ) -> None:
        match deed:
            case Deed.COMPARE:
                await self._compare(place, schema)
            case Deed.DIAGRAM:
                self._draw(place, schema, of)
            case Deed.MEASURE:
                await self._measure(place, schema)
            case Deed.DEFINITION if of is not None:
                await self.define(of.name, of.sql)
            case _:
                self.write(await self._sql(deed, schema, of, column))

    async def _sql(self, deed: Deed, schema: Schema, of: Definition | None, column: TableColumn | None) -> str | None:
        """The SQL of a deed; None when the person thought better of it. Raises `InputError`."""
        match deed, of, column:
            case Deed.CREATE_TABLE, _, _:
                from turso_tui.ui.screens.table_form import NewTableScreen

                return await self._screen.app.push_screen_wait(NewTableScreen(schema))
            case (Deed.ADD_COLUMN, Table() as table, _) | (Deed.CHANGE_COLUMN, Table() as table, TableColumn()):
                from turso_tui.ui.screens.table_form import ColumnScreen

                name = column.name if column is not None and deed is Deed.CHANGE_COLUMN else None
                return await self._screen.app.push_screen_wait(ColumnScreen(schema, table, name))
            case Deed.RENAME, Table() as table, _:
                name = await self._new_name(f"Rename {table.name}", table.name)
                return None if name is None else ddl.rename_table(table, name)
            case Deed.RENAME_COLUMN, Table() as table, TableColumn(old):
                name = await self._new_name(f"Rename {old} of {table.name}", old)
                return None if name is None else ddl.rename_column(table, old, name)
        return plain_sql(deed, schema, of, column)

    async def _new_name(self, what: str, name: str) -> str | None:
        from turso_tui.ui.screens.table_form import NewNameScreen

        return await self._screen.app.push_screen_wait(NewNameScreen(what, name))

    async def define(self, name: str, sql: str) -> None:
        """How something is defined, with what stands on it; into the editor if that is wanted."""
        from turso_tui.ui.screens.definition import DefinitionScreen

        text = whole_definition(self._panes()[0].schema, name, sql)
        self.write(await self._screen.app.push_screen_wait(DefinitionScreen(name, text)))

    def _draw(self, place: Place, schema: Schema, of: Definition | None) -> None:
        from turso_tui.ui.screens.diagram import DiagramScreen

        table = of.name if isinstance(of, Table) else of.table if of is not None else None
        self._screen.app.push_screen(DiagramScreen(schema, table, place.path))

    async def _compare(self, place: Place, schema: Schema) -> None:
        from turso_tui.service.schema_diff import compare
        from turso_tui.ui.screens.pick_database import PickDatabaseScreen
        from turso_tui.ui.screens.schema_diff import SchemaDiffScreen

        others = [item for item in self._home.view.items if item.name != place.name]
        pick = PickDatabaseScreen(others, "Compare with")
        chosen = await self._screen.app.push_screen_wait(pick)
        if chosen is None:
            return
        name = str(chosen)
        self._speaker.say(Status(StatusKind.BUSY, f"Reading the schema of {printable(name)}"))
        try:
            opened = self._home.open_file(chosen) if isinstance(chosen, Path) else await self._home.open(chosen)
            other = await opened.database.schema()
        except TursoTuiError as error:
            self._speaker.say_error(error, f"{printable(name)}: ")
            return
        self._speaker.say(Status())
        screen = SchemaDiffScreen(compare(schema, other), place.name, name)
        self.write(await self._screen.app.push_screen_wait(screen))

    def write(self, sql: str | None) -> None:
        """Into a new tab, to be read before it runs."""
        if not sql:
            return
        _, editor = self._panes()
        editor.open_text(sql)
        editor.focus()
        several = sql.count(";") > 1
        self._speaker.say(
            Status(StatusKind.OK, "Written into a new tab; nothing has run.", f"{'F8' if several else 'F5'} runs it.")
        )
