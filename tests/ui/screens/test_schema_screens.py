"""The screens about a schema by themselves: walking the diagram, reading the difference, filling in the forms."""

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from tests.service.schemas import made, read
from tests.ui.stage import StagedApp
from turso_tui.service.schema import Schema, Table
from turso_tui.service.schema_diff import compare
from turso_tui.ui.schema_actions import Deed, deeds, plain_sql, whole_definition
from turso_tui.ui.screens.diagram import DiagramScreen
from turso_tui.ui.screens.schema_diff import SchemaDiffScreen
from turso_tui.ui.screens.table_form import ColumnScreen, NewTableScreen

SHOP = (
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, referred_by INTEGER REFERENCES customers(id))",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id), placed TEXT)",
    "CREATE TABLE lines (order_id REFERENCES orders(id), product_id REFERENCES products(id), amount INTEGER)",
    "CREATE TABLE products (id INTEGER PRIMARY KEY, title TEXT, supplier REFERENCES suppliers(id))",
    "CREATE INDEX lines_order ON lines (order_id)",
    "CREATE VIEW sold AS SELECT product_id, sum(amount) AS amount FROM lines GROUP BY product_id",
    "CREATE TRIGGER counted AFTER INSERT ON lines BEGIN SELECT 1; END",
)
MANY = tuple(
    f"CREATE TABLE t{number:02} (id INTEGER PRIMARY KEY, up REFERENCES {f't{number - 1:02}' if number else 'gone'}(id))"
    for number in range(30)
)
OTHER = (
    SHOP[0].replace("name TEXT NOT NULL", "name TEXT NOT NULL COLLATE NOCASE"),
    SHOP[1].replace("placed TEXT", "placed TEXT, paid TEXT, -- when\n note TEXT NOT NULL DEFAULT ''"),
    "CREATE TABLE suppliers (id INTEGER PRIMARY KEY, name TEXT)",
    *SHOP[3:4],
    SHOP[2].lower(),
    "CREATE INDEX lines_order ON lines (order_id, product_id)",
)


def schema(*statements: str) -> Schema:
    return read(made(*statements))


def table(schema: Schema, name: str) -> Table:
    found = schema.table(name)
    assert found is not None
    return found


async def diagram(pilot: Pilot[None], statements: tuple[str, ...], start: str | None = None) -> DiagramScreen:
    screen = DiagramScreen(schema(*statements), start, ("acme", "shop"))
    await pilot.app.push_screen(screen)
    await pilot.pause()
    return screen


async def test_a_small_schema_is_drawn_whole_and_a_large_one_around_its_table(tmp_path: Path) -> None:
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        small = await diagram(pilot, SHOP)
        assert small.names == {"customers", "orders", "lines", "products", "suppliers"}
        large = await diagram(pilot, MANY, "t10")
        assert large.names == {"t09", "t10", "t11"}
        await pilot.press("plus")
        assert large.names == {"t08", "t09", "t10", "t11", "t12"}
        await pilot.press("a")
        assert len(large.names) == 31, "with the one that is missing"


async def test_typing_goes_to_a_table_wherever_it_is(tmp_path: Path) -> None:
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        large = await diagram(pilot, MANY, "t10")
        await pilot.press("slash", *"t25", "enter")
        assert large.names == {"t24", "t25", "t26"}
        await pilot.press("a", "slash", *"t28", "enter")
        await pilot.pause()
        box = large.drawing.box("t28")
        assert box is not None
        assert large.picture.scroll_x <= box.x < large.picture.scroll_x + 80, "it is brought into sight"


async def test_a_diagram_is_copied_as_text_and_as_mermaid(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await diagram(pilot, SHOP)
        await pilot.press("y")
        assert app.clipboard == screen.drawing.text
        await pilot.press("Y")
        assert app.clipboard.startswith("erDiagram\n")
        assert 'customers ||--o{ orders : "customer_id"' in app.clipboard


async def test_the_difference_is_sent_to_the_editor_with_or_without_drops(tmp_path: Path) -> None:
    answers: list[str | None] = []
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        screen = SchemaDiffScreen(compare(schema(*SHOP), schema(*OTHER)), "shop", "other")
        await pilot.app.push_screen(screen, answers.append)
        await pilot.press("x", "x")
        assert "-- DROP VIEW sold;" in screen.sql
        await pilot.press("x", "e")
        await pilot.pause()
    assert answers[0] is not None
    assert "\nDROP VIEW sold;" in answers[0]


async def test_schemas_that_are_the_same_send_nothing(tmp_path: Path) -> None:
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        screen = SchemaDiffScreen(compare(schema(*SHOP), schema(*SHOP)), "shop", "twin")
        await pilot.app.push_screen(screen)
        await pilot.press("e")
        assert pilot.app.screen is screen
        assert "The schemas are the same." in str(screen.notice.content)


async def test_a_table_is_written_from_its_form(tmp_path: Path) -> None:
    answers: list[str | None] = []
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(NewTableScreen(schema(*SHOP)), answers.append)
        await pilot.pause()
        await pilot.press("enter")
        assert "A table needs a name." in pilot.app.screen.said  # type: ignore[attr-defined]
        await pilot.press(*"notes", *["tab"] * 7, *"about", "tab", *"integer", "tab", "tab", "space", "tab", "tab")
        await pilot.press(*"orders.id", "enter")
        await pilot.pause()
    assert answers == [
        "CREATE TABLE notes (\n  id INTEGER PRIMARY KEY,\n  about integer NOT NULL REFERENCES orders (id)\n);"
    ]


async def test_a_column_that_cannot_be_added_stays_in_its_form_with_the_reason(tmp_path: Path) -> None:
    answers: list[str | None] = []
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        shop = schema(*SHOP)
        screen = ColumnScreen(shop, table(shop, "orders"))
        await pilot.app.push_screen(screen, answers.append)
        await pilot.pause()
        await pilot.press(*"paid", "tab", "tab", "tab", "space", "enter")
        assert "NOT NULL needs a default" in screen.said
        await pilot.press("tab", "0", "enter")
        await pilot.pause()
    assert answers == ["ALTER TABLE orders ADD COLUMN paid NOT NULL DEFAULT 0;"]


async def test_changing_a_column_begins_with_what_it_is(tmp_path: Path) -> None:
    answers: list[str | None] = []
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        shop = schema(*SHOP)
        await pilot.app.push_screen(ColumnScreen(shop, table(shop, "orders"), "customer_id"), answers.append)
        await pilot.pause()
        assert [field.value for field in pilot.app.screen.query(Input)] == [
            "customer_id",
            "INTEGER",
            "",
            "customers.id",
        ]
        await pilot.press("tab", "home", *["delete"] * 7, *"text", "enter")
        await pilot.pause()
    assert answers[0] is not None
    assert "customer_id text NOT NULL REFERENCES customers(id)" in answers[0]


def test_the_menu_offers_what_can_be_done_with_each_kind_of_thing() -> None:
    shop = schema(*SHOP)
    orders = table(shop, "orders")
    of_column = {choice.id for choice in deeds(orders, orders.columns[1])}
    assert {Deed.CHANGE_COLUMN, Deed.DROP_COLUMN, Deed.ADD_COLUMN, Deed.COMPARE} <= of_column
    of_view = {choice.id for choice in deeds(table(shop, "sold"), table(shop, "sold").columns[0])}
    assert not of_view & {Deed.CHANGE_COLUMN, Deed.ADD_COLUMN, Deed.RENAME}
    assert {choice.id for choice in deeds(None, None)} == {
        Deed.CREATE_TABLE,
        Deed.CREATE_VIEW,
        Deed.DIAGRAM,
        Deed.COMPARE,
        Deed.MEASURE,
    }


def test_what_needs_no_question_is_written_at_once() -> None:
    shop = schema(*SHOP)
    orders = table(shop, "orders")
    assert plain_sql(Deed.CREATE_INDEX, shop, orders, None) == (
        "CREATE INDEX orders_customer_id_index ON orders (customer_id);"
    )
    assert plain_sql(Deed.DROP, shop, shop.triggers[0], None) == "DROP TRIGGER counted;"
    assert plain_sql(Deed.DROP, shop, table(shop, "sold"), None) == "DROP VIEW sold;"
    assert plain_sql(Deed.ADD_COLUMN, shop, orders, None) is None
    script = plain_sql(Deed.REBUILD, shop, orders, None)
    assert script is not None
    assert "ALTER TABLE new_orders RENAME TO orders;" in script


def test_a_definition_is_shown_with_the_indexes_and_triggers_of_its_table() -> None:
    shop = schema(*SHOP)
    lines = table(shop, "lines")
    assert whole_definition(shop, "lines", lines.sql) == "\n\n".join(f"{sql};" for sql in (SHOP[2], SHOP[4], SHOP[6]))
    assert whole_definition(shop, "lines_order", SHOP[4]) == SHOP[4]
