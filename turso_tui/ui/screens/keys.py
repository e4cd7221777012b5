"""The keys that work here, read from the bindings themselves, so that it cannot be wrong."""

from collections.abc import Iterable, Mapping

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from turso_tui.ui.screens.dialog import Dialog

KEY_WIDTH = 20


class KeysScreen(Dialog[None]):
    """Shows the bindings that were active when it was asked for: the focused pane's first, the program's last."""

    DEFAULT_CSS = """
    KeysScreen > .frame { height: 80%; }
    """
    BINDINGS = [("f1", "leave", "Back")]

    def __init__(self, bindings: Mapping[str, ActiveBinding]) -> None:
        super().__init__()
        self._active = list(bindings.values())

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="frame") as frame:
            frame.border_title = "Keys"
            frame.border_subtitle = "esc leaves"
            yield Static(self._text(), markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _text(self) -> Content:
        sections: dict[str, dict[Binding, list[str]]] = {}
        for active in self._active:
            binding = active.binding
            if binding.description:
                place = sections.setdefault(_place(active), {})
                place.setdefault(_without_key(binding), []).append(self.app.get_key_display(binding))
        parts = [_section(title, bindings) for title, bindings in sections.items()]
        return Content("\n\n").join(parts)


def _place(active: ActiveBinding) -> str:
    """The title of the pane that the binding belongs to; what surrounds all panes has a name of its own."""
    for node in active.node.ancestors_with_self:
        if isinstance(node, Widget) and not isinstance(node, Screen) and node.BORDER_TITLE:
            return node.BORDER_TITLE
    if isinstance(active.node, App):
        return "Everywhere"
    return "This screen" if isinstance(active.node, Screen) else "Here"


def _without_key(binding: Binding) -> Binding:
    """Several keys of one action are one line."""
    return Binding("", binding.action, binding.tooltip or binding.description)


def _section(title: str, bindings: Mapping[Binding, Iterable[str]]) -> Content:
    lines = [Content.styled(title, "bold $primary")]
    for binding, keys in bindings.items():
        shown = "  ".join(dict.fromkeys(keys))
        lines.append(Content.assemble((f"  {shown:<{KEY_WIDTH}} ", "$accent"), binding.description))
    return Content("\n").join(lines)
