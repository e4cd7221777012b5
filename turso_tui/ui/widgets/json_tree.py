"""JSON as a tree that folds: its numbers exactly as they are written, its keys in their order, doubles included."""

import json
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from turso_tui.printable import printable
from turso_tui.ui.numbers import grouped

LARGEST = 1_000_000
"""Characters; a longer text is shown as it is."""

OPENED = 60
"""How many lines are unfolded at the beginning."""

SHOWN = 300
"""Characters of a text within it."""


class Number(str):
    """A number as it is written: 1.10 is not 1.1 to a person who looks."""


class Pairs(list[tuple[str, Any]]):
    """An object."""


def read_json(text: str) -> Any:
    """An object or an array; None for anything else, and for what is too large to be looked at as a tree."""
    if len(text) > LARGEST or text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number, parse_constant=Number)
    except (ValueError, RecursionError):
        return None


class JsonTree(Tree[Any]):
    """Children are made when their parent is unfolded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", "Up", show=False, id="json.up"),
        Binding("j", "cursor_down", "Down", show=False, id="json.down"),
        Binding("h,left", "fold(True)", "Fold", show=False, id="json.fold"),
        Binding("l,right", "fold(False)", "Unfold", show=False, id="json.unfold"),
    ]
    DEFAULT_CSS = """
    JsonTree { background: transparent; padding: 0; scrollbar-size-vertical: 1; }
    """

    def __init__(self, value: Any, *, id: str | None = None) -> None:
        super().__init__(self._label("", value), value, id=id)
        self.guide_depth = 3

    def on_mount(self) -> None:
        opened, queue = 0, [self.root]
        while queue and opened < OPENED:
            node = queue.pop(0)
            if node.allow_expand:
                self._fill(node)
                node.expand()
                opened += len(node.children)
                queue += node.children

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Any]) -> None:
        event.stop()
        self._fill(event.node)

    def action_fold(self, folded: bool) -> None:
        """Fold or unfold; what cannot be folded goes to what it is in."""
        node = self.cursor_node
        if node is None:
            return
        if not folded:
            node.expand()
        elif node.is_expanded and node.allow_expand:
            node.collapse()
        elif node.parent is not None:
            self.move_cursor(node.parent)

    def _fill(self, node: TreeNode[Any]) -> None:
        if node.children:
            return
        pairs = node.data if isinstance(node.data, Pairs) else enumerate(node.data or ())
        for key, value in pairs:
            node.add(self._label(str(key), value), value, allow_expand=isinstance(value, list) and bool(value))

    def _label(self, key: str, value: Any) -> Text:
        """Everything in it is data: no markup, no control characters."""
        label = Text(f"{printable(key)}: " if key else "", Style(bold=True), end="")
        match value:
            case Pairs():
                label.append(f"{{{grouped(len(value))}}}", Style(dim=True, bold=False))
            case list():
                label.append(f"[{grouped(len(value))}]", Style(dim=True, bold=False))
            case Number():
                label.append(str(value), Style(bold=False))
            case str():
                more = f"… {grouped(len(value))} characters" if len(value) > SHOWN else ""
                label.append(f'"{printable(value[:SHOWN])}"{more}', Style(bold=False))
            case None | bool():
                label.append({None: "null", True: "true", False: "false"}[value], Style(italic=True, bold=False))
        return label
