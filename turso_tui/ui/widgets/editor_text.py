"""Text as an editor takes it and as a terminal may show it."""

from turso_tui.printable import printable

HIDDEN = "·"
"""Stands for a character that would hide, or reorder what is beside it."""


def with_line_feeds(text: str) -> str:
    """A lone carriage return breaks a line for a text area but does not end a comment for SQLite."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def one_sign_each(line: str) -> str:
    """`printable`, but one sign for each character, so that columns stay what they are; tabs stay tabs."""
    if printable(line) == line:
        return line
    signs = ((character, printable(character)) for character in line)
    return "".join("\t" if character == "\t" else sign if len(sign) == 1 else HIDDEN for character, sign in signs)
