"""Write a secret to a file that only its owner can read."""

import asyncio
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Button, Input

from turso_tui.errors import InputError, StorageError
from turso_tui.printable import printable
from turso_tui.service.known_tokens import KnownToken
from turso_tui.tokens import DatabaseToken, PlatformToken
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.token_words import called, title
from turso_tui.ui.widgets.field import Field
from turso_tui.ui.widgets.option_strip import OptionStrip, StripOption

FORMATS = (StripOption("plain", "plain text"), StripOption("env", ".env"), StripOption("json", "JSON"))

_ENDINGS = {"plain": ".token", "env": ".env", "json": ".json"}


class SaveSecretScreen(Form[str]):
    """Answers with the path once it is written. A file that is already there is replaced only when asked twice."""

    path = query_one("#path", Input)
    format = query_one("#format", OptionStrip)

    def __init__(self, known: KnownToken, token: PlatformToken | DatabaseToken) -> None:
        super().__init__()
        self._known = known
        self._token = token
        self._replaces: Path | None = None

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = Content(printable(f"Save {called(self._known)}"))
            frame.border_subtitle = "tab next · enter saves · esc leaves"
            yield Field("as", OptionStrip(FORMATS, "env", id="format"), id="as")
            yield Field("to", Input(self._suggestion("env"), id="path", compact=True), id="to")
            with Horizontal(classes="buttons"):
                yield Button("Save", compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self._explain()
        self.path.focus()

    @on(OptionStrip.Changed)
    def _format_chosen(self, event: OptionStrip.Changed) -> None:
        """The suggested name follows, unless it has been changed."""
        if self.path.value in {self._suggestion(each) for each in _ENDINGS}:
            self.path.value = self._suggestion(event.id)
        self._explain()

    @on(Input.Changed)
    def _path_changed(self) -> None:
        self._replaces = None
        self.query_one("#to", Field).explain("only you can read it (mode 0600)")

    def _explain(self) -> None:
        self.query_one("#as", Field).explain(self._contents())

    def _contents(self) -> str:
        """What will be in the file; a file of variables keeps its other lines."""
        if self.format.chosen == "plain":
            return "the token alone, on one line"
        if self.format.chosen == "json":
            return (
                "an object with the token and the URL that it opens" if self._known.url else "an object with the token"
            )
        others = "other variables in the file stay"
        if isinstance(self._token, PlatformToken):
            return f"TURSO_API_TOKEN; {others}"
        return f"{'TURSO_DATABASE_URL and ' if self._known.url else ''}TURSO_AUTH_TOKEN; {others}"

    def _suggestion(self, format: str) -> str:
        name = title(self._known).rpartition("/")[2]
        name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
        return f"{name.strip('-') or 'turso'}{_ENDINGS[format]}"

    def submit(self) -> None:
        text = self.path.value.strip()
        if not text:
            self._complain("Give the path of a file.", "")
            return
        try:
            path = Path(text).expanduser()
        except RuntimeError:
            self._complain("There is no such user.", "Write the path without ~.")
        else:
            self._save(path)

    @work(exclusive=True, group="save")
    async def _save(self, path: Path) -> None:
        from turso_tui.service.secret_files import SecretFormat, save_secret

        chosen = SecretFormat(self.format.chosen or SecretFormat.PLAIN)
        replaces = path == self._replaces
        try:
            await asyncio.to_thread(save_secret, path, self._token, chosen, url=self._known.url, overwrite=replaces)
        except InputError as error:
            what, next_step = in_words(error)
            if path.is_file():
                self._replaces = path
                next_step = "Enter again replaces it, or choose another name."
            self._complain(what, next_step)
        except StorageError as error:
            self._complain(*in_words(error))
        else:
            self.dismiss(str(path))

    def _complain(self, what: str, next_step: str) -> None:
        self.query_one("#to", Field).complain(what, next_step)
