"""The modes, and the keys that are short for others."""

from enum import StrEnum


class Mode(StrEnum):
    NORMAL = "NORMAL"
    INSERT = "INSERT"
    VISUAL = "VISUAL"
    VISUAL_LINE = "VISUAL LINE"
    COMMAND = "COMMAND"


TAKEN = frozenset({"enter", "backspace", "ctrl+r"})
"""Keys without a sign that are ours in the normal mode."""
ARROWS = {"left": "h", "right": "l", "up": "k", "down": "j"}
SHORT = {
    "x": ("d", "l"), "X": ("d", "h"), "D": ("d", "$"), "C": ("c", "$"), "s": ("c", "l"), "S": ("c", "c"),
    "Y": ("y", "y"),
}  # fmt: skip
"""Keys that stand for an operator with its motion."""
SHORT_VISUAL = {
    "x": ("d", False), "X": ("d", True), "D": ("d", True), "s": ("c", False), "S": ("c", True), "C": ("c", True),
    "Y": ("y", True), "u": ("gu", False), "U": ("gU", False), "~": ("g~", False),
}  # fmt: skip
"""And the operators they stand for when something is selected, and whether they take whole lines."""
