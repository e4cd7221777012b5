"""One undo takes back one command, or all that was typed in one go, however many steps that is for the editor."""

from turso_tui.ui.vim.host import Host


class UndoGroups:
    """Remembers how many steps there were at the ends of each; where it does not know, a step is a step."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ends: set[int] = set()

    def begin(self) -> None:
        """Before a change, which makes what was undone be gone."""
        steps = self._host.undo_steps
        self._ends = {end for end in self._ends if end < steps} | {steps}

    def end(self) -> None:
        self._ends.add(self._host.undo_steps)

    def forget(self) -> None:
        self._ends.clear()

    def undo(self, times: int) -> None:
        for _ in range(times):
            steps = self._host.undo_steps
            if not steps:
                return
            goal = max((end for end in self._ends if end < steps), default=steps - 1)
            while (before := self._host.undo_steps) > goal:
                self._host.undo()
                if self._host.undo_steps == before:
                    return

    def redo(self, times: int) -> None:
        for _ in range(times):
            steps = self._host.undo_steps
            if not self._host.redo_steps:
                return
            goal = min((end for end in self._ends if end > steps), default=steps + 1)
            while self._host.redo_steps and (before := self._host.undo_steps) < goal:
                self._host.redo()
                if self._host.undo_steps == before:
                    return
