"""A field for a secret: never legible, and it takes the whole of what is pasted."""

from textual import events
from textual.widgets import Input


class SecretInput(Input):
    """Textual's field would keep the first line of a paste only; a terminal wraps long tokens when one copies them."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(password=True, placeholder=placeholder, id=id)

    def on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.replace(" ".join(event.text.splitlines()), *sorted(self.selection))
