"""Mint a token that runs SQL: for what, for how long, and what it may do."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Button, Input

from turso_tui.errors import InputError, TursoTuiError
from turso_tui.service.known_tokens import KnownToken
from turso_tui.tokens import Access
from turso_tui.tokens import permissions as grants
from turso_tui.tokens.description import moment
from turso_tui.tokens.permissions import Permission
from turso_tui.ui.lifetimes import LONGEST_TEXT, parse_lifetime
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.screens.token_target import TokenTarget, TokenTargetScreen, targets
from turso_tui.ui.widgets.field import Field
from turso_tui.ui.widgets.option_strip import OptionStrip, StripOption
from turso_tui.ui.widgets.permission_grid import PermissionGrid
from turso_tui.ui.widgets.pick_field import PickField

if TYPE_CHECKING:
    from turso_tui.service.issuing import MintRequest
    from turso_tui.service.token_office import TokenOffice

LIFETIMES = ("15m", "1h", "1d", "1w", "30d", "never")
DEFAULT_LIFETIME = "1d"

BY_TABLE = "by table"

RIGHTS = (
    StripOption(Access.READ_ONLY, "read only"),
    StripOption(Access.READ_WRITE, "read and write"),
    StripOption(BY_TABLE, "by table and action"),
)


class MintScreen(Form[KnownToken]):
    """Answers with the token once it is minted; what the server refuses is said here, and may be corrected."""

    DEFAULT_CSS = """
    MintScreen {
        #lifetime { width: 14; margin-right: 1; }
        PermissionGrid { max-height: 15; }
        .by-table { display: none; }
        &.-by-table .by-table { display: block; }
        &.-by-table Field { margin-bottom: 0; }
    }
    MintScreen.-short PermissionGrid { max-height: 8; }
    """

    target_field = query_one("#target", PickField)
    lifetime = query_one("#lifetime", Input)
    presets = query_one("#presets", OptionStrip)
    rights = query_one("#rights", OptionStrip)
    grid = query_one(PermissionGrid)
    table = query_one("#table", Input)

    def __init__(self, office: "TokenOffice", target: TokenTarget | None = None) -> None:
        super().__init__()
        self._office = office
        self._target = target

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = "Mint a token"
            frame.border_subtitle = "tab next · enter mints · esc leaves"
            yield Field("for", PickField(placeholder="a database, or a whole group", id="target"), id="for")
            yield Field(
                "lives",
                Input(DEFAULT_LIFETIME, id="lifetime", compact=True, max_length=LONGEST_TEXT),
                OptionStrip(tuple(StripOption(each, each) for each in LIFETIMES), DEFAULT_LIFETIME, id="presets"),
                id="lives",
            )
            yield Field("may", OptionStrip(RIGHTS, Access.READ_ONLY, id="rights"), id="may")
            yield Field("tables", PermissionGrid(), id="tables", classes="by-table")
            another = Input(placeholder="another table, by its name", id="table", compact=True)
            yield Field("and", another, id="and", classes="by-table")
            with Horizontal(classes="buttons"):
                yield Button("Mint", compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self._show_target()
        self._explain_lifetime()
        if self._target is None:
            self.target_field.focus()
            self._choose_target()
        else:
            self.lifetime.focus()

    # --- for what

    @on(PickField.Asked)
    @work(exclusive=True, group="target")
    async def _choose_target(self) -> None:
        choices = targets(self._office.databases, self._office.groups)
        target = await self.app.push_screen_wait(TokenTargetScreen("A token for", choices))
        if target is not None:
            self._target = target
            self._show_target()
            self.lifetime.focus()

    def _show_target(self) -> None:
        target = self._target
        if target is None:
            return
        self._field("for").explain()
        self.target_field.value = target.name
        self.target_field.detail = (
            f"every database of this group: {target.detail}" if target.is_group else target.detail
        )
        if self.rights.chosen == BY_TABLE:
            self._read_tables(target)

    # --- for how long

    @on(OptionStrip.Changed, "#presets")
    def _preset_chosen(self, event: OptionStrip.Changed) -> None:
        self.lifetime.value = event.id

    @on(Input.Changed, "#lifetime")
    def _explain_lifetime(self) -> None:
        text = self.lifetime.value.strip()
        self.presets.chosen = text if text in LIFETIMES else None
        try:
            lifetime = parse_lifetime(text)
        except InputError:
            self._field("lives").explain("weeks to seconds, such as 2w1d30m; or never")
            return
        if lifetime is None:
            self._field("lives").explain("until its key is rotated: it cannot be revoked alone")
        else:
            self._field("lives").explain(f"until {moment(self._office.now() + lifetime.total_seconds())}")

    # --- what it may do

    @on(OptionStrip.Changed, "#rights")
    def _rights_chosen(self, event: OptionStrip.Changed) -> None:
        by_table = event.id == BY_TABLE
        self.set_class(by_table, "-by-table")
        if by_table and self._target is not None:
            self._read_tables(self._target)

    @work(exclusive=True, group="tables")
    async def _read_tables(self, target: TokenTarget) -> None:
        """The tables there are; of a group, those of its first database, because tenants are mostly alike."""
        field = self._field("tables")
        example = self._example(target)
        if example is None:
            self.grid.show_tables(())
            field.explain("there is no database yet; a table may be named below")
            return
        try:
            tables = await self._office.tables(example)
        except TursoTuiError as error:
            self.grid.show_tables(())
            field.complain(f"The tables of {example} cannot be read: {in_words(error)[0]}")
            return
        if target == self._target:
            self.grid.show_tables(tables)
            self._explain_permissions()

    def _example(self, target: TokenTarget) -> str | None:
        if not target.is_group:
            return target.name
        return next((each.name for each in self._office.databases if each.group == target.name), None)

    @on(PermissionGrid.Changed)
    def _explain_permissions(self) -> None:
        words = grants.in_words(self.grid.permissions)
        if words:
            self._field("tables").explain(words)
        elif self._target is not None and self._target.is_group:
            self._field("tables").explain(
                f"tables as in {self._example(self._target)} · space checks · a the whole row"
            )
        else:
            self._field("tables").explain("space checks · a the whole row")

    # --- minting

    def action_submit(self) -> None:
        """In the field of another table, enter takes the table first."""
        name = self.table.value.strip()
        if name and self.focused is self.table:
            self.grid.add_table(name)
            self.table.clear()
            self.grid.focus()
        else:
            super().action_submit()

    def submit(self) -> None:
        request = self._request()
        if request is not None:
            self._mint(request)

    def _request(self) -> "MintRequest | None":
        """What is asked for; None after saying what is missing."""
        from turso_tui.service.issuing import MintRequest

        if self._target is None:
            self._field("for").complain("Choose a database or a group.")
            self.target_field.focus()
            return None
        try:
            lifetime = parse_lifetime(self.lifetime.value)
        except InputError as error:
            self._field("lives").complain(*in_words(error))
            self.lifetime.focus()
            return None
        permissions: tuple[Permission, ...] = ()
        access = Access.READ_WRITE
        if self.rights.chosen == BY_TABLE:
            permissions = self.grid.permissions
            if not permissions:
                self._field("tables").complain("It may do nothing yet.", "Check at least one action with space.")
                self.grid.focus()
                return None
        else:
            access = Access(self.rights.chosen or Access.READ_ONLY)
        name = self._target.name
        return MintRequest(
            organization=self._office.organization,
            database=None if self._target.is_group else name,
            group=name if self._target.is_group else None,
            lifetime=lifetime,
            access=access,
            permissions=permissions,
        )

    @work(exclusive=True, group="mint")
    async def _mint(self, request: "MintRequest") -> None:
        self.begin("Minting the token…")
        try:
            known = await self._office.mint(request)
        except TursoTuiError as error:
            self.fail(error)
        else:
            self.dismiss(known)

    def _field(self, id: str) -> Field:
        return self.query_one(f"#{id}", Field)
