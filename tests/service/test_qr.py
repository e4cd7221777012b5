"""A QR code in half blocks is the code itself, module for module, in a margin of light."""

import segno
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.service.qr import QUIET_MODULES, qr_lines

HALVES = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}


def modules(lines: tuple[str, ...]) -> list[list[bool]]:
    """The dark modules that are drawn, row by row."""
    return [[HALVES[character][half] for character in line] for line in lines for half in (0, 1)]


@given(st.text(min_size=1, max_size=200))
def test_every_module_is_drawn(text: str) -> None:
    drawn = modules(qr_lines(text))
    code = segno.make(text, error="l", micro=False, boost_error=False)
    size = len(code.matrix)
    inner = slice(QUIET_MODULES, QUIET_MODULES + size)
    assert [row[inner] for row in drawn[inner]] == [[bool(module) for module in row] for row in code.matrix]


def test_the_margin_is_light_and_the_lines_are_equally_long() -> None:
    lines = qr_lines("https://api.turso.tech?redirect=false")
    drawn = modules(lines)
    assert len({len(line) for line in lines}) == 1
    assert not any(any(row) for row in (*drawn[:QUIET_MODULES], *drawn[-QUIET_MODULES:]))
    assert not any(any(row[:QUIET_MODULES] + row[-QUIET_MODULES:]) for row in drawn)


def test_the_address_of_turso_fits_a_small_terminal() -> None:
    lines = qr_lines("https://api.turso.tech?redirect=false")
    assert len(lines) <= 17
    assert len(lines[0]) <= 40
