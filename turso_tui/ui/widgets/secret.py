"""A secret on the screen: its first and last four characters, and the whole of it only while someone asks."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from turso_tui.tokens import DatabaseToken, PlatformToken


class SecretView(Static):
    """Legible while ``revealed``."""

    DEFAULT_CSS = """
    SecretView { height: auto; padding: 0 1; background: $panel; }
    """

    revealed: reactive[bool] = reactive(False, init=False)

    def __init__(self, token: PlatformToken | DatabaseToken, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._token = token

    def on_mount(self) -> None:
        self.watch_revealed()

    def watch_revealed(self) -> None:
        if self.revealed:
            self.update(Content.styled(self._token.reveal(), "$primary"))
        else:
            self.update(Content.assemble((self._token.masked, "bold $primary"), ("   v shows it", "$muted")))
