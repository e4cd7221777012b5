"""Pictures of the Tokens screen, its states and its dialogs, at the two sizes that people have."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.screens.token_stage import TokensApp, loaded, shown, until
from tests.ui.token_pictures import IN_USE, PASTED, SIGNED_IN_WITH_IT, PicturedOffice
from tests.ui.tokens_known import ENDED, ENDING, HOSTILE, READING, SIGN_IN
from turso_tui.errors import Forbidden, Unreachable
from turso_tui.ui.screens.api_token import ApiTokenScreen
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.consequence import ConsequenceScreen
from turso_tui.ui.screens.inspect_token import InspectTokenScreen
from turso_tui.ui.screens.mint import MintScreen
from turso_tui.ui.screens.minted import MintedScreen
from turso_tui.ui.screens.save_secret import SaveSecretScreen
from turso_tui.ui.screens.token_target import TokenTargetScreen
from turso_tui.ui.widgets.notice import Notice

Snap = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
Play = Callable[[Pilot[None]], Awaitable[None]]


async def looking_at(pilot: Pilot[None], id: str) -> None:
    screen = await loaded(pilot)
    screen.tokens.reveal(id)
    await pilot.pause()


async def minting(pilot: Pilot[None]) -> MintScreen:
    """The form for the database of the token under the cursor."""
    await looking_at(pilot, ENDING.id)
    await pilot.press("n")
    return await shown(pilot, MintScreen)


@SIZES
class TestScreen:
    """The list and the detail."""

    @pytest.mark.parametrize("theme", ["turso-dark", "turso-light"])
    def test_everything_known(self, snap_compare: Snap, size: tuple[int, int], theme: str) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await looking_at(pilot, ENDING.id)

        assert snap_compare(TokensApp(PicturedOffice(), theme=theme), terminal_size=size, run_before=play)

    def test_words_of_a_server_in_the_detail(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await looking_at(pilot, HOSTILE.id)

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_a_heading_explains_its_tokens(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await looking_at(pilot, READING.id)
            await pilot.press("up")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_the_filter(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            screen = await loaded(pilot)
            screen.tokens.listing.input.cursor_blink = False
            await pilot.press("slash", *"ag3")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_nothing_yet(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await loaded(pilot)

        assert snap_compare(TokensApp(PicturedOffice(())), terminal_size=size, run_before=play)

    def test_reading(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            notice = pilot.app.screen.query_one(Notice)
            await until(pilot, lambda: notice.display and bool(pilot.app.status))  # type: ignore[attr-defined]

        assert snap_compare(TokensApp(PicturedOffice((), never_loads=True)), terminal_size=size, run_before=play)

    def test_refused(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        refused = Forbidden(
            403,
            "group-scoped token cannot access org-level resources",
            means="The sign-in may not list API tokens.",
            next_step="Sign in as yourself, or with a token of the whole organization.",
        )
        app = TokensApp(PicturedOffice((SIGN_IN, READING), failure=refused))

        async def play(pilot: Pilot[None]) -> None:
            await until(pilot, lambda: app.tokens_screen.tokens.problem is not None)

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_offline(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        offline = Unreachable("api.turso.tech cannot be reached.", next_step="Check the network; F9 tries again.")
        app = TokensApp(PicturedOffice((SIGN_IN, READING), failure=offline))

        async def play(pilot: Pilot[None]) -> None:
            await until(pilot, lambda: app.tokens_screen.tokens.problem is not None)

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_a_single_database_mints_nothing(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await pilot.pause()
            await pilot.press("n")

        assert snap_compare(TokensApp(PicturedOffice((), has_account=False)), terminal_size=size, run_before=play)


@SIZES
class TestMinting:
    """The form, and what comes of it."""

    def test_for_what(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await loaded(pilot)
            await pilot.press("n")
            await shown(pilot, TokenTargetScreen)
            await pilot.press(*"agent-01")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_for_how_long(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            form = await minting(pilot)
            form.lifetime.value = ""
            await pilot.press(*"2w1d30m")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_by_table_and_action(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            form = await minting(pilot)
            await pilot.press("tab", "tab", "right", "right")
            await until(pilot, lambda: bool(form.grid.tables))
            await pilot.press("tab", "space", "down", "down", "right", "space", "right", "space")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_what_is_wrong_stands_beside_its_field(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            form = await minting(pilot)
            form.lifetime.value = "until spring"
            await pilot.press("enter")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_the_secret_is_masked(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await minting(pilot)
            await pilot.press("enter")
            await shown(pilot, MintedScreen)

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    @pytest.mark.parametrize("theme", ["turso-dark", "turso-light"])
    def test_the_secret_is_shown_and_copied(self, snap_compare: Snap, size: tuple[int, int], theme: str) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await minting(pilot)
            await pilot.press("enter")
            await shown(pilot, MintedScreen)
            await pilot.press("v", "y")

        assert snap_compare(TokensApp(PicturedOffice(), theme=theme), terminal_size=size, run_before=play)

    def test_an_api_token(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await loaded(pilot)
            await pilot.press("a")
            await shown(pilot, ApiTokenScreen)
            await pilot.press(*"ci")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_an_api_token_of_a_group(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await loaded(pilot)
            await pilot.press("a")
            await shown(pilot, ApiTokenScreen)
            await pilot.press(*"ci", "tab", "right", "tab", "tab", "tab", "space", "down", "right", "right", "space")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)


@SIZES
class TestDialogs:
    """What else can be done."""

    def test_a_pasted_token_in_words(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await loaded(pilot)
            await pilot.press("i")
            dialog = await shown(pilot, InspectTokenScreen)
            dialog.query_exactly_one(Input).value = PASTED

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_saving_over_what_is_there(
        self, snap_compare: Snap, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "agent-0001.json").touch()
        app = TokensApp(PicturedOffice())

        async def play(pilot: Pilot[None]) -> None:
            await looking_at(pilot, ENDING.id)
            await pilot.press("w")
            dialog = await shown(pilot, SaveSecretScreen)
            await pilot.press("shift+tab", "right", "enter")
            await until(pilot, lambda: "already there" in dialog.query_one("#to").word)  # type: ignore[attr-defined]

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_rotating_more_than_was_asked_for(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await looking_at(pilot, ENDING.id)
            await pilot.press("r")
            await shown(pilot, ConsequenceScreen)
            await pilot.press(*"agent", "enter")

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)

    def test_revoking_the_token_in_use(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await looking_at(pilot, IN_USE.id)
            await pilot.press("d")
            await shown(pilot, ConsequenceScreen)

        app = TokensApp(PicturedOffice((SIGNED_IN_WITH_IT, IN_USE)))
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_forgetting(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await looking_at(pilot, ENDED.id)
            await pilot.press("d")
            await shown(pilot, ConfirmScreen)

        assert snap_compare(TokensApp(PicturedOffice()), terminal_size=size, run_before=play)
