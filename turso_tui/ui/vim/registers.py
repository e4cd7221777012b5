"""Where what is deleted and copied goes, and where what is put comes from."""

from turso_tui.ui.vim.changes import Register
from turso_tui.ui.vim.host import Host

SYSTEM = frozenset({"+", "*"})
"""The clipboard."""


class Registers:
    def __init__(self, host: Host) -> None:
        self._host = host
        self._kept: dict[str, Register] = {}

    def get(self, name: str) -> Register:
        if name in SYSTEM:
            text = self._host.clipboard
            return Register(text, text.endswith("\n"))
        return self._kept.get(name, Register())

    def put(self, name: str, register: Register) -> None:
        """Whatever the name, it is what is put next when none is given; ``_`` keeps nothing."""
        if name == "_":
            return
        self._kept['"'] = self._kept[name] = register
        if name in SYSTEM:
            self._host.copy(register.text)
