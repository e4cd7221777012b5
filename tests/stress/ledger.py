"""The tables that are written to, what one write leaves in them, and how they are read at the end.

Triggers note down every change under the key of its write, and no index keeps a second note out: so what was applied
twice, or in part, can be seen. Only the unique keys are unique.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tests.stress.plan import TOTAL, Kind, Write
from turso_tui.service.database import Database
from turso_tui.values import Statement, Value

SCHEMA = (
    "CREATE TABLE counter (n INTEGER NOT NULL, key TEXT)",
    "CREATE TABLE counted (key TEXT, n INTEGER)",
    "CREATE TRIGGER note_count AFTER UPDATE ON counter BEGIN INSERT INTO counted VALUES (new.key, new.n); END",
    "CREATE TABLE inserted (key TEXT PRIMARY KEY)",
    "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0), key TEXT)",
    "CREATE TABLE moved (key TEXT, account INTEGER, change INTEGER)",
    "CREATE TRIGGER note_move AFTER UPDATE ON account "
    "BEGIN INSERT INTO moved VALUES (new.key, new.id, new.balance - old.balance); END",
    "CREATE TABLE halves (key TEXT, half INTEGER)",
    "INSERT INTO counter VALUES (0, NULL)",
    f"INSERT INTO account VALUES (1, {TOTAL // 2}, NULL), (2, {TOTAL - TOTAL // 2}, NULL)",
)

INCREMENT = "UPDATE counter SET n = n + 1, key = ? RETURNING n"
INSERT = "INSERT INTO inserted VALUES (?)"
INSERT_HALF = "INSERT INTO halves VALUES (?, ?)"
READ_TOTAL = "SELECT sum(balance) FROM account"
_MOVE = "UPDATE account SET balance = balance + ?, key = ? WHERE id = ?"

_Trace = tuple[Value, ...]


def transfer(write: Write) -> list[Statement]:
    """The account that gains comes first: where the other has too little, what was done must be undone."""
    gains, loses = (2, 1) if write.amount > 0 else (1, 2)
    amount = abs(write.amount)
    return [Statement(_MOVE, (amount, write.key, gains)), Statement(_MOVE, (-amount, write.key, loses))]


def traces_of(write: Write) -> Counter[_Trace]:
    """What is found of a write that was applied once."""
    match write.kind:
        case Kind.TRANSFER:
            return Counter([(1, -write.amount), (2, write.amount)])
        case Kind.TRANSACTION:
            return Counter([(1,), (2,)])
        case _:
            return Counter([()])


@dataclass(frozen=True, slots=True)
class Found:
    """What the database holds at the end: ``traces`` by kind and key."""

    traces: Mapping[tuple[Kind, str], Counter[_Trace]]
    counter: int
    counted: Mapping[int, str]
    """By the number that the counter had after it, the key of the increment."""
    balances: tuple[int, int]


async def prepare(database: Database) -> None:
    await database.batch(SCHEMA)


async def look(database: Database) -> Found:
    traces: dict[tuple[Kind, str], Counter[_Trace]] = defaultdict(Counter)
    counted = (await database.execute("SELECT key, n FROM counted")).rows
    for key, _ in counted:
        traces[Kind.INCREMENT, str(key)][()] += 1
    for kind, query in (
        (Kind.INSERT, "SELECT key FROM inserted"),
        (Kind.TRANSFER, "SELECT key, account, change FROM moved"),
        (Kind.TRANSACTION, "SELECT key, half FROM halves"),
    ):
        for key, *trace in (await database.execute(query)).rows:
            traces[kind, str(key)][tuple(trace)] += 1
    (first,), (second,) = (await database.execute("SELECT balance FROM account ORDER BY id")).rows
    ((counter,),) = (await database.execute("SELECT n FROM counter")).rows
    return Found(
        traces, _integer(counter), {_integer(n): str(key) for key, n in counted}, (_integer(first), _integer(second))
    )


def _integer(value: Value) -> int:
    assert isinstance(value, int)
    return value
