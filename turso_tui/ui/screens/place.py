"""Which database is open on a screen, and the ways to another one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work
from textual.getters import query_one
from textual.screen import Screen

from turso_tui.errors import TursoTuiError
from turso_tui.service.completion import functions_of, names_of
from turso_tui.service.entrance import Entrance
from turso_tui.service.target import FileTarget
from turso_tui.ui.home import SCRATCH, Home, Place
from turso_tui.ui.messages import DoorsAsked, OrganizationChosen, ProfileChosen
from turso_tui.ui.panes.databases import DatabasesPane
from turso_tui.ui.panes.editor import EditorPane
from turso_tui.ui.panes.schema import SchemaPane
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.go_to import GoToDoors, GoToOrganization, GoToProfile, GoToScreen
from turso_tui.ui.screens.paste import PasteScreen
from turso_tui.ui.shaping import Shaping
from turso_tui.ui.widgets.statusline import Status, StatusKind, StatusLine
from turso_tui.ui.widgets.topline import TopLine

if TYPE_CHECKING:
    from turso_tui.service.profiles import Profile
    from turso_tui.service.schema import Schema
    from turso_tui.service.workspace import TabTarget, Workspace


class PlaceScreen(Screen[None]):
    """Goes from database to database; what is done there, and by which keys, is its subclass's business."""

    topline = query_one(TopLine)
    databases = query_one(DatabasesPane)
    schema = query_one(SchemaPane)
    editor = query_one(EditorPane)
    status = query_one(StatusLine)

    def __init__(self, home: Home, workspace: "Workspace") -> None:
        super().__init__()
        self._home = home
        self._workspace = workspace
        self._place: Place | None = None
        self._shaping = Shaping(self, self, lambda: (self.schema, self.editor), home, lambda: self._place)

    @work(exclusive=True, group="home")
    async def _enter(self) -> None:
        """Read what there is to open, and open what was asked for."""
        self.databases.reading = True
        await self.editor.restore(self._workspace)
        try:
            async for view in self._home.views():
                if self._is_left:
                    return
                self.databases.items = view.items
                self.databases.problem = None
                self.topline.organization = view.organization
                self.topline.databases = view.count
                self.topline.quotas = view.quotas
                self.topline.signed_in = view.signed_in
                if view.notice:
                    self.say(Status(StatusKind.WARNING, view.notice))
                asked = self._home.wanted()
                if (target := self.editor.first_target(asked)) is not None:
                    self._go_to_tab(target)
                if asked is not None:
                    self.editor.focus()
        except TursoTuiError as error:
            if self._is_left:
                return
            self.databases.problem = in_words(error)
            self.failed(error)
        self.databases.reading = False

    @property
    def _is_left(self) -> bool:
        """What was asked of a server may be answered after the program was left, when there is nothing to show it."""
        return not self.query(DatabasesPane)

    @on(DatabasesPane.Opened)
    def _database_chosen(self, event: DatabasesPane.Opened) -> None:
        self._open(event.item.name)
        self.editor.focus()

    @on(EditorPane.DatabaseWanted)
    def _tab_changed(self, event: EditorPane.DatabaseWanted) -> None:
        self._go_to_tab(event.target)

    def _go_to_tab(self, target: "TabTarget") -> None:
        """The database of a tab; nothing else is open while it is on its way, so that nothing runs elsewhere."""
        self._place, self.editor.place, self.editor.footing = None, (), ""
        slug = target.organization
        if slug not in ("", self._home.view.organization):
            if slug not in {each.id for each in self._home.organizations()}:
                self.say(Status(StatusKind.WARNING, f"This account has no organization {slug} any more."))
                return
            self._go_to_organization(slug)
        self._open(target.database)

    @on(EditorPane.NotKept)
    def _not_kept(self, event: EditorPane.NotKept) -> None:
        self.say_error(event.error)

    def action_scratch(self) -> None:
        """The results on this machine, as a database."""
        self._open(SCRATCH)
        self.editor.focus()

    @work(exclusive=True, group="database")
    async def _open(self, name: str) -> None:
        """Go to a database: its name at once, its schema when it has come."""
        try:
            place = self._place = await self._home.open(name)
        except TursoTuiError as error:
            if self._is_left:
                return
            self.say_error(error)
            if self._place is None:  # that of another tab is no longer what is worked with
                self.databases.current = self.schema.schema = self.schema.database = None
            return
        if self._is_left:
            return
        self.databases.current = name
        self.databases.reveal(name)
        self.editor.place = place.path
        self.schema.database = place.database.name
        self.tick()
        await self._read_schema(place)

    async def _read_schema(self, place: Place) -> None:
        try:
            schema = await place.database.schema()
        except TursoTuiError as error:
            if not self._is_left:
                self.failed(error, place=place)
                self.schema.problem = self.in_words_here(error)
        else:
            if place is self._place and not self._is_left:
                self.schema.problem = None
                self.schema.schema = schema
                self._learn_names(place, schema)
                self._learn_sizes(place, schema)

    @work(exclusive=True, group="sizes")
    async def _learn_sizes(self, place: Place, schema: "Schema") -> None:
        await self._shaping.learn_sizes(place, schema)

    @work(exclusive=True, group="names")
    async def _learn_names(self, place: Place, schema: "Schema") -> None:
        """What completion knows: at once what the schema says, then which functions the server has."""
        self.editor.editor.names = names_of(schema)
        functions = await functions_of(place.database)
        if place is self._place and not self._is_left:
            self.editor.editor.names = names_of(schema, functions)

    @work(exclusive=True, group="token")
    async def _ask_for_token(self, place: Place) -> None:
        token = await self.app.push_screen_wait(PasteScreen(place.name))
        if token is not None:
            self._home.give_token(place.name, token)
            if self._place is place:
                self._open(place.name)

    @on(TopLine.OrganizationAsked)
    @work(exclusive=True, group="go to")
    async def action_go_to(self) -> None:
        """Another organization of this account, another profile, or another door."""
        entrance = self._home.entrance
        profile = "" if isinstance(entrance, FileTarget) else entrance.profile
        try:
            profiles: Sequence[Profile] = await self._home.profiles()
        except TursoTuiError as error:
            self.say_error(error)
            profiles = ()
        organizations, organization = self._home.organizations(), self._home.view.organization
        screen = GoToScreen(organizations, profiles, organization=organization, profile=profile)
        match await self.app.push_screen_wait(screen):
            case GoToOrganization(slug):
                self._go_to_organization(slug)
            case GoToProfile(name):
                self.post_message(ProfileChosen(name))
            case GoToDoors():
                self.post_message(DoorsAsked())

    def _go_to_organization(self, slug: str) -> None:
        self._home.go_to(slug)
        self.post_message(OrganizationChosen(slug))
        self.databases.items = ()
        self.databases.current = None
        self._enter()

    def renew(self, entrance: Entrance) -> None:
        """Go on with a new sign-in of the same account."""
        self._home.renew(entrance)
        self.action_refresh()

    def action_refresh(self) -> None:
        """Read the databases and the schema again; what is on show stays until then."""
        self._shaping.forget_sizes()
        self.call_after_refresh(self._enter)
        if self._place is not None:
            self._reread_schema(self._place)

    @work(exclusive=True, group="database")
    async def _reread_schema(self, place: Place) -> None:
        await self._read_schema(place)

    # --- what is said

    def say(self, status: Status) -> None:
        self.status.status = status

    def say_error(self, error: TursoTuiError, prefix: str = "") -> None:
        what, next_step = in_words(error)
        self.say(Status(StatusKind.FAILED, prefix + what, next_step))

    def failed(self, error: TursoTuiError, prefix: str = "", place: Place | None = None) -> str:
        """Say it and offer what helps, where it happened at ``place``; what to do next."""
        raise NotImplementedError

    def in_words_here(self, error: TursoTuiError) -> tuple[str, str]:
        """What to show in place of what could not be read, and what to do next."""
        raise NotImplementedError

    def tick(self) -> None:
        """What is shown of the place, and changes with time."""
        raise NotImplementedError
