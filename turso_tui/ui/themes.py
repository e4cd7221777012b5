"""Themes as files: colours by role in TOML, the program's own and the user's read by the same code."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from textual.color import Color, ColorParseError
from textual.theme import Theme

from turso_tui import locations

_PACKAGE = Path(__file__).parent.parent


class Palette(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A colour for each role, in any notation that TCSS knows. A role that is left out takes another's colour."""

    background: str
    surface: str
    panel: str
    border: str
    """Frames of panes without the focus."""
    text: str
    muted: str
    primary: str
    """The one accent: the focused frame, the chosen thing, matched letters."""
    good: str
    warning: str
    bad: str
    cursor: str
    """Background of the chosen row."""
    selection: str
    """Background of the chosen cell and of selected text."""
    chosen: str | None = None
    """Text of the chosen cell."""
    keyword: str | None = None
    type: str | None = None
    string: str | None = None
    number: str | None = None
    parameter: str | None = None
    function: str | None = None
    comment: str | None = None
    blob: str | None = None

    def __post_init__(self) -> None:
        """Fill the roles left out, then refuse what is not a colour, naming its role."""
        self.chosen = self.chosen or self.primary
        self.keyword = self.keyword or self.primary
        self.type = self.type or self.keyword
        self.string = self.string or self.good
        self.number = self.number or self.text
        self.parameter = self.parameter or self.warning
        self.function = self.function or self.text
        self.comment = self.comment or self.muted
        self.blob = self.blob or self.text
        for role, color in self.roles().items():
            try:
                Color.parse(color)
            except ColorParseError as error:
                raise ValueError(f"{role}: “{color}” is not a colour") from error

    def roles(self) -> dict[str, str]:
        """Role to colour, none missing."""
        return {role: getattr(self, role) for role in self.__struct_fields__}


class ThemeFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One theme as it is written down."""

    name: str
    dark: bool = True
    ansi: bool = False
    """Whether the colours are the terminal's own sixteen (``ansi_red`` and its kin) rather than fixed ones."""
    colors: Palette

    def theme(self) -> Theme:
        """What Textual needs of it."""
        colors = self.colors
        return Theme(
            name=self.name,
            dark=self.dark,
            ansi=self.ansi,
            primary=colors.primary,
            secondary=colors.keyword,
            accent=colors.parameter,
            foreground=colors.text,
            background=colors.background,
            surface=colors.surface,
            panel=colors.panel,
            success=colors.good,
            warning=colors.warning,
            error=colors.bad,
            variables=_own_variables(colors.roles()) | _textual_variables(colors.roles()),
        )


@dataclass(frozen=True, slots=True)
class ThemeFailure:
    """A theme file that cannot be used, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class LoadedThemes:
    """Every theme found; of two with one name, the one from the later directory."""

    themes: tuple[Theme, ...]
    failures: tuple[ThemeFailure, ...]


def shipped_directory(package: Path = _PACKAGE) -> Path:
    """The program's own themes: inside the package once installed, beside it in a checkout."""
    installed = package / "themes"
    return installed if installed.is_dir() else package.parent / "themes"


def theme_directories() -> tuple[Path, ...]:
    """Where themes are looked for; the user's come last and may replace ours."""
    return shipped_directory(), locations.config_directory() / "themes"


def load_themes(directories: Iterable[Path]) -> LoadedThemes:
    """Read every ``*.toml`` of ``directories``, which need not exist. A broken file is reported, never fatal."""
    themes: dict[str, Theme] = {}
    failures = []
    for path in (path for directory in directories for path in sorted(directory.glob("*.toml"))):
        try:
            theme = read_theme(path)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            failures.append(ThemeFailure(path, str(error)))
        else:
            themes[theme.name] = theme
    return LoadedThemes(tuple(themes.values()), tuple(failures))


def read_theme(path: Path) -> Theme:
    """Raises OSError, UnicodeDecodeError, tomllib.TOMLDecodeError or msgspec.ValidationError."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return msgspec.convert(document, ThemeFile).theme()


def default_variables(theme: Theme) -> dict[str, str]:
    """Our variables under a theme that does not know them, such as Textual's own.

    For ``App.get_theme_variable_defaults``: pass the current theme.
    """
    css = theme.to_color_system().generate()
    if not theme.ansi:
        # Textual's muted text is translucent, which a style that knows no background cannot be.
        background, foreground = Color.parse(css["background"]), Color.parse(css["foreground"])
        css["foreground-muted"] = background.blend(foreground, 0.65).hex
    names = {
        "muted": "foreground-muted", "border": "border-blurred", "text": "foreground",
        "good": "text-success", "warning": "text-warning", "bad": "text-error",
        "cursor": "panel", "selection": "primary-muted", "chosen": "foreground",
        "keyword": "text-primary", "type": "text-primary", "string": "text-success", "number": "foreground",
        "parameter": "text-accent", "function": "foreground", "comment": "foreground-muted", "blob": "text-secondary",
    }  # fmt: skip
    return _own_variables({role: css[name] for role, name in names.items()})


def _own_variables(roles: dict[str, str]) -> dict[str, str]:
    """The names that our TCSS uses beyond Textual's."""
    variables = {
        f"sql-{role}": roles[role]
        for role in ("keyword", "type", "string", "number", "parameter", "function", "comment")
    }
    return variables | {
        "cell-null": roles["muted"],
        "cell-empty": roles["muted"],
        "cell-number": roles["text"],
        "cell-blob": roles["blob"],
        "cursor-row": roles["cursor"],
        "cursor-cell": roles["selection"],
        "cursor-cell-text": roles["chosen"],
        "rule": roles["border"],
        "muted": roles["muted"],
        "good": roles["good"],
        "warning": roles["warning"],
        "bad": roles["bad"],
    }


def _textual_variables(roles: dict[str, str]) -> dict[str, str]:
    """Textual's own, where what it derives from the main colours is not calm enough."""
    return {
        "ansi-background": roles["background"],
        "ansi-foreground": roles["text"],
        "text-muted": roles["muted"],
        "foreground-muted": roles["muted"],
        "border": roles["primary"],
        "border-blurred": roles["border"],
        "block-cursor-background": roles["cursor"],
        "block-cursor-foreground": roles["primary"],
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": roles["panel"],
        "block-cursor-blurred-foreground": roles["text"],
        "block-cursor-blurred-text-style": "none",
        "block-hover-background": roles["panel"],
        "footer-background": roles["background"],
        "footer-foreground": roles["muted"],
        "footer-key-foreground": roles["parameter"],
        "footer-description-foreground": roles["muted"],
        "input-cursor-background": roles["primary"],
        "input-cursor-foreground": roles["background"],
        "input-selection-background": roles["selection"],
        "input-selection-foreground": roles["text"],
        "screen-selection-background": roles["selection"],
        "scrollbar": roles["border"],
        "scrollbar-hover": roles["muted"],
        "scrollbar-active": roles["primary"],
        "scrollbar-background": roles["surface"],
        "scrollbar-background-hover": roles["surface"],
        "scrollbar-background-active": roles["surface"],
        "scrollbar-corner-color": roles["surface"],
        "link-color": roles["primary"],
        "link-background-hover": roles["cursor"],
        "link-color-hover": roles["primary"],
    }
