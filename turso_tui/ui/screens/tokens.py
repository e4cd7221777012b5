"""The Tokens screen: the whole life of every token, for whoever wants to look."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Footer

from turso_tui.errors import TursoTuiError
from turso_tui.service.known_tokens import KnownToken, Origin
from turso_tui.ui.consequences import IN_USE, databases, is_signed_in_with, of_rotation, wider_than_asked
from turso_tui.ui.home import View
from turso_tui.ui.panes.token_detail import TokenDetailPane
from turso_tui.ui.panes.tokens import TokensPane
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.api_token import ApiTokenScreen
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.consequence import ConsequenceScreen
from turso_tui.ui.screens.inspect_token import InspectTokenScreen
from turso_tui.ui.screens.mint import MintScreen
from turso_tui.ui.screens.minted import MintedScreen
from turso_tui.ui.screens.save_secret import SaveSecretScreen
from turso_tui.ui.screens.token_target import TokenTarget, TokenTargetScreen, targets
from turso_tui.ui.token_words import called
from turso_tui.ui.widgets.notice import PATIENCE
from turso_tui.ui.widgets.statusline import Status, StatusKind, StatusLine
from turso_tui.ui.widgets.topline import TopLine

if TYPE_CHECKING:
    from turso_tui.service.issuing import Rotation
    from turso_tui.service.token_office import TokenOffice

TICK = 1.0
"""Seconds between two looks at the clock."""


class TokensScreen(Screen[None]):
    """Shows what the office knows, and hands every act to a dialog; the work is done by the office."""

    CSS_PATH = "tokens.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "mint", "Mint", id="tokens.mint", tooltip="Mint a token for a database or a group"),
        Binding("a", "mint_api_token", "API", id="tokens.mint_api", tooltip="Mint an API token"),
        Binding("i", "inspect", "Inspect", id="tokens.inspect", tooltip="Say what a pasted token is and may do"),
        Binding("y", "copy", "Copy", id="tokens.copy", tooltip="Copy the token through the terminal"),
        Binding("w", "save", "Save", id="tokens.save", tooltip="Save the token to a private file"),
        Binding("r", "rotate", "Rotate", id="tokens.rotate", tooltip="Rotate a key: every token signed by it ends"),
        Binding("d", "drop", "Revoke", id="tokens.drop", tooltip="Revoke an API token, or forget a token in memory"),
        Binding("slash", "filter", "Filter", id="tokens.filter", show=False, tooltip="Filter the tokens"),
        Binding("f9", "refresh", "Refresh", id="tokens.refresh", show=False, tooltip="Read the tokens again"),
        Binding("f2,escape", "back", "Back", id="tokens.back", show=False, tooltip="Back to the Console"),
    ]

    topline = query_one(TopLine)
    tokens = query_one(TokensPane)
    detail = query_one(TokenDetailPane)
    status = query_one(StatusLine)

    def __init__(
        self, office: "TokenOffice", view: Callable[[], View], *, clock: Callable[[], float] = monotonic
    ) -> None:
        """``view`` tells what the top line says by now; by ``clock`` the status line knows how long something takes."""
        super().__init__()
        self._clock = clock
        self._office = office
        self._view = view
        self._loaded = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield TopLine()
        with Container(id="body"):
            yield TokensPane(self._office.now, next_step_when_empty="n mints one." if self._office.has_account else "")
            yield TokenDetailPane(self._office.now)
        yield StatusLine(clock=self._clock)
        yield Footer(show_command_palette=True, compact=True)

    def on_mount(self) -> None:
        self._show_view()
        self.tokens.tokens = self._office.known()
        self.tokens.focus()
        self.set_interval(TICK, self._tick)
        self.call_after_refresh(self.action_refresh)

    def _show_view(self) -> None:
        view = self._view()
        self.topline.organization = view.organization
        self.topline.databases = view.count
        self.topline.quotas = view.quotas
        self.topline.signed_in = view.signed_in

    # --- what there is

    def _tick(self) -> None:
        """What changes with time: which tokens the program holds, and how much is left of each."""
        self._show_view()
        self._show_tokens()
        self.tokens.tick()
        self.detail.tick()

    def _show_tokens(self) -> None:
        self.tokens.tokens = self._office.known()

    @on(TokensPane.Looked)
    def _looked(self, event: TokensPane.Looked) -> None:
        self.detail.subject = event.subject

    def action_refresh(self) -> None:
        """Read the account's API tokens, databases and groups again; what is on show stays until then."""
        self._read()

    @work(exclusive=True, group="tokens")
    async def _read(self) -> None:
        self.tokens.reading = True
        slow = self.set_timer(PATIENCE, self._say_reading)
        try:
            await self._office.load()
        except TursoTuiError as error:
            self.tokens.problem = in_words(error)
            self._say_error(error)
        else:
            self.tokens.problem = None
            if self.status.status.kind is StatusKind.BUSY:
                self._say(StatusKind.IDLE, "")
        finally:
            slow.stop()
            self.tokens.reading = False
            self._loaded.set()
        self._show_tokens()

    def _say_reading(self) -> None:
        """Only where it takes nobody's words away."""
        if self.status.status.kind in {StatusKind.IDLE, StatusKind.OK}:
            self._say(StatusKind.BUSY, "Reading the tokens of the account")

    # --- minting

    @work(exclusive=True, group="dialog")
    async def action_mint(self) -> None:
        """A token that runs SQL, for what is under the cursor or whatever is chosen."""
        if self._refuses_without_account("A single database mints no tokens"):
            return
        await self._loaded.wait()
        self._show_minted(await self.app.push_screen_wait(MintScreen(self._office, self._target())))

    @work(exclusive=True, group="dialog")
    async def action_mint_api_token(self) -> None:
        """A token that manages the account."""
        if self._refuses_without_account("A single database mints no API tokens"):
            return
        await self._loaded.wait()
        self._show_minted(await self.app.push_screen_wait(ApiTokenScreen(self._office)))

    def _refuses_without_account(self, what: str) -> bool:
        if not self._office.has_account:
            self._say(StatusKind.WARNING, f"{what}; an account does.", "Sign in first.")
        return not self._office.has_account

    def _show_minted(self, known: KnownToken | None) -> None:
        if known is None:
            return
        self._show_tokens()
        self.tokens.reveal(known.id)
        self._say(StatusKind.OK, f"Minted {called(known)}.")
        if known.token is not None:
            self.app.push_screen(MintedScreen(known, known.token, self._office.now()))

    def action_inspect(self) -> None:
        """Any token, pasted."""
        self.app.push_screen(InspectTokenScreen(self._office.now()))

    # --- what is under the cursor

    def action_copy(self) -> None:
        """Through the terminal, so that it works over SSH."""
        known = self.tokens.current
        if known is not None and known.token is not None:
            self.app.copy_to_clipboard(known.token.reveal())
            self._say(StatusKind.OK, f"Copied {called(known)}.")
        else:
            self._say_not_here(known)

    @work(exclusive=True, group="dialog")
    async def action_save(self) -> None:
        """To a file with mode 0600."""
        known = self.tokens.current
        if known is None or known.token is None:
            self._say_not_here(known)
            return
        path = await self.app.push_screen_wait(SaveSecretScreen(known, known.token))
        if path is not None:
            self._say(StatusKind.OK, f"Saved {called(known)} to {path}.")

    def _say_not_here(self, known: KnownToken | None) -> None:
        if known is None:
            self._say(StatusKind.WARNING, "There is no token under the cursor.")
        else:
            why = "it was shown once, when it was minted" if known.origin is Origin.API else "it is not in use"
            self._say(StatusKind.WARNING, f"The secret of {called(known)} is not here: {why}.")

    @work(exclusive=True, group="dialog")
    async def action_drop(self) -> None:
        """Revoke an API token; forget a token that is only in memory."""
        known = self.tokens.current
        if known is None:
            self._say_not_here(known)
        elif known.origin is Origin.API:
            await self._revoke(known)
        elif known.origin is Origin.HAND or (known.origin is Origin.GIVEN and self._office.has_account):
            await self._forget(known)
        elif known.origin is Origin.BROKER:
            self._say(StatusKind.WARNING, "The program mints this one as it needs it.", "r rotates the key behind it.")
        elif known.origin is Origin.GIVEN:
            self._say(StatusKind.WARNING, "It is in use: with it, this database was opened.")
        else:
            self._say(StatusKind.WARNING, "This is a sign-in.", "turso-tui auth logout forgets it.")

    async def _forget(self, known: KnownToken) -> None:
        question = ConfirmScreen(
            f"Forget {called(known)}?",
            "It stays valid until its end, wherever else it is.",
            "It cannot be copied from here any more.",
            keys="enter forgets · esc keeps",
        )
        if await self.app.push_screen_wait(question):
            self._office.forget(known)
            self._show_tokens()
            self._say(StatusKind.OK, f"Forgot {called(known)}.")

    async def _revoke(self, known: KnownToken) -> None:
        question = ConsequenceScreen(
            f"Revoke {called(known)}?",
            [f"Whatever uses it is refused from then on: it reaches {known.scope or 'the whole account'}."],
            word=known.name,
            act="revoke",
            warning=IN_USE if is_signed_in_with(known, self._office.known()) else "",
        )
        if await self.app.push_screen_wait(question):
            try:
                await self._office.revoke_api_token(known)
            except TursoTuiError as error:
                self._say_error(error)
            else:
                self._show_tokens()
                self._say(StatusKind.OK, f"Revoked {called(known)}.")

    # --- rotating

    @work(exclusive=True, group="dialog")
    async def action_rotate(self) -> None:
        """Make every token of a database or a group worthless at once."""
        if self._refuses_without_account("A single database rotates no keys"):
            return
        await self._loaded.wait()
        target = self._target()
        if target is None:
            choices = targets(self._office.databases, self._office.groups)
            target = await self.app.push_screen_wait(TokenTargetScreen("Rotate the key of", choices))
        if target is None:
            return
        try:
            rotation = await self._rotation(target)
            if await self.app.push_screen_wait(self._question(target, rotation)):
                self._say(StatusKind.BUSY, f"Rotating the key of {target.name}")
                await self._office.rotate(rotation)
                count = len(rotation.databases)
                wants = f"{databases(count)} want{'s' if count == 1 else ''} new tokens."
                self._say(StatusKind.OK, f"Rotated the key of {target.name}.", wants)
        except TursoTuiError as error:
            self._say_error(error)
        self._show_tokens()

    async def _rotation(self, target: TokenTarget) -> "Rotation":
        if target.is_group:
            return await self._office.rotation(group=target.name)
        return await self._office.rotation(database=target.name)

    def _question(self, target: TokenTarget, rotation: "Rotation") -> ConsequenceScreen:
        """The name to type is that of all that is affected."""
        whole = rotation.group if rotation.whole_group else target.name
        return ConsequenceScreen(
            f"Rotate the key of {f'group {whole}' if rotation.whole_group else whole}?",
            of_rotation(target, rotation, self._office.known()),
            word=whole,
            act="rotate",
            warning=wider_than_asked(target, rotation),
        )

    # --- small things

    def _target(self) -> TokenTarget | None:
        """The database or group that the token under the cursor is for, if it is one of this organization."""
        known = self.tokens.current
        if known is None or known.reach is None:
            return None
        choices = targets(self._office.databases, self._office.groups)
        return next((each for each in choices if each.reach(self._office.organization) == known.reach), None)

    def action_filter(self) -> None:
        self.tokens.listing.action_filter()

    def action_back(self) -> None:
        """To where one came from."""
        self.dismiss(None)

    def _say(self, kind: StatusKind, text: str, detail: str = "") -> None:
        self.status.status = Status(kind, text, detail)

    def _say_error(self, error: TursoTuiError) -> None:
        what, next_step = in_words(error)
        self._say(StatusKind.FAILED, what, next_step)
