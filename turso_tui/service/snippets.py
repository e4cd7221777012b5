"""Snippets: SQL with places to fill in, ours and those that a person keeps in files of their own."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from turso_tui import locations
from turso_tui.errors import InputError, TursoTuiError
from turso_tui.service.sql_files import read_sql, write_sql
from turso_tui.sql.template import Template, as_template, parse_template

SHIPPED = Path(__file__).parent / "shipped_snippets"

NAME = re.compile(r"[A-Za-z_]\w*")
"""What can be typed as one word, and so be completed."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """``name`` is what one types, ``about`` one line on what it is for."""

    name: str
    about: str
    template: Template
    is_own: bool = False
    """Whether it comes from a file of the person's."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """By name; what is wrong with a file does not keep the others away."""

    snippets: Mapping[str, Snippet] = field(default_factory=dict)
    failures: tuple[str, ...] = ()


class Snippets:
    """Those of ours and those in ``directory``, which need not exist and whose may take the place of ours."""

    def __init__(self, directory: Callable[[], Path] = lambda: locations.config_directory() / "snippets") -> None:
        self._directory = directory

    async def load(self) -> Loaded:
        """Read all of them anew."""
        return await asyncio.to_thread(self._load)

    async def keep(self, name: str, sql: str, about: str = "") -> Path:
        """Make a snippet of a piece of SQL. Raises `InputError` for its name, `StorageError` when it is not written."""
        if not NAME.fullmatch(name):
            raise InputError("A name is one word of letters, digits and _.", next_step="Give it another one.")
        path = self._directory() / f"{name}.sql"
        first = f"-- {' '.join(about.split())}\n" if about.strip() else ""
        await asyncio.to_thread(_write, path, f"{first}{as_template(sql)}")
        return path

    def _load(self) -> Loaded:
        found: dict[str, Snippet] = {}
        failures = []
        for path, is_own in self._files():
            try:
                found[path.stem] = read_snippet(path, is_own=is_own)
            except TursoTuiError as error:
                failures.append(f"{path.name}: {error}")
        return Loaded(dict(sorted(found.items())), tuple(failures))

    def _files(self) -> Iterator[tuple[Path, bool]]:
        for directory, is_own in ((SHIPPED, False), (self._directory(), True)):
            for path in sorted(directory.glob("*.sql")):
                yield path, is_own


def read_snippet(path: Path, *, is_own: bool = False) -> Snippet:
    """A comment in the first line says what it is for. Raises `InputError` and `StorageError`. Blocking."""
    if not NAME.fullmatch(path.stem):
        raise InputError("A name is one word of letters, digits and _.", next_step="Rename the file.")
    source = read_sql(path).text
    first, _, rest = source.partition("\n")
    parse_template(source)  # in which lines are counted as in the file
    has_about = first.startswith("--")
    template = parse_template((rest if has_about else source).rstrip("\n"))
    if not template.text.strip():
        raise InputError("There is no SQL in it.")
    return Snippet(path.stem, first.removeprefix("--").strip() if has_about else "", template, is_own)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_sql(path, text)
