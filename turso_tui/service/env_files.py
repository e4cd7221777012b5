"""Files of variables (``.env``): set some, and leave every other line as it stands."""

import re
from collections.abc import Mapping

from turso_tui.errors import InputError

_STATEMENT = re.compile(
    r"""
    (?P<head> [ \t]* (?: export [ \t]+ )? (?P<name> [A-Za-z_]\w* ) [ \t]* = [ \t]* )
    (?: "(?: [^"\\] | \\. )*" | '[^']*' | [^\r\n]*? )  # a quoted value may go over several lines
    (?P<tail> (?: [ \t]+ \#[^\r\n]* )? [ \t]* \r? (?: \n | \Z ) )
    | (?P<rest> [^\n]* (?: \n | \Z ) )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

_PLAIN = re.compile(r"[\w.:/=@%+-]+", re.ASCII)
"""Values that mean the same to a shell and to every reader of such files, without quotes."""


def is_env(text: str) -> bool:
    """Whether ``text`` consists of variables, comments and blank lines, and nothing else."""
    rest = [found["rest"].strip("\ufeff \t\r\n") for found in _STATEMENT.finditer(text) if found["rest"] is not None]
    return not any(line and not line.startswith("#") for line in rest)


def merged(before: str, variables: Mapping[str, str]) -> str:
    """``before`` with ``variables`` set: in place where they stand, at the end where they do not.

    Comments stay, also behind a value. Of several lines that set the same variable only the first is left, because
    readers disagree on which of them counts. Raises `InputError` for a value that they would read differently.
    """
    left = {name: _quoted(value) for name, value in variables.items()}
    names = frozenset(left)
    kept = []
    for found in _STATEMENT.finditer(before):
        if found["name"] not in names:
            kept.append(found.group())
        elif found["name"] in left:
            kept.append(f"{found['head']}{left.pop(found['name'])}{found['tail']}")
    text = "".join(kept)
    if left and text and not text.endswith("\n"):
        text += "\n"
    return text + "".join(f"{name}={value}\n" for name, value in left.items())


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    if re.search(r"['\\\r\n]", value):
        raise InputError(
            "This token has a sign in it that programs read differently in a file of variables.",
            next_step="Save it as plain text or as JSON.",
        )
    return f"'{value}'"
