"""The top of the editor's frame: the database that it speaks to, and the tabs, on one line of a border."""

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from turso_tui.printable import printable
from turso_tui.ui.widgets.strip import GAP, MORE, StripTab, visible

NEW = "+"
LEAST_TAB = 12
"""Cells that the tabs want before the path in front of the database's name is given up."""


def title(path: Sequence[str], is_open: bool, tabs: Sequence[StripTab], active: str, room: int) -> Content:
    """Drawn into ``room`` cells. What is clicked runs ``choose_tab`` or ``new_tab`` of the widget.

    A single tab needs no name: its text is there to read.
    """
    names = tabs if len(tabs) > 1 else ()
    place = _place(path, is_open, short=False)
    wanted = GAP + LEAST_TAB + len(NEW) + GAP if names else GAP + len(NEW)
    if place.cell_length + wanted > room:
        place = _place(path, is_open, short=True)
    left = room - place.cell_length - 2 * GAP - len(NEW)
    parts = [place, *([_tabs(names, active, left)] if names else []), _clickable(NEW, "new_tab", "$muted")]
    return Content(" " * GAP).join(parts)


def _place(path: Sequence[str], is_open: bool, *, short: bool) -> Content:
    """``org / group / database``: the last part is what a person looks for, so it alone is bright."""
    if not path:
        return Content("no database")
    *above, name = map(printable, path)
    lead = ("…",) if short and above else above
    shown = (name, "bold $foreground") if is_open else (f"{name}…", "$muted")
    return Content.assemble(*((f"{part} / ", "$muted") for part in lead), shown)


def _tabs(tabs: Sequence[StripTab], active: str, room: int) -> Content:
    faces = [Content(printable(tab.label) or "new") for tab in tabs]
    at = next((index for index, tab in enumerate(tabs) if tab.id == active), 0)
    first, last = visible([face.cell_length for face in faces], at, room)
    shown = [
        _clickable(face.plain, f"choose_tab({tab.id!r})", "bold underline $primary" if tab.id == active else "$muted")
        for tab, face in zip(tabs[first:last], faces[first:last], strict=True)
    ]
    line = Content(" " * GAP).join(shown)
    return Content.assemble(("… ", "$muted") if first else "", line, (MORE, "$muted") if last < len(tabs) else "")


def _clickable(text: str, action: str, style: str) -> Content:
    return Content(text).stylize(style).stylize(Style.from_meta({"@click": action}))
