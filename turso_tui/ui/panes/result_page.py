"""What stands among the results as a tab of its own, beside those of runs: it comes and goes by itself."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class ResultPage(Widget):
    """Says its ``label`` for the tab, ``footing`` for the frame, and whether it is ``unsaved``."""

    DEFAULT_CSS = """
    ResultPage { height: 1fr; layout: vertical; }
    """

    label: reactive[str] = reactive("", init=False)
    footing: reactive[str] = reactive("", init=False)
    unsaved: reactive[bool] = reactive(False, init=False)

    @dataclass
    class Said(Message):
        """Its label or its footing has changed."""

        page: ResultPage

    def watch_label(self) -> None:
        self.post_message(self.Said(self))

    watch_footing = watch_unsaved = watch_label
