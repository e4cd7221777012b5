"""Mint an API token, which manages the account from elsewhere: CI, a script, another machine."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Button, Input

from turso_tui.errors import TursoTuiError
from turso_tui.service.known_tokens import KnownToken
from turso_tui.ui.screens.choice import Choice, ChoiceScreen
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.check_grid import CheckColumn, CheckGrid, CheckRow
from turso_tui.ui.widgets.field import Field
from turso_tui.ui.widgets.option_strip import OptionStrip, StripOption
from turso_tui.ui.widgets.pick_field import PickField

if TYPE_CHECKING:
    from turso_tui.service.issuing import ApiTokenRequest
    from turso_tui.service.token_office import TokenOffice

ORGANIZATION, GROUP, EVERYTHING = "organization", "group", "everything"

REACHES = (
    StripOption(ORGANIZATION, "one organization"),
    StripOption(GROUP, "one group of it"),
    StripOption(EVERYTHING, "everything"),
)

_HINTS = {
    ORGANIZATION: "all that its members may do in it",
    GROUP: "the narrowest: only what is checked below, in one group",
    EVERYTHING: "all that you may do, in every organization; Turso advises against it",
}

_COLUMNS = (
    CheckColumn("read", "read", "read"),
    CheckColumn("create", "create", "new"),
    CheckColumn("delete", "delete", "del"),
    CheckColumn("configure", "configure", "conf"),
    CheckColumn("mint-token", "mint tokens", "mint"),
    CheckColumn("rotate-creds", "rotate", "rot"),
)

_ROWS = (
    CheckRow("all", "all of it", frozenset({"read"})),
    CheckRow("db", "databases", frozenset({"create", "delete", "configure", "mint-token", "rotate-creds"})),
    CheckRow("group", "the group", frozenset({"configure", "mint-token", "rotate-creds"})),
)


class ApiTokenScreen(Form[KnownToken]):
    """Answers with the token once it is minted."""

    DEFAULT_CSS = """
    ApiTokenScreen {
        .of-organization, .of-group { display: none; }
        &.-organization .of-organization { display: block; }
        &.-group .of-organization, &.-group .of-group { display: block; }
    }
    """

    name_field = query_one("#name", Input)
    reach = query_one("#reach", OptionStrip)
    organization = query_one("#organization", PickField)
    group = query_one("#group", PickField)
    scopes = query_one(CheckGrid)

    def __init__(self, office: "TokenOffice") -> None:
        super().__init__()
        self._office = office

    def compose(self) -> ComposeResult:
        groups = self._office.groups
        with FormFrame(classes="frame") as frame:
            frame.border_title = "Mint an API token"
            frame.border_subtitle = "tab next · enter mints · esc leaves"
            yield Field("name", Input(placeholder="what it is for, such as ci", id="name", compact=True), id="named")
            yield Field("reaches", OptionStrip(REACHES, ORGANIZATION, id="reach"), id="reaches")
            yield Field(
                "in", PickField(self._office.organization, id="organization"), id="in", classes="of-organization"
            )
            yield Field(
                "group",
                PickField(groups[0].name if groups else "", placeholder="a group", id="group"),
                id="of",
                classes="of-group",
            )
            yield Field("may", CheckGrid(_COLUMNS, _ROWS), id="may", classes="of-group")
            with Horizontal(classes="buttons"):
                yield Button("Mint", compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self._show_reach()
        self.query_one("#may", Field).explain("space checks · a the whole row")
        self.name_field.focus()

    @on(OptionStrip.Changed)
    def _show_reach(self) -> None:
        reach = self.reach.chosen or ORGANIZATION
        self.set_class(reach == ORGANIZATION, "-organization")
        self.set_class(reach == GROUP, "-group")
        self.query_one("#reaches", Field).explain(_HINTS[reach])
        if reach == GROUP:  # the groups that we know are those of this organization
            self.organization.value = self._office.organization

    @on(PickField.Asked, "#organization")
    @work(exclusive=True, group="pick")
    async def _choose_organization(self) -> None:
        if self.reach.chosen == GROUP:
            self.query_one("#in", Field).explain("go to another organization to mint for one of its groups")
            return
        choices = [Choice(slug, slug) for slug in self._office.organizations]
        chosen = await self.app.push_screen_wait(ChoiceScreen("Organizations", choices))
        if chosen is not None:
            self.organization.value = chosen

    @on(PickField.Asked, "#group")
    @work(exclusive=True, group="pick")
    async def _choose_group(self) -> None:
        choices = [Choice(group.name, group.name, group.primary) for group in self._office.groups]
        chosen = await self.app.push_screen_wait(ChoiceScreen("Groups", choices))
        if chosen is not None:
            self.group.value = chosen

    @on(CheckGrid.Changed)
    def _scopes_changed(self) -> None:
        self.query_one("#may", Field).explain(", ".join(self._scopes()) or "space checks · a the whole row")

    def _scopes(self) -> tuple[str, ...]:
        checked = self.scopes.checked
        return tuple(
            column.key if row.key == "all" else f"{row.key}:{column.key}"
            for row in _ROWS
            for column in _COLUMNS
            if (row.key, column.key) in checked
        )

    def submit(self) -> None:
        request = self._request()
        if request is not None:
            self._mint(request)

    def _request(self) -> "ApiTokenRequest | None":
        """What is asked for; None after saying what is missing."""
        from turso_tui.service.issuing import ApiTokenRequest

        name = self.name_field.value.strip()
        if not name:
            self.query_one("#named", Field).complain("It wants a name, by which it can be revoked.")
            self.name_field.focus()
            return None
        self.query_one("#named", Field).explain()
        reach = self.reach.chosen
        if reach == EVERYTHING:
            return ApiTokenRequest(name)
        if reach == ORGANIZATION:
            return ApiTokenRequest(name, organization=self.organization.value)
        if not self.group.value:
            self.query_one("#of", Field).complain("This organization has no group yet.")
            return None
        if not self._scopes():
            self.query_one("#may", Field).complain("It may do nothing yet.", "Check at least one scope with space.")
            self.scopes.focus()
            return None
        return ApiTokenRequest(
            name, organization=self._office.organization, group=self.group.value, scopes=self._scopes()
        )

    @work(exclusive=True, group="mint")
    async def _mint(self, request: "ApiTokenRequest") -> None:
        self.begin("Minting the API token…")
        try:
            known = await self._office.mint_api_token(request)
        except TursoTuiError as error:
            self.fail(error)
        else:
            self.dismiss(known)
