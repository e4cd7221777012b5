"""The Tokens screen over a real server: what it mints, shows, copies, saves, rotates and revokes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.screens.token_stage import NOW, Clock, StagedOffice, TokensApp, loaded, shown, token_server, until
from tests.ui.token_pictures import PASTED, PicturedOffice
from tests.ui.tokens_known import ENDED, ENDING, SECRETS
from turso_tui.errors import Forbidden
from turso_tui.local.server import LocalServer
from turso_tui.service.known_tokens import Origin
from turso_tui.tokens import Access, TokenKind, read_claims
from turso_tui.tokens.permissions import Action, Permission
from turso_tui.ui.screens.api_token import ApiTokenScreen
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.consequence import ConsequenceScreen
from turso_tui.ui.screens.inspect_token import InspectTokenScreen
from turso_tui.ui.screens.mint import BY_TABLE, MintScreen
from turso_tui.ui.screens.minted import MintedScreen
from turso_tui.ui.screens.save_secret import SaveSecretScreen
from turso_tui.ui.screens.token_target import TokenTargetScreen
from turso_tui.ui.screens.tokens import TokensScreen
from turso_tui.ui.widgets.field import Field


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[LocalServer]:
    with token_server(tmp_path / "server", clock) as server:
        yield server


@pytest.fixture
async def office(server: LocalServer, clock: Clock, tmp_path: Path) -> StagedOffice:
    return StagedOffice(server, clock, tmp_path, (ENDING, ENDED))


@pytest.fixture
async def app(office: StagedOffice) -> TokensApp:
    return TokensApp(office)


async def at(pilot: Pilot[None], app: TokensApp, id: str) -> None:
    """The cursor on a token."""
    await loaded(pilot)
    app.tokens_screen.tokens.reveal(id)
    await pilot.pause()


async def minting(pilot: Pilot[None], target: str = "agent-0003") -> MintScreen:
    """The form, with a database or group already chosen."""
    await loaded(pilot)
    await pilot.press("n")
    await shown(pilot, TokenTargetScreen)
    await pilot.press(*target, "enter")
    return await shown(pilot, MintScreen)


async def minted(pilot: Pilot[None]) -> MintedScreen:
    await pilot.press("enter")
    return await shown(pilot, MintedScreen)


async def minted_for_ci(pilot: Pilot[None], name: str) -> None:
    """An API token, minted and listed."""
    screen = await loaded(pilot)
    await pilot.press("a")
    await shown(pilot, ApiTokenScreen)
    await pilot.press(*name, "enter")
    await shown(pilot, MintedScreen)
    await pilot.press("escape")
    await until(pilot, lambda: any(each.name == name for each in screen.tokens.tokens))


def complaint(screen: MintScreen | ApiTokenScreen, field: str) -> str:
    return screen.query_one(f"#{field}", Field).word


class TestMinting:
    """A token for SQL."""

    async def test_enter_mints_one_that_reads_for_a_day(self, app: TokensApp, office: StagedOffice) -> None:
        async with app.run_test() as pilot:
            await minting(pilot)
            await minted(pilot)
            known = office.by_hand
            assert known.token is not None
            claims = read_claims(known.token.reveal())
            assert claims is not None
            assert (known.scope, claims.kind, claims.access) == (
                "acme/agent-0003",
                TokenKind.DATABASE,
                Access.READ_ONLY,
            )
            assert claims.expires_at == NOW + 86_400
            assert app.tokens_screen.tokens.current == known
            assert app.status == "Minted the database token for acme/agent-0003."

    async def test_a_group_token_that_writes_and_never_ends(self, app: TokensApp, office: StagedOffice) -> None:
        async with app.run_test() as pilot:
            form = await minting(pilot, "default")
            form.lifetime.value = "never"
            await pilot.press("tab", "tab", "right")
            assert "cannot be revoked alone" in complaint(form, "lives")
            await minted(pilot)
            known = office.by_hand
            assert known.kind is TokenKind.GROUP
            assert known.rights == "reads and writes"
            assert known.expires_at is None

    async def test_permissions_by_table_and_action(self, app: TokensApp, office: StagedOffice) -> None:
        async with app.run_test(size=(120, 36)) as pilot:
            form = await minting(pilot)
            await pilot.press("tab", "tab", "right", "right")
            await until(pilot, lambda: form.grid.tables)
            # every table: read; the first one: add; and a table that is not there yet: the whole row of it
            await pilot.press("tab", "space", "down", "right", "space", "tab", *"later", "enter", "a")
            await until(pilot, lambda: "later" in complaint(form, "tables"))
            await minted(pilot)
            known = office.by_hand
            assert known.token is not None
            claims = read_claims(known.token.reveal())
            assert claims is not None
            assert claims.permissions == (
                Permission(None, (Action.DATA_READ,)),
                Permission(("memories",), (Action.DATA_ADD,)),
                Permission(("later",), tuple(Action)[1:]),
            )

    async def test_a_lifetime_as_a_person_writes_it(self, app: TokensApp, office: StagedOffice) -> None:
        async with app.run_test() as pilot:
            form = await minting(pilot)
            form.lifetime.value = ""
            await pilot.press(*"2w1d30m")
            assert form.presets.chosen is None
            await minted(pilot)
            known = office.by_hand
            assert known.expires_at == NOW + 15 * 86_400 + 1_800

    async def test_a_preset_writes_the_lifetime(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            form = await minting(pilot)
            await pilot.press("tab", "left", "left")
            assert form.lifetime.value == "15m"

    async def test_what_is_no_lifetime_is_said_beside_it_and_stays(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            form = await minting(pilot)
            form.lifetime.value = "soon"
            await pilot.press("enter")
            await pilot.pause()
            assert "“soon” is no span of time." in complaint(form, "lives")
            assert form.lifetime.value == "soon"
            assert app.focused is form.lifetime

    async def test_nothing_checked_is_said_beside_the_tables(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            form = await minting(pilot)
            await pilot.press("tab", "tab", "right", "right", "enter")
            await pilot.pause()
            assert form.rights.chosen == BY_TABLE
            assert "It may do nothing yet." in complaint(form, "tables")
            assert app.focused is form.grid

    async def test_nothing_chosen_is_said_beside_the_target(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await loaded(pilot)
            await pilot.press("n")
            await shown(pilot, TokenTargetScreen)
            await pilot.press("escape")
            form = await shown(pilot, MintScreen)
            await pilot.press("tab", "enter")
            await pilot.pause()
            assert "Choose a database or a group." in complaint(form, "for")

    async def test_what_the_server_refuses_is_said_and_can_be_tried_again(
        self, app: TokensApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with app.run_test() as pilot:
            form = await minting(pilot)
            with monkeypatch.context() as patch:

                async def refuse(_request: object) -> None:
                    raise Forbidden(403, "", next_step="Ask for the scope db:mint-token.")

                patch.setattr(app.office, "mint", refuse)
                await pilot.press("enter")
                await until(pilot, lambda: not form.is_busy)
            assert "db:mint-token" in form.said
            await minted(pilot)
            assert app.status.startswith("Minted")

    async def test_the_token_under_the_cursor_says_for_what(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await at(pilot, app, ENDING.id)
            await pilot.press("n")
            form = await shown(pilot, MintScreen)
            assert form.target_field.value == "agent-0001"


class TestSecret:
    """What was just minted."""

    async def test_it_is_masked_until_it_is_asked_for(self, app: TokensApp, office: StagedOffice) -> None:
        async with app.run_test(size=(120, 36)) as pilot:
            await minting(pilot)
            dialog = await minted(pilot)
            known = office.by_hand
            assert known.token is not None
            start = known.token.reveal()[:40]
            assert start not in app.export_screenshot()
            await pilot.press("v")
            assert dialog.secret.revealed
            assert start in app.export_screenshot()
            await pilot.press("v")
            assert start not in app.export_screenshot()

    async def test_copying_says_what_and_never_the_secret(self, app: TokensApp, office: StagedOffice) -> None:
        async with app.run_test() as pilot:
            await minting(pilot)
            await minted(pilot)
            await pilot.press("y")
            known = office.by_hand
            assert known.token is not None
            assert app.copied == [known.token.reveal()]
            assert "Copied the database token for acme/agent-0003." in app.export_screenshot().replace("&#160;", " ")

    async def test_saving_comes_back_to_it(
        self, app: TokensApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        async with app.run_test() as pilot:
            await minting(pilot)
            await minted(pilot)
            await pilot.press("w")
            await shown(pilot, SaveSecretScreen)
            await pilot.press("enter")
            await shown(pilot, MintedScreen)
            assert (tmp_path / "agent-0003.env").exists()

    async def test_it_can_be_copied_from_the_list_afterwards(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await minting(pilot)
            await minted(pilot)
            await pilot.press("escape", "y")
            await pilot.pause()
            assert len(app.copied) == 1
            assert app.status == "Copied the database token for acme/agent-0003."


class TestRotating:
    """Making every token of a key worthless."""

    async def test_the_name_must_be_typed_and_then_the_tokens_are_worthless(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await at(pilot, app, ENDING.id)
            await pilot.press("r")
            await shown(pilot, ConsequenceScreen)
            await pilot.press(*"agent-0001", "enter")
            await until(pilot, lambda: app.status == "Rotated the key of agent-0001.")

    async def test_esc_rotates_nothing(self, app: TokensApp, monkeypatch: pytest.MonkeyPatch) -> None:
        rotated: list[object] = []
        monkeypatch.setattr(app.office, "rotate", rotated.append)
        async with app.run_test() as pilot:
            await at(pilot, app, ENDING.id)
            await pilot.press("r")
            await shown(pilot, ConsequenceScreen)
            await pilot.press(*"agent-0001", "escape")
            await pilot.pause()
            assert rotated == []

    async def test_what_cannot_be_found_any_more_is_said(self, app: TokensApp, monkeypatch: pytest.MonkeyPatch) -> None:
        async def refuse(**_: object) -> None:
            raise Forbidden(403, "", next_step="Ask for the scope db:rotate-creds.")

        monkeypatch.setattr(app.office, "rotation", refuse)
        async with app.run_test() as pilot:
            await at(pilot, app, ENDING.id)
            await pilot.press("r")
            await until(pilot, lambda: "db:rotate-creds" in app.tokens_screen.status.status.detail)


class TestApiTokens:
    """Tokens that manage the account."""

    async def test_one_for_the_organization(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await minted_for_ci(pilot, "deploy")
            current = app.tokens_screen.tokens.current
            assert current is not None
            assert (current.name, current.kind) == ("deploy", TokenKind.API_ORGANIZATION)
            assert current.token is not None

    async def test_one_for_a_group_with_scopes(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await loaded(pilot)
            await pilot.press("a")
            form = await shown(pilot, ApiTokenScreen)
            await pilot.press(*"narrow", "tab", "right", "tab", "tab", "tab", "space", "down", "right", "a")
            await pilot.pause()
            assert complaint(form, "may").startswith("read, db:create, db:delete")
            await pilot.press("enter")
            await shown(pilot, MintedScreen)

    async def test_a_name_is_asked_for(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await loaded(pilot)
            await pilot.press("a")
            form = await shown(pilot, ApiTokenScreen)
            await pilot.press("enter")
            assert "It wants a name" in complaint(form, "named")

    async def test_a_name_that_is_taken_is_said_and_nothing_is_lost(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await minted_for_ci(pilot, "twice")
            await pilot.press("a")
            form = await shown(pilot, ApiTokenScreen)
            await pilot.press(*"twice", "enter")
            await until(pilot, lambda: "called twice already" in form.said)
            assert form.name_field.value == "twice"

    async def test_revoking_wants_the_name_and_warns_of_the_one_in_use(
        self, app: TokensApp, office: StagedOffice
    ) -> None:
        async with app.run_test() as pilot:
            await loaded(pilot)
            in_use = next(each for each in office.known() if each.origin is Origin.API)
            await at(pilot, app, in_use.id)
            await pilot.press("d")
            dialog = await shown(pilot, ConsequenceScreen)
            assert dialog.query(".warning")
            await pilot.press("escape")

    async def test_a_revoked_token_is_gone(self, app: TokensApp, office: StagedOffice) -> None:
        async with app.run_test() as pilot:
            await minted_for_ci(pilot, "short")
            known = next(each for each in office.known() if each.name == "short")
            await at(pilot, app, known.id)
            await pilot.press("d")
            dialog = await shown(pilot, ConsequenceScreen)
            assert not dialog.query(".warning")
            await pilot.press(*"short", "enter")
            await until(pilot, lambda: app.status.startswith("Revoked"))
            assert all(each.name != "short" for each in app.tokens_screen.tokens.tokens)


class TestList:
    """What is under the cursor, and what is around it."""

    async def test_a_token_in_memory_is_forgotten_after_a_question(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await at(pilot, app, ENDED.id)
            await pilot.press("d")
            await shown(pilot, ConfirmScreen)
            await pilot.press("enter")
            await until(pilot, lambda: app.status.startswith("Forgot"))
            assert ENDED not in app.tokens_screen.tokens.tokens

    async def test_a_record_without_its_secret_cannot_be_copied(self, app: TokensApp, office: StagedOffice) -> None:
        async with app.run_test() as pilot:
            await loaded(pilot)
            record = next(each for each in office.known() if each.origin is Origin.API)
            await at(pilot, app, record.id)
            await pilot.press("y")
            assert app.copied == []
            assert "shown once" in app.status

    async def test_inspecting_needs_no_account(self, app: TokensApp, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(StagedOffice, "has_account", False)
        async with app.run_test() as pilot:
            await pilot.press("i")
            await shown(pilot, InspectTokenScreen)

    @pytest.mark.parametrize("key", ["n", "a", "r"])
    async def test_a_single_database_says_why_not(
        self, app: TokensApp, monkeypatch: pytest.MonkeyPatch, key: str
    ) -> None:
        monkeypatch.setattr(StagedOffice, "has_account", False)
        async with app.run_test() as pilot:
            await pilot.press(key)
            await pilot.pause()
            assert "account" in app.status
            assert app.screen is app.tokens_screen

    async def test_a_refused_list_keeps_the_rest_and_says_why(
        self, app: TokensApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def refuse() -> None:
            raise Forbidden(403, "The sign-in may not list API tokens.", next_step="Sign in as yourself.")

        monkeypatch.setattr(app.office, "load", refuse)
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.tokens_screen.tokens.problem)
            assert app.tokens_screen.tokens.problem == ("The sign-in may not list API tokens.", "Sign in as yourself.")
            assert app.tokens_screen.tokens.current is not None

    async def test_f2_goes_back(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await loaded(pilot)
            await pilot.press("f2")
            await pilot.pause()
            assert app.left

    async def test_esc_goes_back_one_step_at_a_time(self, app: TokensApp) -> None:
        async with app.run_test() as pilot:
            await loaded(pilot)
            await pilot.press("slash", "x", "escape", "escape")
            assert not app.left
            await pilot.press("escape")
            await pilot.pause()
            assert app.left


async def test_no_secret_is_drawn_anywhere_unless_it_is_asked_for() -> None:
    app = TokensApp(PicturedOffice())
    ways = (
        ("n", MintScreen),
        ("w", SaveSecretScreen),
        ("r", ConsequenceScreen),
        ("d", ConfirmScreen),
        ("a", ApiTokenScreen),
        ("i", InspectTokenScreen),
    )
    async with app.run_test(size=(200, 50)) as pilot:
        await at(pilot, app, ENDING.id)
        for key, kind in ways:
            await pilot.press(key)
            screen = await shown(pilot, kind)
            if kind is InspectTokenScreen:
                screen.query_exactly_one(Input).value = PASTED
                await pilot.pause()
            picture = app.export_screenshot()
            assert not any(part in picture for secret in (*SECRETS, PASTED) for part in (secret[:30], secret[-30:]))
            await pilot.press("escape")
            await shown(pilot, TokensScreen)
