"""The open tabs and the one in front: what opening, closing and walking them does, and what each is called."""

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from turso_tui.service.redaction import without_tokens
from turso_tui.service.sql_files import FileStamp
from turso_tui.service.workspace import Tab, TabTarget

LABEL_LENGTH = 18
MOST_CLOSED = 30
"""How many closed tabs can be had back."""


class EditorTabs:
    """There is always at least one tab, and always one in front."""

    def __init__(self, new_id: Callable[[], str] = lambda: secrets.token_hex(8)) -> None:
        """``new_id`` makes names that no tab of any other copy of the program has."""
        self._new_id = new_id
        self._closed: list[tuple[int, Tab]] = []
        self.all: list[Tab] = [self._blank(None)]
        self._place = 0

    @property
    def active(self) -> Tab:
        return self.all[self._place]

    @active.setter
    def active(self, tab: Tab) -> None:
        self.all[self._place] = tab

    def restore(self, tabs: Sequence[Tab], active: str) -> None:
        """Put what was kept in front of what has been typed meanwhile."""
        typed = [tab for tab in self.all if not tab.is_blank]
        self.all = [*tabs, *typed] or self.all
        self._place = len(self.all) - 1
        if not typed:
            self.choose(active)

    def open(self, text: str = "", file: FileStamp | None = None) -> None:
        """A new tab behind the active one, for the same database; a blank one is used again."""
        if not self.active.is_blank or not (text or file):
            self._place += 1
            self.all.insert(self._place, self._blank(self.all[self._place - 1].target))
        self.active = self.active._replace(text=text, file=file)

    def close(self) -> None:
        """The neighbour comes to the front; the last one leaves a blank one behind."""
        gone = self.all.pop(self._place)
        if not gone.is_blank:
            self._closed = [*self._closed[1 - MOST_CLOSED :], (self._place, gone)]
        if not self.all:
            self.all = [self._blank(gone.target)]
        self._place = min(self._place, len(self.all) - 1)

    def reopen(self) -> bool:
        """The tab that was closed last, where it was; False when there is none."""
        if not self._closed:
            return False
        place, tab = self._closed.pop()
        if len(self.all) == 1 and self.active.is_blank:
            self.all = []
        self._place = min(place, len(self.all))
        self.all.insert(self._place, tab)
        return True

    def go(self, steps: int) -> None:
        """To the neighbour, from the last to the first."""
        self._place = (self._place + steps) % len(self.all)

    def choose(self, tab_id: str) -> None:
        """To a tab by its id; one that is not there changes nothing."""
        self._place = next((place for place, tab in enumerate(self.all) if tab.id == tab_id), self._place)

    def amend(self, tab: Tab) -> None:
        """Put ``tab`` in the place of the one with its id, if that is still there."""
        self.all = [tab if each.id == tab.id else each for each in self.all]

    def with_file(self, path: Path) -> Tab | None:
        """The tab that a file is in."""
        return next((tab for tab in self.all if tab.file is not None and tab.file.path == path), None)

    def come_for(self, database: str) -> None:
        """To a tab that may speak to ``database``: the active one, another one, or a new one."""
        fitting = [tab for tab in (self.active, *self.all) if _may_speak_to(tab, database)]
        if fitting:
            self.choose(fitting[0].id)
        else:
            self._place = len(self.all)
            self.all.append(self._blank(None))

    def _blank(self, target: TabTarget | None) -> Tab:
        return Tab(self._new_id(), target=target)


def _may_speak_to(tab: Tab, database: str) -> bool:
    return tab.is_blank or tab.target is None or tab.target.database == database


def label(tab: Tab) -> str:
    """The name that it was given, else that of its file, else its first words, where a comment serves as a title; what
    they hide of a token stays hidden."""
    if tab.name or tab.file is not None:
        return shortened(tab.name or (tab.file.path.name if tab.file is not None else ""))
    line = next((line.strip() for line in tab.text[:2000].splitlines() if line.strip()), "")
    line = " ".join(without_tokens(line).removeprefix("--").split())
    return shortened(line)


def shortened(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 1]}…"
