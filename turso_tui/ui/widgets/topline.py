"""Where one is: the organization, how much of its plan is used, and as whom one is signed in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from turso_tui.printable import printable
from turso_tui.ui.numbers import bytes_size, duration, grouped
from turso_tui.ui.widgets.meter import meter

CHIP = " turso "
GAP = "   "

NEARLY_USED = 0.8
"""The fraction of a quota from which on it is worth a warning."""

EXPIRES_SOON = 24 * 3600.0
"""Seconds before the end of a sign-in from which on it is worth a warning."""


@dataclass(frozen=True, slots=True)
class Quota:
    """``used`` and ``limit`` in ``unit``, which is "bytes" or the word for what is counted; no limit is None."""

    name: str
    used: int
    limit: int | None
    unit: str = "rows"

    @property
    def fraction(self) -> float:
        if self.limit is None:
            return 0.0
        return self.used / self.limit if self.limit > 0 else 1.0


@dataclass(frozen=True, slots=True)
class SignIn:
    """``expires_in`` is in seconds, None when it never does (or nobody knows)."""

    who: str
    expires_in: float | None = None


@dataclass
class Piece:
    """A part of the line that can be said in several forms, the fullest first; an empty form is leaving it out."""

    forms: tuple[Content, ...]
    chosen: int = 0

    @property
    def content(self) -> Content:
        return self.forms[self.chosen]

    @property
    def is_left_out(self) -> bool:
        return self.chosen > 0 and not self.content and bool(self.forms[0])


class TopLine(Widget):
    """One line. On a narrow terminal it says less from the middle outwards, and a sign says that it does."""

    DEFAULT_CSS = """
    TopLine { height: 1; padding: 0 1; background: $panel; }
    """

    organization: reactive[str] = reactive("")
    databases: reactive[int | None] = reactive(None)
    """How many there are; None until that is known."""
    quotas: reactive[tuple[Quota, ...]] = reactive((), init=False)
    signed_in: reactive[SignIn | None] = reactive(None)

    @dataclass
    class OrganizationAsked(Message):
        """Another organization may be wanted."""

    def ask_organization(self) -> None:
        """What a click on the organization does, for whoever binds a key to it."""
        self.post_message(self.OrganizationAsked())

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        start = len(CHIP)
        if self.organization and offset is not None and start <= offset.x < start + self._place().cell_length:
            self.ask_organization()

    def watch_quotas(self) -> None:
        self.tooltip = Content("\n".join(_spelled_out(quota) for quota in self.quotas)) if self.quotas else None

    def render(self) -> Content:
        width = self.size.width
        chip = Content.styled(CHIP, "bold $background on $primary")
        databases = Piece((_database_count(self.databases), Content()))
        quotas = [Piece(_quota_forms(quota)) for quota in self.quotas]
        who, expiry = (Piece((content, Content())) for content in _sign_in(self.signed_in))
        pieces = (databases, *quotas, who, expiry)

        def line() -> Content:
            middle = [piece.content for piece in (databases, *quotas)]
            if any(piece.is_left_out for piece in pieces):
                middle.append(Content.styled("…", "$muted"))
            left = _joined([chip + self._place(), *middle])
            right = who.content + expiry.content
            return left.pad_right(width - left.cell_length - right.cell_length) + right

        by_use = sorted(zip(self.quotas, quotas, strict=True), key=lambda pair: pair[0].fraction)
        meters = [piece for _, piece in by_use]
        calm = [piece for quota, piece in by_use if quota.fraction < NEARLY_USED]
        pressing = meters[len(calm) :]
        _shorten([*meters, *calm, databases, *pressing, expiry, who], lambda: line().cell_length <= width)
        return line().truncate(width, ellipsis=True)

    def _place(self) -> Content:
        if not self.organization:
            return Content()
        return Content.assemble((f"  {printable(self.organization)}", "bold"), (" ▾", "$muted"))


def _shorten(order: Sequence[Piece], fits: Callable[[], bool]) -> None:
    """Say less, piece by piece, until it ``fits``; then give back what turns out not to be in the way."""
    shortened: list[Piece] = []
    for piece in order:
        if fits():
            break
        piece.chosen += 1
        shortened.append(piece)
    for piece in reversed(shortened):
        piece.chosen -= 1
        if not fits():
            piece.chosen += 1


def _joined(parts: Iterable[Content]) -> Content:
    return Content(GAP).join([part for part in parts if part])


def _database_count(count: int | None) -> Content:
    if count is None:
        return Content()
    return Content("1 database" if count == 1 else f"{grouped(count)} databases")


def _sign_in(signed_in: SignIn | None) -> tuple[Content, Content]:
    """Who, and until when; nothing before that is known, and where there is no account."""
    if signed_in is None:
        return Content(), Content()
    left = signed_in.expires_in
    if left is not None and left <= 0:
        return Content.assemble(("✗ ", "$bad"), printable(signed_in.who)), Content.styled(" expired", "$bad")
    who = Content.assemble(("● ", "$good"), printable(signed_in.who))
    if left is None:
        return who, Content()
    return who, Content.styled(f" {_roughly(left)}", "$warning" if left < EXPIRES_SOON else "$muted")


def _roughly(seconds: float) -> str:
    """In the largest unit alone: this is looked at in passing."""
    if seconds < 60:
        return "<1 m"
    return " ".join(duration(seconds).split()[:2])


def _quota_forms(quota: Quota) -> tuple[Content, Content, Content]:
    """With a meter, without, and not at all."""
    name = Content.styled(f"{printable(quota.name)} ", "$muted")
    style = "$bad" if quota.fraction >= 1 else "$warning" if quota.fraction >= NEARLY_USED else "$primary"
    sign = "!" if quota.fraction >= NEARLY_USED else ""
    share = Content.styled(_share(quota) + sign, style)
    if quota.limit is None:
        return name + share, name + share, Content()
    return name + Content.styled(f"{meter(quota.fraction)} ", style) + share, name + share, Content()


def _share(quota: Quota) -> str:
    """How much is used: of sizes the sizes, of counts the percentage, without a limit the amount."""
    if quota.limit is None:
        return _amount(quota.used, quota.unit)
    if quota.unit == "bytes":
        used, limit = bytes_size(quota.used), bytes_size(quota.limit)
        return f"{used.removesuffix(limit[limit.rindex(' ') :])}/{limit}"
    percent = quota.fraction * 100
    return "<1 %" if 0 < percent < 1 else f"{int(percent)} %"


def _amount(amount: int, unit: str) -> str:
    return bytes_size(amount) if unit == "bytes" else grouped(amount)


def _spelled_out(quota: Quota) -> str:
    limit = "no limit" if quota.limit is None else f"of {_amount(quota.limit, quota.unit)}"
    unit = "" if quota.unit == "bytes" else f" {quota.unit}"
    return printable(f"{quota.name}: {_amount(quota.used, quota.unit)} {limit}{unit}")
