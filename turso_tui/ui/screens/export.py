"""Where the rows go, and as what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Button, Input

from turso_tui.ui.numbers import grouped
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.field import Field
from turso_tui.ui.widgets.option_strip import OptionStrip, StripOption

FORMATS = (
    StripOption("csv", "CSV"),
    StripOption("tsv", "TSV"),
    StripOption("json", "JSON"),
    StripOption("ndjson", "NDJSON"),
    StripOption("markdown", "MD"),
    StripOption("sql", "SQL"),
    StripOption("sqlite", "SQLite"),
    StripOption("parquet", "Parquet"),
)
ENDINGS = {
    "csv": ".csv",
    "tsv": ".tsv",
    "json": ".json",
    "ndjson": ".ndjson",
    "markdown": ".md",
    "sql": ".sql",
    "sqlite": ".db",
    "parquet": ".parquet",
}
SAYS = {
    "csv": "texts that look like numbers are quoted; NULL is empty, an empty text \"\", a BLOB x'00ff'",
    "tsv": "NULL is \\N; tabs and line breaks are written \\t and \\n; a BLOB is x'00ff'",
    "json": 'an array of objects; a BLOB is {"base64": "…"}, an infinity {"real": "Inf"}',
    "ndjson": 'an object a line; a BLOB is {"base64": "…"}, an infinity {"real": "Inf"}',
    "markdown": "a table as GitHub draws it; NULL is *NULL*, a BLOB `x'00ff'`",
    "sql": "a script that makes a table without types, so that every value stays exactly what it is",
    "sqlite": "a database with one table without types, so that every value stays exactly what it is",
    "parquet": "a column of one kind keeps it, a mixed one becomes text; needs pyarrow",
}


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """What was chosen; ``overwrite`` when one was told that the file is there, and went on."""

    path: Path
    format: str
    overwrite: bool


class ExportScreen(Form[ExportAsked]):
    """Answers with what was chosen. A file that is already there is replaced only when asked twice."""

    DEFAULT_CSS = """
    ExportScreen Field > .field--name { width: 5; }
    """

    path = query_one("#path", Input)
    format = query_one("#format", OptionStrip)

    def __init__(self, name: str, rows: int, of: Sequence[str], hidden: int) -> None:
        super().__init__()
        self._called = name
        self._rows = rows
        self._of = of
        self._hidden = hidden
        self._replaces: Path | None = None

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            noun = "row" if self._rows == 1 else "rows"
            frame.border_title = Content(" · ".join([f"Export {grouped(self._rows)} {noun}", *self._of]))
            frame.border_subtitle = "tab next · enter exports · esc leaves"
            yield Field("as", OptionStrip(FORMATS, "csv", id="format"), id="as")
            yield Field("to", Input(self._suggestion("csv"), id="path", compact=True), id="to")
            with Horizontal(classes="buttons"):
                yield Button("Export", compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self._explain()
        self.path.focus()

    @on(OptionStrip.Changed)
    def _format_chosen(self) -> None:
        """The ending follows, where it is that of a format."""
        path = Path(self.path.value)
        if path.suffix in ENDINGS.values():
            self.path.value = str(path.with_suffix(ENDINGS[self.format.chosen or "csv"]))
        self._explain()

    @on(Input.Changed)
    def _path_changed(self, event: Input.Changed) -> None:
        """An ending that is known chooses the format."""
        self._replaces = None
        named = next((name for name, ending in ENDINGS.items() if event.value.lower().endswith(ending)), None)
        if named is not None and named != self.format.chosen:
            self.format.chosen = named
            self._explain()
        left_out = f"; {self._hidden} hidden columns are left out" if self._hidden else ""
        self.query_one("#to", Field).explain(f"relative to {_here()}{left_out}")

    def _explain(self) -> None:
        self.query_one("#as", Field).explain(SAYS[self.format.chosen or "csv"])

    def _suggestion(self, format: str) -> str:
        name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in self._called)
        return f"{name.strip('-') or 'result'}{ENDINGS[format]}"

    def submit(self) -> None:
        text = self.path.value.strip()
        field = self.query_one("#to", Field)
        try:
            path = Path(text).expanduser()
            is_there, is_folder = path.exists(), path.is_dir()
        except (OSError, RuntimeError, ValueError) as error:
            field.complain(f"This cannot be the path of a file: {error}.", "")
            return
        if not text or is_folder:
            field.complain("Give the name of a file.", "")
        elif is_there and path != self._replaces:
            self._replaces = path
            field.complain(f"{path} is already there.", "Enter again replaces it, or choose another name.")
        else:
            self.dismiss(ExportAsked(path, self.format.chosen or "csv", overwrite=is_there))


def _here() -> str:
    here, home = str(Path.cwd()), str(Path.home())
    return f"~{here.removeprefix(home)}" if here.startswith(home) else here
