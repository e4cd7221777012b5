"""What a statement did, cost, and became: the same words in the status line, the frame and the messages."""

from textual.content import Content

from turso_tui.errors import Outcome, ScriptFailed
from turso_tui.printable import printable, printable_lines
from turso_tui.service.console import Failed, Finished
from turso_tui.sql.facts import leading_keyword
from turso_tui.ui.numbers import duration, grouped
from turso_tui.ui.problems import in_words

SHOWN_CHARACTERS = 200
APPLIED = "applied"

_ONLY_READ = frozenset({"SELECT", "VALUES", "EXPLAIN"})
_FAILURES = {
    Outcome.NOT_APPLIED: ("✗", "not applied", "$bad"),
    Outcome.UNKNOWN: ("?", "unknown", "$warning"),
    Outcome.APPLIED: ("!", "applied, but", "$warning"),
}


def outcome(event: Finished) -> str:
    """What a statement did, in a few words: rows returned, or rows changed."""
    if event.result is not None:
        count = event.result.row_count
        return f"{grouped(count)} {'row' if count == 1 else 'rows'}"
    changed = event.summary.affected_rows
    if changed:
        return f"{grouped(changed)} {'row' if changed == 1 else 'rows'} changed"
    return APPLIED if event.outcome is Outcome.APPLIED else "done"


def costs(event: Finished) -> list[str]:
    """What is billed. A server that does not say it (a cursor never does) is not made to look free."""
    summary = event.summary
    read = f"read {grouped(summary.rows_read)}" if summary.rows_read is not None else ""
    written = f"wrote {grouped(summary.rows_written)}" if summary.rows_written else ""
    return [part for part in (read, written) if part]


def times(event: Finished) -> list[str]:
    """Of what a person waited, how long the server worked, and how long the rest took: the way there and back, and the
    turn to write. Nothing where the server does not say it, and the rest not of one statement of several."""
    server_ms = event.summary.server_ms
    if server_ms is None or event.seconds * 1000 <= server_ms:
        return []
    server = server_ms / 1000
    wire = [] if event.together else [f"wire {duration(event.seconds - server)}"]
    return [f"server {duration(server)}", *wire]


def said(event: Finished | Failed) -> Content:
    """Its lines in the messages: what became of it, what it did or what went wrong, and its text."""
    short = event.sql if len(event.sql) < SHOWN_CHARACTERS else f"{event.sql[: SHOWN_CHARACTERS - 1]}…"
    lines = _failed(event) if isinstance(event, Failed) else [_finished(event)]
    return Content("\n").join([*lines, Content.styled(f"  {printable(short)}", "$muted")])


def _finished(event: Finished) -> Content:
    facts = [outcome(event), duration(event.seconds), *costs(event), *times(event)]
    if event.outcome is Outcome.APPLIED and facts[0] != APPLIED and not _only_reads(event.sql):
        facts.insert(0, APPLIED)
    elif event.result is None and event.summary.affected_rows:
        facts.insert(1, "not committed yet")
    return Content.assemble(("✓ ", "$good"), " · ".join(facts))


def fate(event: Failed) -> tuple[str, str, str]:
    """What became of a statement that failed: a sign, a word (empty for what only reads), a style."""
    if event.outcome is None or _only_reads(event.sql):
        return "✗", "", "$bad"
    return _FAILURES[event.outcome]


def _failed(event: Failed) -> list[Content]:
    """A script says in its own words what became of all of it."""
    what, next_step = in_words(event.error)
    sign, word, style = fate(event)
    beginning = f"{sign} {word}: " if word and not isinstance(event.error, ScriptFailed) else f"{sign} "
    lines = [Content.styled(beginning + printable_lines(what), style)]
    if next_step:
        lines.append(Content.styled(f"  {printable_lines(next_step)}", "$muted"))
    return lines


def _only_reads(sql: str) -> bool:
    return leading_keyword(sql) in _ONLY_READ
