"""Whole lines of SQL, changed together: comments and indentation. Lines in, as many lines out."""

from collections.abc import Sequence

COMMENT = "-- "


def toggled(lines: Sequence[str]) -> list[str]:
    """Commented, or no longer so when all that is written in them is comments."""
    written = [line for line in lines if line.strip()]
    if written and all(line.lstrip().startswith("--") for line in written):
        return [_uncommented(line) for line in lines]
    return [COMMENT + line if line.strip() else line for line in lines]


def indented(lines: Sequence[str], width: int) -> list[str]:
    """One step further in; empty lines stay empty."""
    return [" " * width + line if line.strip() else line for line in lines]


def dedented(lines: Sequence[str], width: int) -> list[str]:
    """One step further out, as far as there is a step."""
    return [_without_step(line, width) for line in lines]


def _uncommented(line: str) -> str:
    text = line.lstrip()
    return line[: len(line) - len(text)] + text.removeprefix("--").removeprefix(" ")


def _without_step(line: str, width: int) -> str:
    if line.startswith("\t"):
        return line[1:]
    return line[min(width, len(line) - len(line.lstrip(" "))) :]
