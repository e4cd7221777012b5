"""Sign in to an account: through the browser, or with a token that is pasted; nothing is lost by stepping back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input

from turso_tui.errors import InputError, SignInFailed, StorageError, TursoTuiError
from turso_tui.printable import printable
from turso_tui.service.entrance import MEMORY, AccountEntrance
from turso_tui.service.profiles import Profile, checked_name
from turso_tui.tokens import PlatformToken, TokenKind, as_platform_token, recognise
from turso_tui.tokens.description import moment
from turso_tui.ui.doors import Doors
from turso_tui.ui.problems import in_words
from turso_tui.ui.profile_words import host, refuse_taken_name
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.notice import PATIENCE, Notice
from turso_tui.ui.widgets.question import Question
from turso_tui.ui.widgets.token_ask import TokenAsk

if TYPE_CHECKING:
    from turso_tui.service.signin import SignedIn

LIMIT_SECONDS = 300
"""How long a browser is waited for."""


@dataclass(frozen=True, slots=True)
class SignedInAs:
    """Whose account it is, and the name to remember it by; an empty one remembers nothing."""

    entrance: AccountEntrance
    username: str
    remember_as: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A sign-in that is to be renewed: whose it was, and the profile that it is remembered as, if any."""

    username: str = ""
    profile: str = ""
    organization: str = ""


class Step(Enum):
    TOKEN = auto()
    ORGANIZATION = auto()
    NAME = auto()


class SignInScreen(Dialog[SignedInAs]):
    """Gets a token, has its server check it, and asks under which name to remember it."""

    DEFAULT_CSS = """
    SignInScreen {
        & > .frame { width: 78; overflow-y: auto; }
        &.-short SecretInput { border: none; height: 1; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "switch_way", "With or without a browser here", id="sign_in.switch", priority=True),
        Binding("ctrl+y", "copy_address", "Copy the address", id="sign_in.copy", priority=True),
    ]

    frame = query_one(".frame", Vertical)
    ask = query_one(TokenAsk)
    question = query_one(Question)

    def __init__(
        self, doors: Doors, base_url: str, *, ended: Ended | None = None, token: PlatformToken | None = None
    ) -> None:
        """A ``token`` that is there already (another program's) is checked at once."""
        super().__init__()
        self._doors = doors
        self._base_url = base_url
        self._ended = ended
        self._token = token
        self._signed_in: SignedIn | None = None
        self._organization = ended.organization if ended else ""
        self._known: Sequence[Profile] = ()
        self._own_name = ""
        self._step = Step.TOKEN
        self._deadline: float | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = Content(self._heading)
            yield TokenAsk()
            yield Question()

    @property
    def _heading(self) -> str:
        if self._ended is None:
            return "Sign in to Turso"
        whose = f" of {printable(self._ended.username)}" if self._ended.username else ""
        return f"The sign-in{whose} has ended"

    def on_mount(self) -> None:
        self._go(Step.TOKEN)
        self.set_interval(1.0, self._count_down)
        self.ask.is_browser_here = self._token is None and self._doors.has_browser
        self._show_way()
        if self._token is not None:
            self._check(self._token)

    def on_resize(self) -> None:
        self.ask.fit_code()

    def action_leave(self) -> None:
        """One step: from a check to what is checked, from a question to the token, and out."""
        if any(worker.group == "check" and worker.is_running for worker in self.workers if worker.node is self):
            self.workers.cancel_group(self, "check")
            self.notice.hush()
        elif self._step is not Step.TOKEN:
            self._go(Step.TOKEN)
            self.ask.lead = "There is a token already: enter goes on with it."
            self.ask.address = "" if self.ask.is_browser_here else self.ask.address
            self.ask.field.focus()
        else:
            self.dismiss(None)

    # --- a token

    def action_switch_way(self) -> None:
        """Through a browser on this machine, or through one anywhere else."""
        if self._step is Step.TOKEN:
            self.ask.is_browser_here = not self.ask.is_browser_here
            self._show_way()

    def action_copy_address(self) -> None:
        if self._step is Step.TOKEN and self.ask.address:
            self.app.copy_to_clipboard(self.ask.address)
            self.app.notify("Copied the address.")

    def _show_way(self) -> None:
        self._stop_waiting()
        self.notice.hush()
        self.ask.field.focus()
        if self.ask.is_browser_here:
            self.ask.lead, self.ask.address = "Opening your browser…", ""
            self._wait_for_browser()
        else:
            self.ask.lead = "Open this address in a browser on any machine and sign in there. The page shows a token."
            self.ask.address = self._doors.address(self._base_url)
        self._show_keys()

    @work(exclusive=True, group="browser")
    async def _wait_for_browser(self) -> None:
        """The listener lives as long as this worker: cancelling is what closes it."""
        try:
            async with self._doors.listen(self._base_url) as browser:
                self.ask.address = browser.url
                self._deadline = self._doors.clock() + LIMIT_SECONDS
                self._count_down()
                has_opened = await self._doors.open_browser(browser.url)
                self.ask.lead = (
                    "Your browser has opened: sign in there, and you are signed in here."
                    if has_opened
                    else "No browser could be opened here."
                )
                token = await browser.token()
        except TursoTuiError as error:
            self._deadline = None
            self.ask.lead, self.ask.address, self.ask.waiting = "Nothing came from the browser.", "", ""
            self._say(error)
        else:
            self._check(token)

    def _stop_waiting(self) -> None:
        self.workers.cancel_group(self, "browser")
        self._deadline = None
        self.ask.waiting = ""

    def _count_down(self) -> None:
        if self._deadline is not None:
            minutes, seconds = divmod(max(0, ceil(self._deadline - self._doors.clock())), 60)
            self.ask.waiting = f"Waiting for it: {minutes}:{seconds:02} left"

    @on(Input.Submitted, "#token")
    def _token_given(self, event: Input.Submitted) -> None:
        event.stop()
        if not event.value and self._token is not None:
            self._check(self._token)
        elif not event.value and self.ask.is_browser_here:
            self._show_way()
        else:
            try:
                self._check(as_platform_token(event.value, self._doors.now()))
            except InputError as error:
                self.ask.field.clear()
                self._say(error)

    # --- whose it is

    @work(exclusive=True, group="check")
    async def _check(self, token: PlatformToken) -> None:
        self._token = token
        self.notice.say(f"Checking with {host(self._base_url)}…", after=PATIENCE)
        try:
            self._signed_in = await self._doors.check(token, self._base_url)
        except TursoTuiError as error:
            if isinstance(error, SignInFailed):
                self._token = None
                self.ask.field.clear()
            self._say(error)
            return
        self._stop_waiting()
        if self._ended and self._signed_in.username and self._signed_in.username == self._ended.username:
            self._finish(self._ended.profile)
        elif recognise(token.reveal()).kind is TokenKind.API_GROUP:
            self._ask_organization()
        else:
            await self._ask_name(token, self._signed_in)

    def _ask_organization(self) -> None:
        self._go(Step.ORGANIZATION)
        self.question.ask(
            "This token is for one group, so it cannot list organizations.",
            "The organization that the group belongs to (its slug, as in the dashboard's address):",
            self._organization,
        )

    async def _ask_name(self, token: PlatformToken, signed_in: "SignedIn") -> None:
        """Propose a name, and say where the token would be kept: asking a keyring that may take a while."""
        self._go(Step.NAME)
        self.question.ask(_who(signed_in, host(self._base_url)), "Remember it as (empty: not at all):")
        try:
            self._known = await self._doors.known()
            # A group's token has no user by whom its profile could be found again.
            own = self._ended.profile if self._ended and not signed_in.username else ""
            entrance = AccountEntrance(token, self._base_url)
            self._own_name = own or await self._doors.suggest(entrance, signed_in.username)
        except StorageError as error:
            self._say(error, tone="$warning")
        self.question.propose(self._own_name)
        self.question.note(await self._doors.why_there())

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        answer = event.value.strip()
        try:
            if self._step is Step.ORGANIZATION:
                self._organization_given(answer)
            elif self._step is Step.NAME:
                if answer:
                    refuse_taken_name(self._known, checked_name(answer), self._own_name)
                self._finish(answer)
        except InputError as error:
            self._say(error)

    @work(exclusive=True, group="check")
    async def _organization_given(self, slug: str) -> None:
        if slug and self._token is not None and self._signed_in is not None:
            self._organization = slug
            await self._ask_name(self._token, self._signed_in)

    def _finish(self, name: str) -> None:
        if self._token is not None and self._signed_in is not None:
            entrance = AccountEntrance(self._token, self._base_url, organization=self._organization, kept=MEMORY)
            self.dismiss(SignedInAs(entrance, self._signed_in.username, name))

    # --- what is on show

    @property
    def notice(self) -> Notice:
        """Where the eye is: below the field that is being filled in."""
        return self.ask.notice if self._step is Step.TOKEN else self.question.notice

    def _go(self, step: Step) -> None:
        self.notice.hush()
        self._step = step
        self.ask.display = step is Step.TOKEN
        self.question.display = step is not Step.TOKEN
        self.notice.hush()
        self._show_keys()

    def _show_keys(self) -> None:
        way = "F2 no browser here" if self.ask.is_browser_here else "F2 open a browser here"
        keys = {
            Step.TOKEN: f"{way} · ^Y copies the address · esc leaves",
            Step.ORGANIZATION: "enter goes on · esc back",
            Step.NAME: "enter goes in · esc back",
        }
        self.frame.border_subtitle = keys[self._step]

    def _say(self, error: TursoTuiError, tone: str = "$bad") -> None:
        what, next_step = in_words(error)
        self.notice.say(what, next_step, tone=tone)


def _who(signed_in: "SignedIn", where: str) -> str:
    who = f"Signed in to {where}" + (f" as {printable(signed_in.username)}" if signed_in.username else "")
    if signed_in.expires_at is None:
        return f"{who}; the token does not expire."
    return f"{who}, until {moment(signed_in.expires_at)}."
