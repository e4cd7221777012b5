"""``rows_read`` and ``rows_written``: what Turso bills, which plain SQLite does not count.

libSQL counts each row that a cursor visits and each table or index entry that it writes. SQLite counts the steps of
full scans (exact) and the instructions that a statement ran; from those and its program the rest is estimated:
- a full scan of n rows reads n;
- a range of an index reads the instructions that are not accounted for, divided by the length of its loop;
- a seek reads 1, in a loop 1 each time round;
- a bare ``count(*)`` reads 1, because SQLite counts pages for it (so does libSQL);
- what is sorted, or grouped by sorting, reads each row that is sorted once more;
- with triggers or cascades, whose instructions cannot be told apart, the rows changed count as the rows read;
- a changed row writes 1, and 1 for every index that the program inserts into.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_STEPS_FORWARD = {"Next", "Prev", "VNext"}
_SEEKS = {"SeekRowid", "NotExists", "SeekGE", "SeekGT", "SeekLE", "SeekLT", "Last", "Rewind", "Count"}
_EPHEMERAL = {"OpenEphemeral", "OpenAutoindex", "OpenPseudo", "SorterOpen", "OpenDup"}
_TESTS = {"Eq", "Ne", "Lt", "Le", "Gt", "Ge", "If", "IfNot", "IsNull", "NotNull", "Found", "NotFound", "SeekRowid"}
"""What leaves a row of a loop out, by going to the loop's end."""
_FULLSCAN = 1


class Instruction(NamedTuple):
    """One row of ``EXPLAIN``, as far as it matters here."""

    address: int
    opcode: str
    p1: int
    p2: int
    p5: int


@dataclass(frozen=True, slots=True)
class Loop:
    """The instructions from ``start`` to ``end`` that are repeated for each row of one cursor."""

    cursor: int
    start: int
    end: int
    is_full_scan: bool

    @property
    def length(self) -> int:
        """How many instructions one round takes at most."""
        return self.end - self.start + 1


class Program:
    """A compiled statement, seen as loops, seeks and index insertions over stored tables."""

    def __init__(self, listing: Sequence[Instruction]) -> None:
        # A second Init opens the program of a trigger or a foreign key action, whose addresses begin again at 0.
        inits = [row for row, step in enumerate(listing) if step.opcode == "Init"]
        self._has_triggers = len(inits) > 1
        instructions = listing[: inits[1]] if self._has_triggers else listing
        own = {step.p1 for step in instructions if step.opcode in _EPHEMERAL}
        stored = [step for step in instructions if step.p1 not in own]
        self._size = len(instructions)
        self._loops = [
            Loop(step.p1, step.p2, step.address, step.p5 == _FULLSCAN)
            for step in stored
            if step.opcode in _STEPS_FORWARD and step.p2 < step.address
        ]
        looped = {loop.cursor for loop in self._loops}
        self._seeks = [step.address for step in stored if step.opcode in _SEEKS and step.p1 not in looped]
        self._sorts = [
            Loop(step.p1, step.p2, step.address, False) for step in instructions if step.opcode == "SorterNext"
        ]
        self._limited = [step.address for step in instructions if step.opcode == "Last" and step.p1 in own]
        self._tests = [(step.address, step.p2) for step in instructions if step.opcode in _TESTS]
        self._indexes = sum(step.opcode == "IdxInsert" for step in stored)

    def rows_read(self, status: Mapping[str, int], changes: int) -> int:
        """From SQLite's statement counters, by name (``SQLITE_STMTSTATUS_…``), and the number of rows changed."""
        scanned = status.get("SQLITE_STMTSTATUS_FULLSCAN_STEP", 0)
        steps = status.get("SQLITE_STMTSTATUS_VM_STEP", 0)
        scans = [loop for loop in self._loops if loop.is_full_scan]
        ranges = [loop for loop in self._loops if not loop.is_full_scan]
        if self._has_triggers:
            return max(scanned + len(scans), changes, 1)
        rounds = self._rounds(scans, ranges, scanned, steps)
        read = rounds + (scanned + len(scans) if scans else 0) + self._sorted(scans, rounds, scanned, steps)
        for seek in self._seeks:
            if any(loop.start <= seek <= loop.end for loop in ranges):
                read += rounds
            elif any(loop.start <= seek <= loop.end for loop in scans):
                read += scanned + 1
            else:
                read += 1
        return max(read, 1)

    def rows_written(self, changes: int) -> int:
        """From the number of rows changed, those by triggers and cascades included."""
        return changes * (1 + self._indexes)

    def _rounds(self, scans: Sequence[Loop], ranges: Sequence[Loop], scanned: int, steps: int) -> int:
        """How often the loops over ranges went round: what the instructions not spent elsewhere suffice for."""
        if not ranges:
            return 0
        innermost = min(ranges, key=lambda loop: loop.length)
        covering = [loop for loop in scans if not loop.start <= innermost.start <= loop.end]
        elsewhere = scanned * max((loop.length for loop in covering), default=0)
        outside = self._size - sum(loop.length for loop in ranges)
        each = innermost.length + sum(loop.length for loop in self._sorts)
        return max(1, (steps - elsewhere - max(0, outside)) // each)

    def _sorted(self, scans: Sequence[Loop], rounds: int, scanned: int, steps: int) -> int:
        """How many rows are sorted: of a scan that leaves rows out, what the instructions suffice for.

        With a LIMIT only the best rows are kept, and each of the others is compared with the last of these.
        """
        if not self._sorts and not self._limited:
            return 0
        if rounds or not scans:
            return rounds
        innermost = min(scans, key=lambda loop: loop.length)
        tests = [at - innermost.start + 2 for at, to in self._tests if innermost.start <= at < to == innermost.end]
        if not tests or not self._sorts:
            return scanned
        rest = innermost.length - max(tests) + self._sorts[0].length
        outside = self._size - innermost.length - self._sorts[0].length
        return min(scanned, max(0, steps - outside - scanned * max(tests)) // rest)
