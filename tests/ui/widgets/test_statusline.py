"""The status line: message, detail, context, running time."""

from tests.ui.panes.stage import Stage
from turso_tui.ui.widgets.statusline import Status, StatusKind, StatusLine


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Telling(Stage):
    def __init__(self) -> None:
        self.clock = Clock()
        self.line = StatusLine(clock=self.clock)
        self.line.add_class("wide")
        super().__init__(self.line)

    @property
    def text(self) -> str:
        return self.line.render().plain


async def test_says_what_happened_with_a_sign_and_the_context_at_the_right() -> None:
    async with (app := Telling()).run_test(size=(60, 3)):
        app.line.status = Status(StatusKind.OK, "3 rows", "read 3")
        app.line.context = "writer free"
        assert app.text == "✓ 3 rows · read 3".ljust(47) + "writer free"


async def test_the_message_outlives_context_and_detail_on_a_narrow_terminal() -> None:
    async with (app := Telling()).run_test(size=(30, 3)):
        app.line.status = Status(StatusKind.FAILED, "no such table: threads", "at 7")
        app.line.context = "read-only token 14 m"
        assert app.text == "✗ no such table: threads · …"
        app.line.status = Status(StatusKind.FAILED, "no such table: threads")
        assert app.text == "✗ no such table: threads  r…"


async def test_a_message_that_does_not_fit_ends_with_a_sign() -> None:
    async with (app := Telling()).run_test(size=(20, 3)):
        app.line.status = Status(StatusKind.WARNING, "x" * 50)
        assert app.text == "! " + "x" * 15 + "…"


async def test_running_seconds_appear_after_the_first() -> None:
    async with (app := Telling()).run_test():
        app.line.status = Status(StatusKind.BUSY, "running")
        assert app.text.rstrip() == "… running"
        app.clock.now += 3.2
        assert app.text.rstrip() == "… running 3 s"
        app.clock.now += 122
        assert app.text.rstrip() == "… running 2 m 5 s"


async def test_the_clock_runs_on_while_what_is_busy_changes_its_text() -> None:
    async with (app := Telling()).run_test():
        app.line.status = Status(StatusKind.BUSY, "1 row")
        app.clock.now += 5
        app.line.status = Status(StatusKind.BUSY, "2 rows")
        assert app.text.rstrip() == "… 2 rows 5 s"
        app.line.status = Status(StatusKind.OK, "done")
        app.line.status = Status(StatusKind.BUSY, "again")
        assert app.text.rstrip() == "… again"


async def test_a_servers_text_cannot_act_on_the_screen() -> None:
    async with (app := Telling()).run_test():
        app.line.status = Status(StatusKind.FAILED, "[bold]near \x1b]0;x\x07", "a\nb")
        app.line.context = "[red]\x1b"
        assert app.text.startswith("✗ [bold]near ␛]0;x␇ · a␊b")
        assert app.text.endswith("[red]␛")
