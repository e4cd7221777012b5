"""A table is looked through, its rows are changed, and nothing of that is ever lost or applied by halves."""

from pathlib import Path

import httpx
import pytest
from textual import events
from textual.widgets import Static

from tests.ui.panes.browse_stage import Shop, shop
from tests.ui.stage import StagedApp, account_app, opened, until
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.service.entrance import RemoteEntrance
from turso_tui.tokens import DatabaseToken
from turso_tui.ui.screens.choice import ChoiceScreen
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.quit import QuitScreen
from turso_tui.ui.screens.row_changes import RowChangesScreen
from turso_tui.ui.screens.row_conflict import RowConflictScreen
from turso_tui.ui.screens.row_value import RowValueScreen


async def test_pages_come_as_one_scrolls_and_the_cursor_stays(tmp_path: Path) -> None:
    async with shop(tmp_path, people=1200) as stage:
        page = await stage.open("people")
        assert page.grid.has_focus
        assert stage.foot == "500 of more than 500 · ↕ 1"
        await stage.press("G")
        assert page.grid.cursor_row == 499, "reading on does not move the cursor"
        assert page.grid.row_count == 1000
        await stage.press("G")
        await stage.press("G")
        assert (page.grid.cursor_row, stage.foot) == (1199, "1 200 rows · ↕ 1 200")
        await stage.press("s", "s")
        assert stage.lines()[1].split()[:3] == ["1", "│", "1200"], "sorted twice is sorted the other way"
        assert "id ▼" in stage.lines()[0]


async def test_a_count_is_asked_for(tmp_path: Path) -> None:
    async with shop(tmp_path, people=700) as stage:
        await stage.open("people")
        await stage.press("number_sign")
        assert stage.foot == "500 of 700 · ↕ 1"


async def test_a_filter_takes_plain_words_and_sql_and_keeps_what_is_wrong(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("f", *"plan = pro and spent > 100", "enter")
        assert [line.split()[2] for line in stage.lines()[1:]] == ["10", "12"]
        await stage.press("f", *" or nope", "enter")
        assert page.bar.input.has_focus
        assert page.bar.input.value.endswith("or nope")
        assert "no such column: nope" in str(page.bar.query_exactly_one(".wrong").visual)  # type: ignore[attr-defined]
        assert page.grid.row_count == 2, "what was on show is still there"
        await stage.press("escape")
        assert page.grid.has_focus
        await stage.press("escape")
        assert stage.foot == "12 rows · ↕ 1"
        await stage.press("f", *"id is null", "enter")
        assert str(page.notice.visual).startswith("No row matches.")


async def test_changes_are_staged_with_signs_reviewed_applied_and_taken_back(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        before = stage.sql("SELECT * FROM people")
        await stage.press("down", "right", "c")
        await stage.press(*"Zoe", "enter", "down", "d")
        await stage.press("o", "c")
        await stage.press(*"New", "enter")
        signs = [line.split("│")[0].strip() for line in stage.lines()[1:5]]
        assert signs == ["1", "2~", "3−", "4+"]
        assert "auto  New" in stage.lines()[4]
        assert "3 changes: 1 inserted, 1 edited, 1 deleted · w reviews" in stage.foot
        assert stage.sql("SELECT * FROM people") == before, "nothing is written yet"

        await stage.press("w")
        assert isinstance(stage.screen, RowChangesScreen)
        await stage.press("enter")
        assert stage.said.startswith("Applied 3 changes to people: 1 inserted, 1 edited, 1 deleted")
        assert stage.sql("SELECT id, name FROM people WHERE id IN (2, 3, 13)") == [(2, "Zoe"), (13, "New")]
        assert page.unsaved == 0
        remembered = await stage.app.services.history.search()
        assert "DELETE FROM people WHERE id = 3" in [each.sql for each in remembered]
        assert "New" in " ".join(stage.lines()), "what is on show was read again"

        await stage.press("u")
        assert isinstance(stage.screen, ConfirmScreen)
        await stage.press("enter")
        assert sorted(stage.sql("SELECT * FROM people")) == sorted(before)


async def test_staging_is_undone_step_by_step(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("right", "right", "z", "O", "d", "up", "V", "down", "d")
        assert page.unsaved == 2, "the copy that was deleted is gone, and both selected rows are marked"
        await stage.press("escape", "u", "u")
        assert "+1 ~1" in stage.foot or "1 inserted, 1 edited" in stage.foot
        await stage.press("U", "u", "u", "u")
        assert page.unsaved == 0
        await stage.press("U", "R")
        assert page.unsaved == 0


async def test_what_is_typed_right_behind_the_key_goes_into_the_dialog(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        grid = page.grid
        await stage.press("right")
        for key in ("c", "d", "o", "enter"):  # one packet: all of it is on its way before the first one is understood
            grid.post_message(events.Key(key, key if len(key) == 1 else "\r"))
        await stage.calm()
        assert page.changes is not None
        assert [dict(each.values) for each in page.changes.diff()] == [{1: "do"}]


@pytest.mark.parametrize("is_open", [False, True])
async def test_what_is_typed_into_null_and_entered_at_once_is_no_null(tmp_path: Path, *, is_open: bool) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        page.grid.cursor = page.grid.cursor._replace(row=3, column=3)
        await stage.press(*(["c"] if is_open else []))
        for key in ("7", "enter") if is_open else ("c", "7", "enter"):
            stage.app.post_message(events.Key(key, key if len(key) == 1 else "\r"))
        await until(stage.pilot, lambda: page.unsaved > 0)
        assert page.changes is not None
        assert [dict(each.values) for each in page.changes.diff()] == [{3: 7.0}]


async def test_a_row_that_others_have_changed_is_shown_and_nothing_is_applied(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("right", "c")
        await stage.press(*"Ours", "enter", "down", "down", "d")
        stage.sql("UPDATE people SET name = 'Theirs' WHERE id = 1")
        await stage.press("w")
        await stage.press("enter")
        await until(stage.pilot, lambda: isinstance(stage.screen, RowConflictScreen))
        assert stage.sql("SELECT count(*) FROM people") == [(12,)]
        await stage.press("k")
        assert "Ours" in stage.lines()[1]
        assert page.unsaved == 2
        await stage.press("w")
        await stage.press("enter")
        assert stage.sql("SELECT name FROM people WHERE id IN (1, 3)") == [("Ours",)]


async def test_a_refused_row_is_named_and_everything_stays_staged(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("d", "down", "down", "right", "c")
        await stage.press(*"Zoe", "enter", "w")
        await stage.press("enter")
        assert "FOREIGN KEY" in stage.said
        assert (page.unsaved, page.grid.cursor_row) == (2, 0)
        assert stage.sql("SELECT name FROM people WHERE id = 3") == [("Cyd 3",)]


@pytest.mark.parametrize(
    ("table", "reason"), [("rich", "rich is a view"), ("bare", "")], ids=["a view", "an empty table"]
)
async def test_what_cannot_be_changed_says_why(tmp_path: Path, table: str, reason: str) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open(table)
        await stage.press("o")
        if reason:
            assert stage.said.startswith(reason)
            assert "read only" in stage.foot
        else:
            assert page.unsaved == 1
            await stage.press("right", "c")
            assert isinstance(stage.screen, RowValueScreen)


async def test_a_block_of_a_spreadsheet_goes_to_the_cells_from_the_cursor_on(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("G", "right")
        page.grid.post_message(events.Paste("Last\tteam\t1.5\nMore\tfree\t\n"))
        await stage.calm()
        assert page.changes is not None
        assert [dict(each.values) for each in page.changes.diff()] == [
            {1: "Last", 2: "team", 3: 1.5},
            {1: "More", 2: "free", 3: None},
        ]
        page.grid.post_message(events.Paste("a\tb\tc\td\te\tf\tg\n"))
        await stage.calm()
        assert "Nothing was pasted" in stage.said


async def test_a_reference_is_followed_and_comes_back(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        orders = await stage.open("orders")
        await stage.press("down", "right", "t")
        people = stage.page
        assert (people.table.name, people.bar.input.value) == ("people", "id = 2")
        assert "Bob 2" in stage.lines()[1]
        await stage.press("T")
        assert not isinstance(stage.screen, ChoiceScreen), "there is only one way"
        assert (stage.page.table.name, stage.foot) == ("orders", "1 row · ↕ 1")
        assert stage.page.trail == ["orders", "people", "orders"]
        await stage.press("backspace")
        await stage.press("escape")
        assert stage.page is orders
        assert orders.grid.cursor_row == 1
        assert len(stage.console.query("TableBrowser")) == 1, "what was opened on the way is gone"


async def test_staged_changes_are_asked_about_before_they_are_lost(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("d")
        await stage.press("x")
        assert isinstance(stage.screen, ConfirmScreen)
        await stage.press("escape")
        assert stage.page is page
        await stage.press("ctrl+q")
        assert isinstance(stage.screen, QuitScreen)
        assert "1 staged change in people is not applied" in stage.console.losses
        await stage.press("escape", "u", "x")
        assert stage.console.losses == ""
        assert not stage.console.query("TableBrowser")


async def test_a_table_stays_open_over_runs_and_is_opened_once(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("d")
        stage.console.editor.editor.load_text("select 1")
        stage.console.editor.focus()
        await stage.press("f5")
        assert page.is_attached
        assert await stage.open("people") is page
        assert page.unsaved == 1


async def test_a_write_that_waits_for_its_turn_can_be_cancelled_and_stays_staged(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("right", "c")
        await stage.press(*"Zoe", "enter", "w")
        async with stage.app.services.writers.turn(page.place.database.identity, "somebody else"):
            await stage.pilot.press("enter")
            await until(stage.pilot, lambda: "ctrl+c stops waiting" in stage.said)
            await stage.pilot.press("d")
            assert page.unsaved == 1, "what is on its way is not changed under it"
            await stage.press("ctrl+c")
        assert stage.said == "Cancelled. Nothing was applied. It is still staged."
        assert stage.sql("SELECT name FROM people WHERE id = 1") == [("Ada 1",)]
        await stage.press("d")
        assert list(page.changes.deletes) == [(1,)] if page.changes is not None else False


async def test_a_table_is_not_closed_while_its_changes_are_on_their_way(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        page = await stage.open("people")
        await stage.press("right", "c")
        await stage.press(*"Zoe", "enter", "w")
        async with stage.app.services.writers.turn(page.place.database.identity, "somebody else"):
            await stage.pilot.press("enter")
            await until(stage.pilot, lambda: page.is_applying)
            await stage.pilot.press("x")
            await stage.pilot.pause()
            assert not isinstance(stage.screen, ConfirmScreen), "nobody is asked to throw away what may be applied"
        await stage.calm()
        assert stage.sql("SELECT name FROM people WHERE id = 1") == [("Zoe",)]
        assert "Applied 1 change to people" in stage.said, "and what became of them is said"


async def test_nor_while_what_was_applied_is_being_undone(tmp_path: Path) -> None:
    async with shop(tmp_path) as stage:
        await stage.open("orders")
        await stage.press("right", "t", "right", "right", "z", "w", "enter")
        page = stage.page
        assert (page.table.name, page.unsaved) == ("people", 0)
        await stage.press("u")
        async with stage.app.services.writers.turn(page.place.database.identity, "somebody else"):
            await stage.pilot.press("enter")
            await until(stage.pilot, lambda: page.is_applying)
            await stage.pilot.press("backspace")
            assert page.is_attached
        await stage.calm()
        assert stage.sql("SELECT plan FROM people WHERE id = 1") == [("free",)]


@pytest.fixture
def read_only_entrance(local_server: LocalServer) -> RemoteEntrance:
    """A database by its address, with a token that may not write."""
    path = f"{local_server.url}/v1/organizations/{local_server.organization}/databases/agent-0003"
    headers = {"Authorization": f"Bearer {local_server.token}"}
    hostname = httpx.get(path, headers=headers).json()["database"]["Hostname"]
    token = httpx.post(f"{path}/auth/tokens?authorization=read-only", headers=headers).json()["jwt"]
    return RemoteEntrance(parse_database_url(f"http://{hostname}"), DatabaseToken(token))


async def test_a_token_that_may_only_read_is_said_and_nothing_is_lost(
    tmp_path: Path, local_server: LocalServer, read_only_entrance: RemoteEntrance
) -> None:
    app = StagedApp(tmp_path, read_only_entrance)
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        stage = Shop(app, pilot, tmp_path)
        page = await stage.open("threads")
        await stage.press("d", "w")
        await stage.press("enter")
        assert stage.said.startswith("Not applied: Authorization forbidden")
        assert "The token may not do this" in stage.said
        assert page.unsaved == 1
        local_server.stop()
        await stage.press("f9")
        await until(pilot, lambda: "cannot be reached" in stage.said)
        assert page.grid.row_count > 0, "what was read is still there"
        assert page.unsaved == 1


async def test_what_may_have_been_applied_already_says_so_before_it_is_applied_again(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        stage = Shop(app, pilot, tmp_path)
        page = await stage.open("threads")
        await stage.press("O", "w")
        assert isinstance(stage.screen, RowChangesScreen)
        assert "already" not in str(stage.screen.query_one("#note", Static).content)
        local_server.faults.add("cut=after,times=1,writes,on=data")
        await stage.press("enter")
        await until(pilot, lambda: stage.said.startswith("Whether the write was applied is unknown."))
        assert page.unsaved == 1
        await stage.press("w")
        assert "may have been applied already" in str(stage.screen.query_one("#note", Static).content)
        await stage.press("escape", "R", "O", "w")
        assert "already" not in str(stage.screen.query_one("#note", Static).content)
