"""The top line: what it says, and what it leaves out when there is no room."""

import pytest

from tests.ui.panes.stage import Stage
from turso_tui.ui.widgets.topline import Quota, SignIn, TopLine

QUOTAS = (
    Quota("reads", 410_000_000, 1_000_000_000),
    Quota("writes", 300_000, 10_000_000),
    Quota("storage", 3_100_000_000, 9_000_000_000, "bytes"),
)


class Topped(Stage):
    def __init__(self) -> None:
        self.line = TopLine()
        self.line.add_class("wide")
        super().__init__(self.line)
        self.line.organization = "acme"
        self.line.databases = 312
        self.line.quotas = QUOTAS
        self.line.signed_in = SignIn("you@acme", 6 * 86400 + 5000)
        self.asked = 0

    def on_top_line_organization_asked(self) -> None:
        self.asked += 1

    @property
    def text(self) -> str:
        return self.line.render().plain


async def test_says_everything_when_there_is_room() -> None:
    async with (app := Topped()).run_test(size=(140, 3)):
        left = (
            " turso   acme ▾   312 databases   reads ▰▰▰▰▱▱▱▱▱▱ 41 %   writes ▰▱▱▱▱▱▱▱▱▱ 3 %"
            "   storage ▰▰▰▱▱▱▱▱▱▱ 3.1/9.0 GB"
        )
        assert app.text == left.ljust(138 - 14) + "● you@acme 6 d"


async def test_at_120_columns_only_meters_are_left_out() -> None:
    async with (app := Topped()).run_test(size=(120, 3)):
        assert "writes 3 %" in app.text
        assert "…" not in app.text


async def test_at_80_columns_the_middle_goes_with_a_sign() -> None:
    async with (app := Topped()).run_test(size=(80, 3)):
        assert app.text.startswith(" turso   acme ▾   312 databases   reads 41 %")
        assert "…" in app.text
        assert app.text.endswith("● you@acme 6 d")


@pytest.mark.parametrize("width", [10, 25, 40, 60, 79, 100, 200])
async def test_never_is_wider_than_the_terminal_nor_cut_without_a_sign(width: int) -> None:
    async with (app := Topped()).run_test(size=(width, 3)):
        assert app.line.render().cell_length == width - 2
        assert width >= 150 or "…" in app.text or "storage" in app.text


async def test_a_quota_that_is_nearly_used_up_is_the_last_to_go() -> None:
    async with (app := Topped()).run_test(size=(70, 3)):
        app.line.quotas = (*QUOTAS, Quota("embedded syncs", 99, 100, "syncs"))
        assert "embedded syncs ▰▰▰▰▰▰▰▰▰▱ 99 %!   …" in app.text
        assert "reads" not in app.text


async def test_an_end_of_the_sign_in_is_said() -> None:
    async with (app := Topped()).run_test(size=(140, 3)):
        app.line.signed_in = SignIn("you@acme", 20)
        assert app.text.endswith("● you@acme <1 m")
        app.line.signed_in = SignIn("you@acme", 0)
        assert app.text.endswith("✗ you@acme expired")
        app.line.signed_in = SignIn("you@acme")
        assert app.text.endswith("● you@acme")
        app.line.signed_in = None
        assert "you@acme" not in app.text


async def test_a_click_on_the_organization_asks_for_another() -> None:
    async with (app := Topped()).run_test(size=(120, 3)) as pilot:
        await pilot.click(TopLine, offset=(11, 0))
        await pilot.click(TopLine, offset=(2, 0))
        await pilot.click(TopLine, offset=(30, 0))
        assert app.asked == 1


@pytest.mark.parametrize(
    ("quota", "share"),
    [
        (Quota("q", 1204, None), "q 1 204"),
        (Quota("q", 12_345, None, "bytes"), "q 12 kB"),
        (Quota("q", 1, 10_000), "q ▰▱▱▱▱▱▱▱▱▱ <1 %"),
        (Quota("q", 812_000, 9_000_000_000, "bytes"), "q ▰▱▱▱▱▱▱▱▱▱ 812 kB/9.0 GB"),
        (Quota("q", 12, 10), "q ▰▰▰▰▰▰▰▰▰▰ 120 %!"),
        (Quota("q", 0, 0), "q ▰▰▰▰▰▰▰▰▰▰ 100 %!"),
    ],
)
async def test_a_quota_says_how_much_is_used(quota: Quota, share: str) -> None:
    async with (app := Topped()).run_test(size=(140, 3)):
        app.line.quotas = (quota,)
        assert f"312 databases   {share}   " in app.text


async def test_names_from_a_server_are_made_printable() -> None:
    async with (app := Topped()).run_test(size=(140, 3)):
        app.line.organization = "[red]a\x1b[2J"
        app.line.signed_in = SignIn("me\u202e")
        assert "[red]a␛[2J ▾" in app.text
        assert app.text.endswith("● me⟨202E⟩")
