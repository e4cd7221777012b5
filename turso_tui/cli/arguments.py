"""Command lines in which somebody may have put a token: they are turned away, and nothing of them is repeated."""

import argparse
import re
import sys
from typing import NoReturn

_TOKEN = re.compile(r"eyJ[\w-]{10,}", re.ASCII)
"""How every JWT begins: {" in base64. A database, a file or a profile hardly ever does."""

_ADVICE = """\
Every user of this machine can read the arguments of a program, and a shell remembers them. A token is typed or
pasted when it is asked for (`turso-tui auth login`), piped (`turso-tui auth login < file`), or comes from
TURSO_API_TOKEN, and one for a single database from TURSO_AUTH_TOKEN. If this one was real, rotate or revoke it."""


class Parser(argparse.ArgumentParser):
    """Names what it knows rather than what it was given, which may be a secret in the wrong place."""

    def __init__(self, prog: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog,
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        repeats = message.startswith(("unrecognized", "ambiguous")) or "invalid" in message or "ignored" in message
        said = "there is an argument that it does not know; a token is never one." if repeats else f"{message}."
        self.exit(2, f"{self.prog}: {said}\n")


def holds_token(word: str) -> bool:
    """Whether a word of a command line has a token in it, or the beginning of one."""
    return _TOKEN.search(word) is not None


def refuse_token() -> int:
    """Explain, without repeating it, that a token is no argument; the exit code."""
    print(f"turso-tui: There is a token in the arguments.\n{_ADVICE}", file=sys.stderr)  # noqa: T201
    return 2
