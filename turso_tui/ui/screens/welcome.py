"""The first screen: what is remembered, and every other door, each opened with what one has."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Label, OptionList
from textual.widgets.option_list import Option

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.service.profiles import Profile
from turso_tui.ui.doors import Doors
from turso_tui.ui.messages import DemoAsked, EntranceChosen, ProfileChosen, SignInAsked
from turso_tui.ui.problems import in_words
from turso_tui.ui.profile_words import host, refuse_taken_name, short_path, what_it_is
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.widgets.door_form import DoorForm, FileForm, UrlForm
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from turso_tui.service.cli_settings import CliSignIn

TITLE_ROOM = 34
"""Cells for the name of a door before what is said about it."""


class Door(Enum):
    """The ways in that need nothing to be remembered: a title, and what is said about it."""

    SIGN_IN = "Sign in to Turso", "through the browser, or with a token"
    CLI = "Use the sign-in of the Turso CLI", ""
    URL = "Open a database by URL", "libsql://…, or a self-hosted sqld"
    FILE = "Open a SQLite file", "on this machine"
    DEMO = "Look around", "the demo: 200 databases, all local"


class WelcomeScreen(Screen[None]):
    """Answers with the messages that say how someone wants to come in."""

    CSS_PATH = "welcome.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="welcome.back"),
        Binding("d,delete", "forget", "Forget it", id="welcome.forget", tooltip="Forget the profile and its token"),
    ]

    listing = query_one(PickList)
    notice = query_one(Notice)

    def __init__(self, doors: Doors, problem: TursoTuiError | None = None, *, closable: bool = False) -> None:
        super().__init__()
        self._doors = doors
        self._problem = problem
        self._closable = closable
        self._profiles: Sequence[Profile] = ()
        self._cli: CliSignIn | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"):
            yield Label(Content.assemble((" turso ", "bold $background on $primary"), ("  tui", "bold")), id="name")
            yield Label("The terminal home of a Turso account. How do you want to come in?", id="greeting")
            yield PickList(markup=False)
            yield UrlForm()
            yield FileForm()
            yield Notice()
        yield Footer(compact=True)

    async def on_mount(self) -> None:
        self._show(self.listing)
        await self._load()
        if self._problem is not None:
            self.say(self._problem)

    def say(self, error: TursoTuiError, tone: str = "$bad") -> None:
        """What failed, and what to do about it."""
        self.notice.say(*in_words(error), tone=tone)

    # --- the doors

    async def _load(self) -> None:
        """What is remembered, and what another program knows; either may be unreadable, which is said."""
        try:
            self._cli = await self._doors.cli_sign_in()
        except TursoTuiError as error:  # another program's trouble: worth a word, not an alarm
            self.say(error, tone="$muted")
        try:
            self._profiles = await self._doors.known()
        except TursoTuiError as error:
            self.say(error)
        self.listing.set_options(self._options())
        self.listing.action_first()

    def _options(self) -> Iterator[Option | None]:
        for profile in self._profiles:
            yield Option(_line(f"Continue as {profile.name}", what_it_is(profile)), id=f"profile:{profile.name}")
        if self._profiles:
            yield Option("", disabled=True)
        for door in Door:
            if door is not Door.CLI:
                yield Option(_line(*door.value), id=door.name)
            elif self._cli is not None:
                yield Option(_line(door.value[0], self._whose(self._cli)), id=door.name)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.notice.hush()
        if (profile := self._profile_of(event.option)) is not None:
            self.post_message(ProfileChosen(profile.name))
            return
        match Door[event.option.id or ""]:
            case Door.SIGN_IN:
                self.post_message(SignInAsked())
            case Door.CLI:
                self._take_over()
            case Door.URL:
                self._begin(self.query_exactly_one(UrlForm))
            case Door.FILE:
                self._begin(self.query_exactly_one(FileForm))
            case Door.DEMO:
                self.post_message(DemoAsked())

    def _profile_of(self, option: Option | None) -> Profile | None:
        name = (option.id or "") if option is not None else ""
        return next((profile for profile in self._profiles if f"profile:{profile.name}" == name), None)

    # --- what is remembered here, and elsewhere

    @property
    def _highlighted_profile(self) -> Profile | None:
        if not self.listing.display or self.listing.highlighted is None:
            return None
        return self._profile_of(self.listing.get_option_at_index(self.listing.highlighted))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what would do something is offered."""
        if action == "forget":
            return self._highlighted_profile is not None
        if action == "back":
            return self._closable or not self.listing.display
        return super().check_action(action, parameters)

    @work(exclusive=True, group="forget")
    async def action_forget(self) -> None:
        """Forget a profile, once it is confirmed."""
        profile = self._highlighted_profile
        if profile is None:
            return
        question = ConfirmScreen(
            f"Forget {profile.name}?",
            what_it_is(profile),
            "It is removed from this machine, with the token that is remembered for it. The token itself stays valid.",
            keys="enter forgets it · esc keeps it",
        )
        if await self.app.push_screen_wait(question):
            try:
                await self._doors.forget(profile.name)
            except TursoTuiError as error:
                self.say(error)
            await self._load()

    @work(exclusive=True, group="cli")
    async def _take_over(self) -> None:
        """The CLI's token is used only when a person has said so; its settings are read and never written."""
        cli = self._cli
        if cli is None:
            return
        question = ConfirmScreen(
            "Use the sign-in of the Turso CLI?",
            f"{self._whose(cli)}, from {short_path(str(cli.path))}.\nThe token is copied; the file is only read.",
            keys="enter uses it · esc leaves it",
        )
        if await self.app.push_screen_wait(question):
            self.post_message(SignInAsked(cli.token, cli.base_url))

    def _whose(self, cli: "CliSignIn") -> str:
        where = host(cli.base_url or self._doors.base_url)
        return f"{cli.username} at {where}" if cli.username else where

    # --- the forms

    def _begin(self, form: DoorForm) -> None:
        self._show(form)
        form.begin()
        if isinstance(form, UrlForm):
            self._explain_where(form)

    @work(exclusive=True, group="where")
    async def _explain_where(self, form: DoorForm) -> None:
        form.note(await self._doors.why_there())

    @on(DoorForm.Refused)
    def _refused(self, event: DoorForm.Refused) -> None:
        self.say(event.error)

    @on(DoorForm.Filled)
    @work(exclusive=True, group="enter")
    async def _filled(self, event: DoorForm.Filled) -> None:
        try:
            if event.name:
                refuse_taken_name(self._profiles, event.name, await self._doors.suggest(event.entrance))
        except TursoTuiError as error:
            self.say(error)
        else:
            self.post_message(EntranceChosen(event.entrance, event.name))

    def action_back(self) -> None:
        """One step: from a form to the doors, from the doors to where one came from."""
        self.notice.hush()
        if not self.listing.display:
            self._show(self.listing)
        elif self._closable:
            self.app.pop_screen()

    def _show(self, shown: Widget) -> None:
        """One at a time: on 24 lines there is no room for both and for what may be wrong."""
        for widget in (self.listing, self.query_exactly_one(UrlForm), self.query_exactly_one(FileForm)):
            widget.display = widget is shown
        if shown is self.listing:
            self.listing.focus()
        self.refresh_bindings()


def _line(title: str, detail: str) -> Content:
    title = printable(title)
    gap = " " * max(2, TITLE_ROOM - len(title))
    return Content.assemble((title, "bold"), gap, (printable(detail), "$muted"))
