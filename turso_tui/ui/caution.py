"""What stands between a key and a write: the level of a place, and the question that it asks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from textual.screen import Screen

from turso_tui.errors import InputError, TursoTuiError
from turso_tui.service.at_stake import Stake, count_rows
from turso_tui.service.caution import Address, Concern, Level, Levels, Scope, concerns
from turso_tui.service.rehearsal.refusals import refuse
from turso_tui.service.statements import one_statement
from turso_tui.service.target import FileTarget
from turso_tui.sql.effects import effect_of
from turso_tui.ui.asking import ask
from turso_tui.ui.caution_words import LEVELS, MEANINGS
from turso_tui.ui.home import SCRATCH, Home, Place
from turso_tui.ui.screens.before_write import BeforeWriteScreen, Decision, Question
from turso_tui.ui.screens.choice import Choice, ChoiceScreen
from turso_tui.ui.work import Work

if TYPE_CHECKING:
    from turso_tui.service.session import Session

MOST_LOOKED_AT = 20
"""Statements of a script that are looked at for long scans."""
AT_ONCE = 4
"""Of those, so that a script does not wait for one round trip after the other."""

_FORGET = "forget"
_SCOPES = {
    Scope.DATABASES: "this database",
    Scope.URLS: "this address",
    Scope.FILES: "this file",
    Scope.GROUPS: "its group",
    Scope.ORGANIZATIONS: "its organization",
    Scope.PROFILES: "this profile",
}


class LongScan(Protocol):
    """That a statement would read much: a sentence, and what that costs."""

    @property
    def words(self) -> str: ...

    @property
    def detail(self) -> str: ...


ScanWarner = Callable[[Place, str], Awaitable[LongScan | None]]


class Caution:
    """Asks before what is asked about where it runs. Reads are asked about only where ``scan_warning`` has a word."""

    def __init__(
        self, screen: Screen[None], home: Home, levels: Levels, scan_warning: ScanWarner | None = None
    ) -> None:
        self._screen = screen
        self._home = home
        self._levels = levels
        self._scan_warning = scan_warning

    @property
    def hold(self) -> float:
        """Seconds that a dry run waits for its answer."""
        return self._levels.config.hold.total_seconds()

    @property
    def problem(self) -> TursoTuiError | None:
        """Why the levels that were chosen are not known."""
        return self._levels.problem

    def level(self, place: Place) -> Level:
        """The results on this machine are worth no question; the worst is asked about there too."""
        return Level.OFF if place.name == SCRATCH else self._levels.of(self._address(place))

    async def allows(self, place: Place, work: Work, session: "Session") -> Work | None:
        """``work`` as it is to run, None when it is not to. Nothing runs while it is asked; cancelling asks no more.

        ``session`` is where it would run: what is open there is not counted.
        """
        if work.rehearse:
            return work
        level = self.level(place)
        asked = concerns(level, work.statements)
        warnings = await self._warnings(place, work)
        if self._levels.config.rehearse and _can_be_rehearsed(work) and not warnings:
            return replace(work, rehearse=True)
        if not asked and not warnings:
            return work
        question = Question(
            place.path,
            LEVELS[level],
            asked,
            len(work.statements),
            warnings,
            self.word(place, asked),
        )

        async def count(concern: Concern) -> Stake | None:
            values = work.values[concern.index] if work.values else ()
            return await count_rows(place.database, one_statement(concern.sql, values), concern.effect)

        match await ask(self._screen.app, BeforeWriteScreen(question, count if session.is_free else None)):
            case Decision.RUN:
                return work
            case Decision.REHEARSE:
                return replace(work, rehearse=True)
        return None

    def word(self, place: Place, asked: Sequence[Concern]) -> str:
        """What must be typed before the worst, where nothing may go wrong: the table's name, or the database's."""
        names = {concern.effect.target for concern in asked if concern.effect.is_worst}
        is_protected = any(item.protected for item in self._home.view.items if item.name == place.name)
        if not names or not (is_protected or self.level(place) is Level.EVERY_WRITE):
            return ""
        return names.pop() if len(names) == 1 else place.name

    async def choose(self, place: Place) -> str:
        """Ask what is to be asked about, and for what; the answer in words, empty when nothing was chosen.

        Raises `StorageError`.
        """
        address = self._address(place)
        scopes = [Choice(scope, self._called(scope, address), self._chosen(address, scope)) for scope in address.scopes]
        scope = await ask(self._screen.app, ChoiceScreen("What is asked before a write: for what?", scopes))
        if scope is None:
            return ""
        name = self._called(Scope(scope), address)
        choices = [Choice(level, LEVELS[level], MEANINGS[level]) for level in Level]
        choices.append(Choice(_FORGET, "as it is without a choice here", ""))
        chosen = await ask(self._screen.app, ChoiceScreen(f"Before a write to {name}", choices))
        if chosen is None:
            return ""
        self._levels.choose(address, Scope(scope), None if chosen == _FORGET else Level(chosen))
        return f"{name}: {LEVELS[self.level(place)]}."

    def _called(self, scope: Scope, address: Address) -> str:
        return f"{_SCOPES[scope]}, {address.name(scope)}"

    def _chosen(self, address: Address, scope: Scope) -> str:
        level = self._levels.chosen(address, scope)
        return "" if level is None else LEVELS[level]

    def _address(self, place: Place) -> Address:
        entrance, path = self._home.entrance, place.path
        profile = "" if isinstance(entrance, FileTarget) else entrance.profile
        match path:
            case (organization, group, database):
                return Address(organization, group, database, profile=profile)
            case _ if isinstance(entrance, FileTarget):
                return Address(file=place.database.identity.removeprefix("file:"))
        return Address(url=place.name, profile=profile)

    async def _warnings(self, place: Place, work: Work) -> list[tuple[str, str]]:
        warn = self._scan_warning
        if warn is None or place.name == SCRATCH or not work.statements:
            return []
        first, *others = work.statements[:MOST_LOOKED_AT]
        found = [await warn(place, first)]  # alone: it reads the schema that all of them need
        few = asyncio.Semaphore(AT_ONCE)

        async def warning(sql: str) -> LongScan | None:
            async with few:
                return await warn(place, sql)

        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(warning(sql)) for sql in others]
        found += [task.result() for task in asked]
        return [(each.words, each.detail) for each in found if each is not None]


def _can_be_rehearsed(work: Work) -> bool:
    if not any(effect_of(sql).writes for sql in work.statements):
        return False
    try:
        refuse(work.statements)
    except InputError:
        return False
    return True
