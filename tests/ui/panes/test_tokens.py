"""The list of tokens and the detail beside it."""

from collections.abc import Iterable

import pytest
from textual.geometry import Region

from tests.tokens.samples import NOW
from tests.ui.panes.stage import Stage
from tests.ui.tokens_known import ALL, CI, ENDED, ENDING, HOSTILE, LASTING, READING, SECRETS, SIGN_IN, WRITING
from turso_tui.service.known_tokens import KnownToken, Origin
from turso_tui.ui.panes.token_detail import TokenDetailPane
from turso_tui.ui.panes.tokens import TokensPane
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.tree_list import TreeList


class Tokens(Stage):
    """Both panes, under a clock that goes when it is told to."""

    CSS = "Screen > .wide { width: 100%; height: 1fr; }"

    def __init__(self, tokens: Iterable[KnownToken] = ALL) -> None:
        self.time = NOW
        self.tokens = TokensPane(lambda: self.time)
        self.detail = TokenDetailPane(lambda: self.time)
        self.tokens.add_class("wide")
        self.detail.add_class("wide")
        super().__init__(self.tokens, self.detail)
        self._given = tuple(tokens)
        self.looked: list[KnownToken | Origin | None] = []

    def on_mount(self) -> None:
        self.tokens.tokens = self._given
        self.tokens.focus()

    def on_tokens_pane_looked(self, event: TokensPane.Looked) -> None:
        self.looked.append(event.subject)
        self.detail.subject = event.subject

    @property
    def rows(self) -> TreeList:
        return self.tokens.listing.listing

    def lines(self) -> list[str]:
        return [self.rows.render_line(y).text.rstrip() for y in range(len(self.rows.rows))]

    def line_of(self, known: KnownToken) -> str:
        index = self.rows.index_of(("token", known.id))
        assert index is not None
        return self.rows.render_line(index - self.rows.scroll_offset.y).text

    @property
    def told(self) -> str:
        return self.detail.said


async def test_tokens_stand_under_where_they_come_from() -> None:
    async with (app := Tokens((SIGN_IN, READING, CI))).run_test():
        assert [line.split("  ")[0] for line in app.lines() if line.startswith("▾")] == [
            "▾ Signed in",
            "▾ Minted by the program",
            "▾ API tokens of the account",
        ]


async def test_each_end_is_marked_by_a_sign_and_a_word() -> None:
    async with (app := Tokens()).run_test(size=(100, 40)):
        assert app.line_of(READING).rstrip().endswith("↻ 14 m")
        assert app.line_of(ENDING).rstrip().endswith("! 42 s")
        assert app.line_of(ENDED).rstrip().endswith("✗ expired")
        assert app.line_of(LASTING).rstrip().endswith("never")


async def test_time_that_passes_is_seen() -> None:
    async with (app := Tokens()).run_test(size=(100, 40)):
        app.time += 2
        app.tokens.tick()
        assert app.line_of(ENDING).rstrip().endswith("! 40 s")
        app.time += 60
        app.tokens.tick()
        assert app.line_of(ENDING).rstrip().endswith("✗ expired")


async def test_a_second_draws_only_the_lines_that_it_changes() -> None:
    async with (app := Tokens()).run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        refreshed: list[int] = []
        refresh_line = app.rows.refresh_line

        def watch(y: int) -> None:
            refreshed.append(y)
            refresh_line(y)

        app.rows.refresh_line = watch  # type: ignore[method-assign]
        app.time += 1
        app.tokens.tick()
        assert refreshed == [app.rows.index_of(("token", ENDING.id))]


async def test_an_unchanged_list_is_not_drawn_again() -> None:
    async with (app := Tokens()).run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        drawn: list[tuple[Region, ...]] = []

        def refresh(*regions: Region, **_: bool) -> TreeList:
            drawn.append(regions)
            return app.rows

        app.rows.refresh = refresh  # type: ignore[method-assign]
        app.tokens.tokens = tuple(ALL)
        app.tokens.tick()
        assert drawn == []


async def test_the_cursor_stays_with_its_token_when_others_come() -> None:
    async with (app := Tokens((ENDED, LASTING))).run_test() as pilot:
        await pilot.press("down")
        app.tokens.tokens = (SIGN_IN, READING, ENDED, LASTING)
        assert app.tokens.current == LASTING


async def test_the_first_token_is_looked_at_not_its_heading() -> None:
    async with (app := Tokens()).run_test() as pilot:
        await pilot.pause()
        assert app.looked[-1] == SIGN_IN


async def test_a_heading_says_what_its_tokens_are() -> None:
    async with (app := Tokens()).run_test() as pilot:
        await pilot.press("up")
        await pilot.pause()
        assert app.looked[-1] is Origin.SIGN_IN
        assert "manages the account" in " ".join(app.told.split())


async def test_the_filter_narrows_by_name() -> None:
    async with (app := Tokens()).run_test() as pilot:
        await pilot.press("slash", *"agent")
        await pilot.pause()
        assert {row.id[1] for row in app.rows.rows if row.depth} == {"b1", "b2", "h1"}
        assert app.tokens.current == READING


async def test_a_group_folds() -> None:
    async with (app := Tokens((SIGN_IN, READING))).run_test() as pilot:
        await pilot.press("up", "space")
        await pilot.pause()
        assert app.lines()[0].startswith("▸ Signed in")
        assert len(app.rows.rows) == 3


async def test_nothing_at_all_says_what_to_do_next() -> None:
    async with (app := Tokens(())).run_test() as pilot:
        await pilot.pause()
        assert "n mints one" in str(app.tokens.query_one(Notice).visual)


async def test_a_failure_keeps_what_is_listed() -> None:
    async with (app := Tokens((SIGN_IN,))).run_test() as pilot:
        app.tokens.problem = ("The account may not list its API tokens.", "Sign in as yourself.")
        await pilot.pause()
        assert app.tokens.current == SIGN_IN
        assert "may not list" in str(app.tokens.query_one(Notice).visual)


async def test_words_of_a_server_are_words() -> None:
    async with (app := Tokens((HOSTILE,))).run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        assert "[red]x␛[2J⟨202E⟩" in app.line_of(HOSTILE)
        assert "\x1b" not in app.told


async def test_the_detail_counts_down_too() -> None:
    async with (app := Tokens((ENDING,))).run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        assert "42 s left" in app.told
        app.time += 100
        app.detail.tick()
        await pilot.pause()
        assert "It expired 58 s ago" in " ".join(app.told.split())


async def test_no_secret_is_drawn() -> None:
    async with (app := Tokens()).run_test(size=(200, 50)) as pilot:
        for _ in app.rows.rows:
            await pilot.press("down")
            shown = app.export_screenshot() + app.told
            assert not any(secret in shown or secret[-20:] in shown for secret in SECRETS)


@pytest.mark.parametrize(("size", "scrolls"), [((100, 24), False), ((40, 14), True)])
async def test_the_detail_scrolls_only_where_it_does_not_fit(size: tuple[int, int], scrolls: bool) -> None:
    async with (app := Tokens()).run_test(size=(100, 24)) as pilot:
        await pilot.resize_terminal(40, 14)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert app.detail.show_vertical_scrollbar is scrolls


async def test_a_step_of_the_cursor_draws_only_the_lines_of_the_detail_that_differ() -> None:
    async with (app := Tokens((READING, WRITING))).run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        before = app.told.splitlines()
        refreshed: list[int] = []
        refresh_line = app.detail.refresh_line

        def watch(y: int) -> None:
            refreshed.append(y)
            refresh_line(y)

        app.detail.refresh_line = watch  # type: ignore[method-assign]
        await pilot.press("down")
        await pilot.pause()
        after = app.told.splitlines()
        assert refreshed == [y for y, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
