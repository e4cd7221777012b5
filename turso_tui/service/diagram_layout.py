"""Boxes and the lines between them, placed on a grid of cells: parents at the left, children to the right of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from turso_tui.service.diagram_canvas import Box, Canvas, Drawing, Placed

GAP = 1
"""Rows between two boxes."""

SWEEPS = 4
"""How often the order within the layers is improved."""


class Edge(NamedTuple):
    """A line from a row of ``child`` to a row of ``parent``, where its arrow is."""

    child: str
    child_row: int
    parent: str
    parent_row: int


def lay_out(boxes: Sequence[Box], edges: Sequence[Edge]) -> Drawing:
    """Connected tables side by side, one group of them beneath another, and those that are alone in rows at the end."""
    joined = {name for edge in edges for name in (edge.child, edge.parent)}
    parts = [_Layers(group, edges).drawing() for group in _components([b for b in boxes if b.name in joined], edges)]
    parts += [_row_drawing(row) for row in _rows([box for box in boxes if box.name not in joined], parts)]
    return _beneath(parts)


def _components(boxes: Sequence[Box], edges: Sequence[Edge]) -> Iterator[list[Box]]:
    left = {box.name: box for box in boxes}
    near: defaultdict[str, set[str]] = defaultdict(set)
    for edge in edges:
        near[edge.child].add(edge.parent)
        near[edge.parent].add(edge.child)
    while left:
        reached, fresh = set[str](), {next(iter(left))}
        while fresh:
            reached |= fresh
            fresh = {other for name in fresh for other in near[name]} - reached
        yield [left.pop(box.name) for box in boxes if box.name in reached]


def _rows(boxes: Sequence[Box], above: Sequence[Drawing]) -> Iterator[list[Box]]:
    room = max([100, *(part.width for part in above)])
    row: list[Box] = []
    for box in boxes:
        if row and sum(each.width + 2 for each in row) + box.width > room:
            yield row
            row = []
        row.append(box)
    if row:
        yield row


def _row_drawing(boxes: Sequence[Box]) -> Drawing:
    canvas = Canvas()
    placed = []
    x = 0
    for box in boxes:
        placed.append(canvas.box(box, x, 0))
        x += box.width + 2
    return canvas.drawing(placed)


def _beneath(parts: Sequence[Drawing]) -> Drawing:
    width = max((part.width for part in parts), default=0)
    lines: list[str] = []
    boxes: list[Placed] = []
    for part in parts:
        if lines:
            lines.append(" " * width)
        boxes += [box._replace(y=box.y + len(lines)) for box in part.boxes]
        lines += [line + " " * (width - part.width) for line in part.lines]
    return Drawing(tuple(lines), tuple(boxes), width)


@dataclass(slots=True, eq=False)
class _Item:
    """A box within a layer, or one row of it through which a line passes."""

    layer: int
    box: Box | None = None
    y: int = 0

    @property
    def height(self) -> int:
        return self.box.height if self.box is not None else 1


class _Port(NamedTuple):
    item: _Item
    row: int

    @property
    def y(self) -> int:
        return self.item.y + self.row


@dataclass(slots=True, eq=False)
class _Trunk:
    """In the channel at the right of one layer: a vertical line, and what it joins at its left and at its right."""

    left: list[_Port] = field(default_factory=list)
    right: list[_Port] = field(default_factory=list)
    heads: list[_Port] = field(default_factory=list)
    x: int = 0

    def ys(self) -> list[int]:
        return [port.y for port in (*self.left, *self.right)]


class _Layers:
    """One connected part of the picture. All edges that end at one row share one line to it."""

    def __init__(self, boxes: Sequence[Box], edges: Sequence[Edge]) -> None:
        names = {box.name for box in boxes}
        self._edges = [edge for edge in edges if edge.child in names]
        self._backwards = _against_the_order(names, self._edges)
        self._layer = self._assign(sorted(names))
        self._items: list[list[_Item]] = [[] for _ in range(max(self._layer.values()) + 1)]
        self._of: dict[str, _Item] = {}
        for box in boxes:
            item = self._of[box.name] = _Item(self._layer[box.name], box)
            self._items[item.layer].append(item)
        self._channels: list[list[_Trunk]] = [[] for _ in self._items]
        self._route()
        self._order()
        self._place()

    def _assign(self, names: Sequence[str]) -> dict[str, int]:
        """Each behind all that it refers to; who refers to nobody stands right before its nearest child."""
        parents: defaultdict[str, set[str]] = defaultdict(set)
        children: defaultdict[str, set[str]] = defaultdict(set)
        for edge in self._edges:
            if edge.child != edge.parent:
                left, right = self._direction(edge)
                parents[right].add(left)
                children[left].add(right)
        layer: dict[str, int] = {}
        waiting = list(names)
        while waiting:
            ready = [name for name in waiting if parents[name] <= layer.keys()]
            for name in ready:
                layer[name] = max((layer[each] + 1 for each in parents[name]), default=0)
            waiting = [name for name in waiting if name not in layer]
        for name in names:
            if not parents[name] and children[name]:
                layer[name] = min(layer[each] for each in children[name]) - 1
        return layer

    def _direction(self, edge: Edge) -> tuple[str, str]:
        """Left end and right end."""
        return (edge.child, edge.parent) if edge in self._backwards else (edge.parent, edge.child)

    def _route(self) -> None:
        """A trunk in every channel that an edge crosses; those that begin at the same row are one."""
        bundles: defaultdict[tuple[str, int, bool], list[Edge]] = defaultdict(list)
        for edge in self._edges:
            is_backwards = edge in self._backwards
            row = edge.child_row if is_backwards else edge.parent_row
            bundles[(self._direction(edge)[0], row, is_backwards)].append(edge)
        for (name, row, is_backwards), edges in bundles.items():
            self._bundle(_Port(self._of[name], row), edges, is_backwards)

    def _bundle(self, start: _Port, edges: Sequence[Edge], is_backwards: bool) -> None:
        port = start
        last = max(self._layer[self._direction(edge)[1]] for edge in edges)
        for layer in range(start.item.layer, max(last, start.item.layer + 1)):
            trunk = _Trunk(left=[port])
            self._channels[layer].append(trunk)
            if layer == start.item.layer:
                own = {_Port(start.item, edge.child_row) for edge in edges if edge.child == edge.parent}
                trunk.left += sorted(own, key=lambda port: port.row)
                if not is_backwards:
                    trunk.heads.append(start)
            for edge in edges:
                right = self._of[self._direction(edge)[1]]
                if right.layer == layer + 1:
                    end = _Port(right, edge.parent_row if is_backwards else edge.child_row)
                    trunk.right += [end] if end not in trunk.right else []
                    trunk.heads += [end] if is_backwards else []
            if last > layer + 1:
                port = _Port(_Item(layer + 1), 0)
                self._items[layer + 1].append(port.item)
                trunk.right.append(port)

    def _order(self) -> None:
        """Neighbours next to one another, so that few lines cross."""
        near: defaultdict[int, list[tuple[_Port, _Port]]] = defaultdict(list)
        for trunks in self._channels:
            for trunk in trunks:
                for left in trunk.left[:1]:
                    for right in trunk.right:
                        near[id(left.item)].append((left, right))
                        near[id(right.item)].append((right, left))
        for sweep in range(SWEEPS):
            forward = sweep % 2 == 0
            for items in self._items if forward else reversed(self._items):
                place = {id(item): index for row in self._items for index, item in enumerate(row)}
                weights = {}
                for item in items:
                    others = [
                        place[id(there.item)] + there.row / (there.item.height + 1)
                        for _, there in near[id(item)]
                        if (there.item.layer < item.layer) is forward
                    ]
                    weights[id(item)] = sum(others) / len(others) if others else float(place[id(item)])
                items.sort(key=lambda item: weights[id(item)])

    def _place(self) -> None:
        """Rows: as near as there is room to where the lines from the left come in."""
        wanted: defaultdict[int, list[int]] = defaultdict(list)
        for layer, items in enumerate(self._items):
            bottom = 0
            for item in items:
                wishes = wanted[id(item)]
                wish = sorted(wishes)[(len(wishes) - 1) // 2] if wishes else 0
                item.y = max(bottom, wish)
                bottom = item.y + item.height + GAP
            for trunk in self._channels[layer]:
                for port in trunk.right:
                    wanted[id(port.item)].append(trunk.left[0].y - port.row)

    # --- drawing

    def drawing(self) -> Drawing:
        canvas = Canvas()
        placed: list[Placed] = []
        columns: list[tuple[int, int]] = []
        x = 0
        for items, trunks in zip(self._items, self._channels, strict=True):
            width = max(item.box.width if item.box is not None else 0 for item in items)
            columns.append((x, width))
            for item in items:
                if item.box is None:
                    canvas.horizontal(item.y, x, x + width - 1)
                else:
                    placed.append(canvas.box(item.box, x, item.y))
            x += width + (2 * len(trunks) + 3 if trunks else 0)
        for trunks, (x, width) in zip(self._channels, columns, strict=True):
            self._draw_channel(canvas, _side_by_side(trunks), x, width)
        return canvas.drawing(placed)

    def _draw_channel(self, canvas: Canvas, trunks: Sequence[_Trunk], x: int, width: int) -> None:
        right_edge = x + width + 2 * len(trunks) + 2
        for index, trunk in enumerate(trunks):
            trunk.x = x + width + 1 + 2 * index + 1
            canvas.vertical(trunk.x, min(trunk.ys()), max(trunk.ys()))
            for port in trunk.left:
                edge = x + (port.item.box.width if port.item.box is not None else width)
                canvas.horizontal(port.y, edge, trunk.x)
                canvas.meet(edge - 1, port.y, port.item.box, east=True)
                if port in trunk.heads:
                    canvas.head(edge, port.y, "◀")
            for port in trunk.right:
                canvas.horizontal(port.y, trunk.x, right_edge)
                canvas.meet(right_edge + 1, port.y, port.item.box, east=False)
                if port in trunk.heads:
                    canvas.head(right_edge, port.y, "▶")


def _against_the_order(names: Collection[str], edges: Sequence[Edge]) -> frozenset[Edge]:
    """The edges that close a circle: they are drawn from left to right, with their arrow at the right."""
    children: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.child != edge.parent:
            children[edge.parent].append(edge)
    has_parent = {edge.child for edge in edges if edge.child != edge.parent}
    done: set[str] = set()
    backwards: set[Edge] = set()
    for root in sorted(names, key=lambda name: (name in has_parent, name.lower())):
        if root in done:
            continue
        path = [root]
        stack = [iter(children[root])]
        while stack:
            for edge in stack[-1]:
                if edge.child in path:
                    backwards.add(edge)
                elif edge.child not in done:
                    path.append(edge.child)
                    stack.append(iter(children[edge.child]))
                    break
            else:
                stack.pop()
                done.add(path.pop())
    return frozenset(backwards)


def _side_by_side(trunks: Sequence[_Trunk]) -> list[_Trunk]:
    """An order in which a line that comes in at a row never runs over one that goes out at it."""
    left = sorted(trunks, key=lambda trunk: (-trunk.left[0].y, max(trunk.ys())))
    ordered: list[_Trunk] = []
    while left:
        ready = next((trunk for trunk in left if not any(_must_precede(other, trunk) for other in left)), left[0])
        left.remove(ready)
        ordered.append(ready)
    return ordered


def _must_precede(one: _Trunk, other: _Trunk) -> bool:
    """Whether ``one`` comes in from the left at a row at which ``other`` goes out to the right."""
    return one is not other and bool({port.y for port in one.left} & {port.y for port in other.right})
