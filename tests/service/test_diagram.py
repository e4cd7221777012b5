"""Diagrams of schemas: what is drawn, that boxes and lines never run over one another, and the same as Mermaid."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.service.schemas import made, read, schemas
from turso_tui.service.diagram import Relations, draw, mermaid, relations_of
from turso_tui.service.diagram_canvas import Box, BoxRow, Drawing
from turso_tui.service.diagram_layout import Edge, lay_out

STATEMENTS = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, boss INTEGER REFERENCES users(id))",
    "CREATE TABLE threads (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES USERS, title TEXT)",
    "CREATE TABLE messages (id INTEGER PRIMARY KEY, thread_id INT REFERENCES threads(id), gone REFERENCES missing(x))",
    'CREATE TABLE "odd ""name""" (a)',
)


def relations(*statements: str) -> Relations:
    return relations_of(read(made(*statements)))


PICTURE = """\
┌─ users ────────┐     ┌─ threads ─────────┐            ┌─ messages ──────────┐
│ * id   integer ├◀─┐  │ * id      integer ├◀────────┐  │ * id        integer │
│  →boss integer ├──┴──┤  →user_id integer │         └──┤  →thread_id int     │
│   … 1 more     │     │   … 1 more        │       ┌────┤  →gone              │
└────────────────┘     └───────────────────┘       │    └─────────────────────┘
                                                   │
                       ┌╌ missing ╌╌╌╌╌╌╌╌╌╌╌╌╌╌┐  │
                       ┆ there is no such table ┆◀─┘
                       └╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┘
"""


def test_parents_children_what_is_missing_and_what_refers_to_itself() -> None:
    known = relations(*STATEMENTS)
    assert draw(known, known.around("threads", 2)).text == PICTURE


def test_neighbours_are_reached_step_by_step_and_what_lies_beyond_is_counted() -> None:
    known = relations(*STATEMENTS)
    assert known.around("users", 0) == {"users"}
    assert known.around("users", 1) == {"users", "threads"}
    assert known.around("users", 3) == {"users", "threads", "messages", "missing"}
    assert " threads +1 " in draw(known, known.around("users", 1)).text


def test_columns_that_join_nothing_are_counted_or_all_shown() -> None:
    known = relations(*STATEMENTS)
    assert "name" not in draw(known, {"users"}).text
    assert "name text" in draw(known, {"users"}, all_columns=True).text


def test_tables_that_are_alone_stand_in_rows() -> None:
    known = relations(*(f"CREATE TABLE t{number} (a, b)" for number in range(40)))
    drawing = draw(known, known.names)
    assert len({box.y for box in drawing.boxes}) > 1
    assert drawing.width <= 104


def test_mermaid_has_the_same_tables_with_names_that_it_can_read() -> None:
    known = relations(*STATEMENTS)
    assert mermaid(known, known.names).splitlines() == [
        "erDiagram",
        "    messages {",
        "        INTEGER id PK",
        "        INT thread_id FK",
        "        any gone FK",
        "    }",
        "    missing {",
        "    }",
        "    \"odd 'name'\" {",
        "        any a",
        "    }",
        "    threads {",
        "        INTEGER id PK",
        "        INTEGER user_id FK",
        "        TEXT title",
        "    }",
        "    users {",
        "        INTEGER id PK",
        "        TEXT name",
        "        INTEGER boss FK",
        "    }",
        '    threads |o--o{ messages : "thread_id"',
        '    missing |o--o{ messages : "gone"',
        '    users ||--o{ threads : "user_id"',
        '    users |o--o{ users : "boss"',
    ]


def test_names_that_are_wide_long_or_ugly_stay_in_their_boxes() -> None:
    names = ["日本語" * 3, "e\u0301clair", "x" * 300, "\x1b[2J\u202e", "🙂 smile"]
    known = relations(*(f'CREATE TABLE "{name}" ("{name}" PRIMARY KEY, up REFERENCES "{names[0]}")' for name in names))
    drawing = draw(known, known.names, all_columns=True)
    assert has_room(drawing)
    assert "\x1b" not in drawing.text


def test_nothing_at_all_is_an_empty_drawing() -> None:
    assert lay_out([], []) == Drawing()


def has_room(drawing: Drawing) -> bool:
    """No two boxes overlap, and all lines are of one width."""
    cells = [
        (x, y)
        for box in drawing.boxes
        for x in range(box.x, box.x + box.width)
        for y in range(box.y, box.y + box.height)
    ]
    return len(cells) == len(set(cells)) and {cell_len(line) for line in drawing.lines} == {drawing.width}


@given(schemas(), st.booleans())
@settings(deadline=None, max_examples=40)
def test_boxes_never_overlap(statements: tuple[str, ...], all_columns: bool) -> None:
    known = relations(*statements)
    drawing = draw(known, known.names, all_columns=all_columns)
    assert has_room(drawing)
    assert {box.name for box in drawing.boxes} == set(known.names)


NUMBERS = st.integers(0, 9)
EDGES = st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(0, 2), st.integers(0, 2)), max_size=14)


@given(EDGES)
@settings(deadline=None, max_examples=150)
def test_every_line_arrives_however_tables_refer_to_one_another(chosen: list[tuple[int, int, int, int]]) -> None:
    boxes = [
        Box(f"t{number}", f"t{number}", tuple(BoxRow(str(row), f"row {row}") for row in range(3)))
        for number in range(10)
    ]
    edges = [Edge(f"t{child}", row + 1, f"t{parent}", target + 1) for child, parent, row, target in chosen]
    drawing = lay_out(boxes, edges)
    assert has_room(drawing)
    for edge in edges:
        assert connected(drawing, (edge.child, edge.child_row), (edge.parent, edge.parent_row)), drawing.text


ARMS = {
    "─": "EW", "│": "NS", "┌": "SE", "┐": "SW", "└": "NE", "┘": "NW", "├": "NSE", "┤": "NSW", "┬": "EWS",
    "┴": "EWN", "┼": "NESW", "◀": "EW", "▶": "EW",
}  # fmt: skip
STEPS = {"N": (0, -1), "S": (0, 1), "E": (1, 0), "W": (-1, 0)}
BACK = {"N": "S", "S": "N", "E": "W", "W": "E"}


def connected(drawing: Drawing, start: tuple[str, int], end: tuple[str, int]) -> bool:
    """Whether one can walk along lines from one row of a box to one of another, without entering a box."""
    inside = {
        (x, y)
        for box in drawing.boxes
        for x in range(box.x, box.x + box.width)
        for y in range(box.y, box.y + box.height)
    }

    def ports(of: tuple[str, int]) -> set[tuple[int, int]]:
        box = drawing.box(of[0])
        assert box is not None
        return {(box.x - 1, box.y + of[1]), (box.x + box.width, box.y + of[1])}

    reached = set[tuple[int, int]]()
    fresh = {cell for cell in ports(start) if 0 <= cell[0] < drawing.width and drawing.lines[cell[1]][cell[0]] in ARMS}
    while fresh:
        reached |= fresh
        beyond = set()
        for x, y in fresh:
            for arm in ARMS[drawing.lines[y][x]]:
                there = (x + STEPS[arm][0], y + STEPS[arm][1])
                is_on = 0 <= there[0] < drawing.width and 0 <= there[1] < len(drawing.lines) and there not in inside
                if is_on and BACK[arm] in ARMS.get(drawing.lines[there[1]][there[0]], ""):
                    beyond.add(there)
        fresh = beyond - reached
    return bool(reached & ports(end))
