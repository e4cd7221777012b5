"""What is about to be written, and what that would do: run it, try it out first, or leave it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from turso_tui.printable import printable
from turso_tui.service.at_stake import Stake
from turso_tui.service.caution import Concern
from turso_tui.sql.effects import Act
from turso_tui.ui.caution_words import consequence
from turso_tui.ui.numbers import grouped
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.screens.form import FormFrame
from turso_tui.ui.widgets.field import Field

SHOWN = 8
"""Statements of a script whose consequences are spelled out."""
SHOWN_CHARACTERS = 300


class Decision(Enum):
    RUN = auto()
    REHEARSE = auto()


@dataclass(frozen=True, slots=True)
class Question:
    """``place`` is where it would run, ``why`` says that this is asked there; ``word`` is to be typed, if any."""

    place: Sequence[str]
    why: str
    concerns: Sequence[Concern]
    total: int
    """Statements that would run."""
    warnings: Sequence[tuple[str, str]] = ()
    """Of long scans: a sentence, and its price."""
    word: str = ""

    @property
    def can_rehearse(self) -> bool:
        """What only reads has nothing to try out."""
        return bool(self.concerns)


class BeforeWriteScreen(Dialog[Decision]):
    """Answers with what to do; None leaves everything as it is. Counts come while it is open."""

    DEFAULT_CSS = """
    BeforeWriteScreen {
        & > .frame { width: 84; scrollbar-size-vertical: 1; border: solid $warning; border-title-color: $warning; }
        & > .frame > * { height: auto; }
        &.-worst > .frame { border: solid $bad; border-title-color: $bad; }
        .place { color: $muted; margin-bottom: 1; }
        .warning { color: $warning; margin-top: 1; }
        .word { margin-top: 1; }
        Field { margin-top: 1; }
        .buttons { height: 1; align-horizontal: right; margin-top: 1; }
        Button { margin-left: 1; }
        Button.-style-default { background: $cursor-row; color: $primary; min-width: 10; }
        Button.-style-default:focus { background: $primary; color: $background; text-style: bold; }
        Button.-run.-style-default { color: $warning; }
        Button.-run.-style-default:focus { background: $warning; color: $background; }
        &.-worst Button.-run.-style-default { color: $bad; }
        &.-worst Button.-run.-style-default:focus { background: $bad; color: $background; }
    }
    BeforeWriteScreen.-short > .frame { padding: 0 2; max-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "Run it", id="before.run", show=False),
        Binding("d,f11", "rehearse", "Dry run first", id="before.rehearse", show=False),
    ]

    def __init__(self, question: Question, count: Callable[[Concern], Awaitable[Stake | None]] | None) -> None:
        """``count`` counts what is at stake, where that can be done."""
        super().__init__()
        self._question = question
        self._count = count
        self._stakes: dict[int, Stake | None] = {}
        self._shown = sorted(question.concerns, key=_gravity)[:SHOWN]
        self._lines = Static(markup=False, id="consequences")
        self.set_class(any(concern.effect.is_worst for concern in question.concerns), "-worst")

    def compose(self) -> ComposeResult:
        question = self._question
        with FormFrame(classes="frame") as frame:
            frame.border_title = "Before it runs"
            frame.border_subtitle = self._keys()
            place = " / ".join(map(printable, question.place))
            yield Static(f"{place} · {question.why}", classes="place", markup=False)
            yield self._lines
            for words, detail in question.warnings:
                yield Static(printable(f"! {words} {detail}".rstrip()), classes="warning", markup=False)
            if question.word:
                yield Static(
                    Content.assemble(("To run it, type ", "$muted"), (printable(question.word), "bold")), classes="word"
                )
                yield Field("its name", Input(id="word", compact=True))
            with Horizontal(classes="buttons"):
                yield Button("Run it", id="run", classes="-run", compact=True)
                if question.can_rehearse:
                    yield Button("Dry run first", id="rehearse", compact=True)
                yield Button("Leave it", id="leave", compact=True)

    def on_mount(self) -> None:
        self._draw()
        (self.query_one("#word" if self._question.word else "#run")).focus()
        if self._count is not None and self._shown:
            self._count_all(self._count)

    @work(exclusive=True, group="count")
    async def _count_all(self, count: Callable[[Concern], Awaitable[Stake | None]]) -> None:
        for concern in self._shown:
            self._stakes[concern.index] = await count(concern)
            self._draw()

    def _keys(self) -> str:
        rehearse = ("F11" if self._question.word else "d") + " tries it out first · "
        return f"enter runs it · {rehearse * self._question.can_rehearse}esc leaves it"

    def _draw(self) -> None:
        lines = [self._line(concern) for concern in self._shown]
        rest = len(self._question.concerns) - len(self._shown)
        if rest > 0:
            lines.append(Content.styled(f"… and {grouped(rest)} more that write", "$muted"))
        if self._question.total > len(self._question.concerns) > 0:
            others = self._question.total - len(self._question.concerns)
            lines.append(
                Content.styled(f"and {grouped(others)} that {'is' if others == 1 else 'are'} not asked about", "$muted")
            )
        self._lines.update(Content("\n").join(lines))

    def _line(self, concern: Concern) -> Content:
        effect = concern.effect
        style = "bold $bad" if effect.is_worst else "bold $warning" if effect.destroys else "bold"
        said = printable(consequence(effect, self._stakes.get(concern.index), concern.sql))
        number = f"{grouped(concern.index + 1)}. " if self._question.total > 1 else ""
        known = "" if self._can_have_count(concern) is False else self._count_word(concern.index)
        line = Content.assemble((number, "$muted"), (f"{said[:1].upper()}{said[1:]}", style), (known, "$muted"))
        if self._question.total > 1:
            return line
        text = " ".join(concern.sql[:SHOWN_CHARACTERS].split())
        more = "…" if len(concern.sql) > SHOWN_CHARACTERS else ""
        return Content("\n").join([line, Content.styled(printable(text) + more, "$muted")])

    def _can_have_count(self, concern: Concern) -> bool:
        effect = concern.effect
        return effect.act in {Act.DELETE, Act.UPDATE} or (effect.act is Act.DROP and effect.kind == "table")

    def _count_word(self, index: int) -> str:
        if self._count is not None and index not in self._stakes:
            return " · counting…"
        return " · not counted" if self._stakes.get(index) is None else ""

    # --- the answer

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_run()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "run":
                self.action_run()
            case "rehearse":
                self.action_rehearse()
            case _:
                self.action_leave()

    def action_run(self) -> None:
        word = self._question.word
        if word and self.query_one("#word", Input).value.strip() not in {word, printable(word)}:
            self.query_exactly_one(Field).complain("That is not its name.", "Nothing has run.")
            self.query_one("#word", Input).focus()
        else:
            self.dismiss(Decision.RUN)

    def action_rehearse(self) -> None:
        if self._question.can_rehearse:
            self.dismiss(Decision.REHEARSE)


def _gravity(concern: Concern) -> tuple[bool, bool, int]:
    """The worst first, and then in their order."""
    return not concern.effect.is_worst, not concern.effect.destroys, concern.index
