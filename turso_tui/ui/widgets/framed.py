"""A pane in a frame, whose foot is often drawn again."""

from typing import Self

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


class Framed(Widget):
    """Draws the line of its foot without what stands in the frame.

    Textual draws a whole widget again, with all in it, for a new border title: over SSH that is kilobytes for each step
    of a cursor whose place is told there.
    """

    _only_the_foot = False

    def say_foot(self, text: str | Content) -> None:
        """What stands in the lower border from now on."""
        text = Content(text) if isinstance(text, str) else text
        if text.markup == self.border_subtitle:
            return
        self._only_the_foot = True
        try:
            self.border_subtitle = text
        finally:
            self._only_the_foot = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if self._only_the_foot:
            left, top = self.gutter.top_left
            width, height = self.outer_size
            regions = (*regions, Region(-left, height - 1 - top, width, 1))
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
