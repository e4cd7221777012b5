"""The top of the editor's frame: the database that it speaks to, and the tabs, on one line of a border."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from turso_tui.printable import printable
from turso_tui.ui.widgets.strip import GAP, MORE, StripTab, visible

NEW = "+"


def title(path: Sequence[str], is_open: bool, tabs: Sequence[StripTab], active: str, room: int) -> Content:
    """Drawn into ``room`` cells. What is clicked runs ``choose_tab`` or ``new_tab`` of the widget.

    A tab whose text is another one than its file holds has a dot.
    """
    faces = [(printable(tab.label) or "new") + (" ●" if tab.changed else "") for tab in tabs]
    place, end = _place(path, is_open, short=False), GAP + len(NEW)
    wanted = sum(GAP + cell_len(face) for face in faces)
    if place.cell_length + wanted + end > room:
        place = _place(path, is_open, short=True)
    parts = [place, _clickable(NEW, "new_tab", "$muted")]
    if faces:
        at = next((index for index, tab in enumerate(tabs) if tab.id == active), 0)
        parts.insert(1, _tabs(tabs, faces, at, room - place.cell_length - GAP - end))
    return Content(" " * GAP).join(parts)


def _place(path: Sequence[str], is_open: bool, *, short: bool) -> Content:
    """``org / group / database``: the last part is what a person looks for, so it alone is bright."""
    if not path:
        return Content("no database")
    *above, name = map(printable, path)
    lead = ("…",) if short and above else above
    shown = (name, "bold $foreground") if is_open else (f"{name}…", "$muted")
    return Content.assemble(*((f"{part} / ", "$muted") for part in lead), shown)


def _tabs(tabs: Sequence[StripTab], faces: Sequence[str], active: int, room: int) -> Content:
    first, last = visible([cell_len(face) for face in faces], active, room)
    shown = [
        _clickable(
            faces[place],
            f"choose_tab({tabs[place].id!r})",
            "bold underline $primary" if place == active else "$muted",
        )
        for place in range(first, last)
    ]
    line = Content(" " * GAP).join(shown)
    return Content.assemble(("… ", "$muted") if first else "", line, (MORE, "$muted") if last < len(tabs) else "")


def _clickable(text: str, action: str, style: str) -> Content:
    return Content(text).stylize(style).stylize(Style.from_meta({"@click": action}))
