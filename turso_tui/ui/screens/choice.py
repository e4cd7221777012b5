"""Choose one of a few things by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from turso_tui.printable import printable
from turso_tui.ui.screens.dialog import Dialog


@dataclass(frozen=True, slots=True)
class Choice:
    """``id`` is what the dialog answers with; ``label`` and ``detail`` may come from a server."""

    id: str
    label: str
    detail: str = ""


class ChoiceScreen(Dialog[str]):
    """Answers with the id of the chosen one, or None."""

    DEFAULT_CSS = """
    ChoiceScreen {
        OptionList, OptionList:focus {
            height: auto;
            max-height: 16;
            border: none;
            padding: 0;
            background: transparent;
        }
    }
    """

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._heading = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = Content(printable(self._heading))
            frame.border_subtitle = "enter chooses · esc leaves"
            yield OptionList(*(Option(_label(choice)) for choice in self._choices), markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index].id)


def _label(choice: Choice) -> Content:
    return Content.assemble(printable(choice.label), (f"  {printable(choice.detail)}", "$muted"))
