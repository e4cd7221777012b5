"""A plan as it is drawn: SQLite's own words with guides, a sign for what is dear, and what each step means."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from turso_tui.printable import printable
from turso_tui.service.plan_cost import Scan
from turso_tui.service.planner import Plan
from turso_tui.service.plans import SMALL
from turso_tui.sql.query_plan import By, Node, Step
from turso_tui.ui.numbers import grouped

_GAP = "  "
_DEAR, _GOOD, _PLAIN = ("!", "$warning"), ("✓", "$good"), ("·", "$muted")
_STEPS = {
    Step.MATERIALIZE: "made once and kept while this runs",
    Step.COROUTINE: "row by row, nothing is kept",
    Step.BLOOM_FILTER: "passes over rows that cannot match",
    Step.ALTERNATIVES: "each side of the OR by an index of its own",
}
_WAYS = {
    By.ROWID: "at once, by the rowid",
    By.PRIMARY_KEY: "by the primary key",
    By.COVERING_INDEX: "from the index alone",
    By.VIRTUAL_TABLE: "its module decides how",
}


def plan_lines(plan: Plan, width: int, scan_rows: int) -> list[Content]:
    """The tree in lines of at most ``width``; a scan of more than ``scan_rows`` stands out."""
    scans = {scan.place: scan for scan in plan.scans}
    lines: list[Content] = []
    for place, (node, (guide, below)) in enumerate(zip(plan.nodes, _guides(plan.nodes), strict=True)):
        sign, style = _sign(node, scans.get(place), scan_rows)
        step = Content.styled(printable(node.detail), style if style == "$bad" else "$foreground")
        note = Content.styled(_note(node, scans.get(place)), "$muted" if (sign, style) != ("!", "$bad") else style)
        head, under = _mark(guide, sign, style), _mark(below, " ", style)
        if note and head.cell_length + step.cell_length + len(_GAP) + note.cell_length <= width:
            lines.append(head + step + _GAP + note)
            continue
        lines += _hung(head, under, step, width)
        if note:
            indented = under + _GAP
            lines += _hung(indented, indented, note, width)
    return lines


def _mark(guide: str, sign: str, style: str) -> Content:
    return Content.assemble((guide, "$muted"), (f"{sign} ", style))


def _hung(first: Content, rest: Content, text: Content, width: int) -> Iterator[Content]:
    """``text`` wrapped behind ``first``, its other lines behind ``rest``."""
    room = max(8, width - first.cell_length)
    for number, line in enumerate(text.wrap(room)):
        yield (rest if number else first) + line


def _guides(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """What stands before each node, and before its further lines."""
    last_of = {node.parent: place for place, node in enumerate(nodes)}
    below: dict[int, str] = {}
    for place, node in enumerate(nodes):
        above = below[node.parent] if node.parent is not None else ""
        is_last = last_of[node.parent] == place
        if node.parent is None:
            guide, rest = "", ""
        else:
            guide, rest = above + ("└─" if is_last else "├─"), above + ("  " if is_last else "│ ")
        below[place] = rest
        yield guide, rest


def _sign(node: Node, scan: Scan | None, scan_rows: int) -> tuple[str, str]:
    if scan is not None:
        if scan.rows is not None and scan.rows.rows < SMALL and not scan.repeats:
            return _PLAIN
        return ("!", "$bad") if scan.known_rows > scan_rows else _DEAR
    if node.is_correlated:
        return _DEAR
    return _GOOD if node.step is Step.SEARCH else _PLAIN


def _note(node: Node, scan: Scan | None) -> str:
    """What the step means, where its own words do not say it."""
    if scan is not None:
        return printable(_scan_note(node, scan))
    if node.step is Step.SORT:
        is_sorted = any(word in node.purpose for word in ("ORDER BY", "GROUP BY"))
        return "sorts everything first; a server counts it twice" if is_sorted else "keeps what it has seen"
    if node.step is Step.SUBQUERY:
        return "runs again for each row" if node.is_correlated else "runs once"
    if node.is_like:
        return "by the beginning of the pattern"
    if node.step in (Step.SCAN, Step.SEARCH):
        return _one_end(node) or _WAYS.get(node.by, "")
    return _STEPS.get(node.step, "")


def _one_end(node: Node) -> str:
    return "the first or the last row alone" if node.is_one_end else ""


def _scan_note(node: Node, scan: Scan) -> str:
    name = f" of {scan.table}" if scan.table != node.address else ""
    if scan.rows is None:
        rows = f"every row{name}, nobody knows how many"
    else:
        about = "up to" if scan.rows.at_most or scan.may_stop else "about"
        rows = f"every row{name}, {about} {grouped(scan.rows.rows)}"
    if node.by is By.AUTOMATIC_INDEX:
        return f"reads {rows}, for an index that is gone afterwards"
    return rows + (", again for each row" if scan.repeats else "") + (", until the LIMIT" if scan.may_stop else "")
