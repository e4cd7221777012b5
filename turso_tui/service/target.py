"""What a person names on the command line or in the welcome: ``org/db``, a URL or a file."""

import re
from dataclasses import dataclass
from pathlib import Path

from turso_tui.errors import InputError
from turso_tui.hrana.url import DatabaseUrl, is_database_url, parse_database_url

_ACCOUNT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[a-z0-9][a-z0-9-]*")
FILE_URL = "file:"
"""How the official clients write a local file; nothing is decoded in it."""

EXAMPLES = "A target is org/database, a URL (libsql://…, http://…) or the path of a SQLite file."


@dataclass(frozen=True, slots=True)
class AccountTarget:
    organization: str
    database: str


@dataclass(frozen=True, slots=True)
class FileTarget:
    path: Path


Target = AccountTarget | DatabaseUrl | FileTarget


def parse_target(text: str) -> Target:
    """A file that exists wins over ``org/db``, because a person who completes a path means the file.

    Raises `InputError` when it is none of the three.
    """
    text = text.strip().removeprefix(FILE_URL)
    if not text:
        raise InputError("The target is empty.", next_step=EXAMPLES)
    if is_database_url(text):
        return parse_database_url(text)
    if "://" in text:
        raise InputError(f"{text.split('://')[0]}:// is not the URL of a Turso database.", next_step=EXAMPLES)
    try:
        path = Path(text).expanduser()
        is_file, is_folder = path.is_file(), path.is_dir()
    except (OSError, RuntimeError) as error:  # a name that is too long, the home of nobody
        raise InputError(f"There can be no file {text}.", means=str(error), next_step=EXAMPLES) from error
    if is_file:
        return FileTarget(path)
    if is_folder:
        raise InputError(f"{text} is a folder.", next_step=EXAMPLES)
    if _ACCOUNT_NAME.fullmatch(text):
        organization, database = text.split("/")
        return AccountTarget(organization, database)
    raise InputError(f"There is no file {text}.", next_step=EXAMPLES)
