"""Choosing a database or a group among thousands."""

from tests.ui.panes.stage import Stage
from turso_tui.platform.models import Database, Group
from turso_tui.ui.screens.token_target import TokenTarget, TokenTargetScreen, targets
from turso_tui.ui.widgets.notice import Notice

DATABASES = tuple(
    Database(name=f"agent-{number:04}", group="eu" if number % 3 else "default") for number in range(3000)
)
GROUPS = (Group(name="default"), Group(name="eu"), Group(name="idle"))


class Choosing(Stage):
    """Asks at once, and keeps the answer."""

    def __init__(self, choices: tuple[TokenTarget, ...]) -> None:
        super().__init__()
        self.question = TokenTargetScreen("A token for", choices)
        self.answers: list[TokenTarget | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.question, self.answers.append)


def test_groups_come_first_and_say_how_many_databases_they_have() -> None:
    assert [(each.name, each.detail) for each in targets(DATABASES, GROUPS)[:4]] == [
        ("default", "1 000 databases"),
        ("eu", "2 000 databases"),
        ("idle", "0 databases"),
        ("agent-0000", "group default"),
    ]


async def test_typing_finds_and_enter_takes_the_best() -> None:
    async with (app := Choosing(targets(DATABASES, GROUPS))).run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"2417", "enter")
        await pilot.pause()
        assert app.answers == [TokenTarget("agent-2417", False, "group eu")]


async def test_a_group_and_a_database_of_one_name_are_two_things() -> None:
    choices = targets((Database(name="same", group="same"),), (Group(name="same"),))
    async with (app := Choosing(choices)).run_test() as pilot:
        await pilot.pause()
        await pilot.press("down", "G", "enter")
        await pilot.pause()
        assert app.answers == [TokenTarget("same", False, "group same")]


async def test_headings_cannot_be_chosen() -> None:
    async with (app := Choosing(targets(DATABASES[:1], GROUPS))).run_test() as pilot:
        await pilot.pause()
        await pilot.press("down", "g", "enter")
        await pilot.pause()
        assert app.answers == []


async def test_esc_takes_back_the_query_and_then_leaves() -> None:
    async with (app := Choosing(targets(DATABASES, GROUPS))).run_test() as pilot:
        await pilot.pause()
        await pilot.press("x", "escape")
        assert app.answers == []
        await pilot.press("escape")
        await pilot.pause()
        assert app.answers == [None]


async def test_nothing_to_choose_from_is_said() -> None:
    async with (app := Choosing(())).run_test() as pilot:
        await pilot.pause()
        assert "No database is known" in str(app.question.query_one(Notice).visual)
