"""What the history says about a statement: when, where, how it ended and what it cost."""

from datetime import datetime
from typing import NamedTuple

from textual.content import Content

from turso_tui.printable import printable, printable_lines
from turso_tui.service.history import Ending, Remembered
from turso_tui.ui.numbers import duration, grouped

PREVIEWED = 4000
"""Characters: as much of a statement as anyone looks at before running it again."""

_DATABASE = 14
_DATABASE_WIDE = 18
_SQL = 400


class Sign(NamedTuple):
    """An ending as it is drawn: never by colour alone."""

    text: str
    style: str
    meaning: str


SIGNS = {
    Ending.RUNNING: Sign("…", "$primary", "did not end, or runs still"),
    Ending.DONE: Sign("✓", "$good", ""),
    Ending.FAILED: Sign("✗", "$bad", "failed"),
    Ending.CANCELLED: Sign("!", "$warning", "cancelled"),
    Ending.UNKNOWN: Sign("?", "$warning", "nobody knows whether it ran"),
    Ending.LOST: Sign("↶", "$warning", "rolled back with its transaction"),
}


def when(at: float, now: float) -> str:
    """The time of a day that is today, the day of this year, else the year too; local, in twelve cells at most."""
    moment, today = datetime.fromtimestamp(at), datetime.fromtimestamp(now)
    if moment.date() == today.date():
        return f"{moment:%H:%M:%S}"
    return f"{moment.day} {moment:%b %H:%M}" if moment.year == today.year else f"{moment.day} {moment:%b %Y}"


def line(remembered: Remembered, now: float, *, narrow: bool) -> Content:
    """One line of the list; what does not fit is cut at its end, where the statement is."""
    sign = SIGNS[remembered.ending]
    database = _fitted(printable(remembered.database), _DATABASE if narrow else _DATABASE_WIDE)
    numbers = "" if narrow else f"{_took(remembered):>9} {_rows(remembered):>14}  "
    times = f"×{grouped(remembered.runs)} " if remembered.runs > 1 else ""
    return Content.assemble(
        (f"{sign.text} ", sign.style),
        (f"{when(remembered.at, now):<13}", "$muted"),
        f"{database} ",
        (numbers, "$muted"),
        (times, "$accent"),
        printable(" ".join(remembered.sql[:_SQL].split())),
    )


def preview(remembered: Remembered) -> Content:
    """The statement as it was written, and everything that is known about its last run."""
    facts = [
        " / ".join(part for part in (remembered.place, remembered.database) if part),
        f"{datetime.fromtimestamp(remembered.at):%Y-%m-%d %H:%M:%S}",
        *(part for part in (_rows(remembered), _took(remembered), *_cost(remembered)) if part),
    ]
    if remembered.runs > 1:
        facts.append(f"run {grouped(remembered.runs)} times, this is the last")
    sql = remembered.sql[:PREVIEWED]
    lines = [Content.styled(printable(" · ".join(facts)), "$muted"), *_trouble(remembered)]
    lines += [Content(printable_lines(sql) + ("…" if len(remembered.sql) > PREVIEWED else ""))]
    return Content("\n").join(lines)


def _trouble(remembered: Remembered) -> list[Content]:
    sign = SIGNS[remembered.ending]
    if not sign.meaning:
        return []
    words = f"{sign.text} {sign.meaning}" + (f": {printable_lines(remembered.error)}" if remembered.error else "")
    return [Content.styled(words, sign.style)]


def _took(remembered: Remembered) -> str:
    return duration(remembered.seconds) if remembered.seconds is not None else ""


def _rows(remembered: Remembered) -> str:
    if remembered.rows is not None:
        return f"{grouped(remembered.rows)} {'row' if remembered.rows == 1 else 'rows'}"
    return f"{grouped(remembered.changed)} changed" if remembered.changed else ""


def _cost(remembered: Remembered) -> list[str]:
    read = f"read {grouped(remembered.rows_read)}" if remembered.rows_read is not None else ""
    wrote = f"wrote {grouped(remembered.rows_written)}" if remembered.rows_written else ""
    return [read, wrote]


def _fitted(text: str, width: int) -> str:
    cut = Content(text).truncate(width, ellipsis=True)
    return cut.plain + " " * (width - cut.cell_length)
