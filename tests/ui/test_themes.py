"""Themes: found, readable, and reported when they are not."""

from pathlib import Path

import pytest
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from turso_tui.ui.themes import default_variables, load_themes, shipped_directory

SHIPPED = load_themes([shipped_directory()])

MEASURABLE = [theme for theme in SHIPPED.themes if not theme.ansi]
"""A theme of the terminal's own colours is as readable as the terminal's owner made them."""

TEXT_ROLES = (
    "foreground", "muted", "primary", "good", "warning", "bad", "sql-keyword", "sql-type", "sql-string", "sql-number",
    "sql-parameter", "sql-function", "sql-comment", "cell-null", "cell-empty", "cell-number", "cell-blob",
    "text-muted", "footer-foreground", "footer-key-foreground", "block-cursor-foreground",
)  # fmt: skip
BACKGROUNDS = ("background", "surface", "panel", "cursor-row")

MINIMAL = """
name = "mine"
[colors]
background = "#000000"
surface = "#000000"
panel = "#111111"
border = "#333333"
text = "#ffffff"
muted = "#aaaaaa"
primary = "#00ffff"
good = "#00ff00"
warning = "#ffff00"
bad = "#ff8888"
cursor = "#222222"
selection = "#333333"
"""


def css(theme: Theme) -> dict[str, str]:
    return theme.to_color_system().generate() | theme.variables


def contrast(foreground: str, background: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(color: str) -> float:
        channels = (channel / 255 for channel in Color.parse(color).rgb)
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(foreground), luminance(background)))
    return (high + 0.05) / (low + 0.05)


def test_the_shipped_themes_load() -> None:
    assert not SHIPPED.failures
    assert {theme.name: theme.dark for theme in SHIPPED.themes} == {
        "turso-ansi": True,
        "turso-contrast": True,
        "turso-dark": True,
        "turso-light": False,
    }


@pytest.mark.parametrize("name", [theme.name for theme in SHIPPED.themes])
async def test_a_shipped_theme_dresses_an_application(name: str) -> None:
    app: App[None] = App()
    async with app.run_test():
        for theme in SHIPPED.themes:
            app.register_theme(theme)
        app.theme = name


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("role", TEXT_ROLES)
def test_high_contrast_means_it(role: str, background: str) -> None:
    colors = next(css(theme) for theme in SHIPPED.themes if theme.name == "turso-contrast")
    assert contrast(colors[role], colors[background]) >= 7


@pytest.mark.parametrize("theme", MEASURABLE, ids=lambda theme: theme.name)
@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("role", TEXT_ROLES)
def test_text_is_readable_everywhere(theme: Theme, role: str, background: str) -> None:
    colors = css(theme)
    assert contrast(colors[role], colors[background]) >= 4.5


@pytest.mark.parametrize("theme", MEASURABLE, ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", ["cursor-cell-text", "foreground", "muted", "cell-blob"])
def test_the_chosen_cell_is_readable(theme: Theme, role: str) -> None:
    colors = css(theme)
    assert contrast(colors[role], colors["cursor-cell"]) >= 4.5


def test_themes_are_found_beside_a_checkout_and_inside_an_installed_package(tmp_path: Path) -> None:
    package = tmp_path / "turso_tui"
    assert shipped_directory(package) == tmp_path / "themes"
    (package / "themes").mkdir(parents=True)
    assert shipped_directory(package) == package / "themes"


def test_a_user_needs_to_name_only_a_few_colours(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINIMAL)
    (theme,) = load_themes([tmp_path]).themes
    assert theme.variables["sql-keyword"] == theme.primary
    assert theme.variables["cell-blob"] == theme.foreground


def test_a_users_theme_replaces_ours_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINIMAL.replace("mine", "turso-dark"))
    loaded = load_themes([shipped_directory(), tmp_path])
    assert {theme.name: theme.primary for theme in loaded.themes}["turso-dark"] == "#00ffff"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = ", "Invalid value"),
        ('name = "x"', "missing required field `colors`"),
        (MINIMAL.replace("#00ffff", "teal-ish"), "primary: “teal-ish” is not a colour"),
        (MINIMAL + 'keywrod = "#ffffff"', "keywrod"),
        (MINIMAL.replace('"#00ffff"', "7"), "$.colors.primary"),
    ],
)
def test_a_broken_file_is_reported_and_the_rest_still_load(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "broken.toml").write_text(text)
    (tmp_path / "mine.toml").write_text(MINIMAL)
    loaded = load_themes([tmp_path, tmp_path / "absent"])
    assert [theme.name for theme in loaded.themes] == ["mine"]
    (failure,) = loaded.failures
    assert failure.path.name == "broken.toml"
    assert reason in failure.reason


def test_a_file_that_is_not_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_bytes(b"\xff\xfe")
    assert load_themes([tmp_path]).failures


@pytest.mark.parametrize("name", BUILTIN_THEMES)
async def test_our_variables_exist_under_textuals_own_themes(name: str) -> None:
    ours = set(SHIPPED.themes[0].variables) - set(css(BUILTIN_THEMES[name]))

    class Probe(App[None]):
        CSS = "Screen {" + "".join(f"color: ${variable};" for variable in sorted(ours)) + "}"

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return default_variables(self.current_theme)

    app = Probe()
    async with app.run_test():
        app.theme = name
