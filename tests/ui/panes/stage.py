"""A bare stage on which a few widgets are shown in one of the program's own themes."""

from textual.app import App, ComposeResult
from textual.widget import Widget

from turso_tui.ui.themes import default_variables, load_themes, shipped_directory


class Stage(App[None]):
    """Shows ``widgets`` in a narrow column at the left, as the console does."""

    CSS = "Screen { align-horizontal: left; } Screen > * { width: 36; } Screen > .wide { width: 100%; }"

    def __init__(self, *widgets: Widget, theme: str = "turso-dark") -> None:
        super().__init__()
        self._widgets = widgets
        for known in load_themes([shipped_directory()]).themes:
            self.register_theme(known)
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield from self._widgets
