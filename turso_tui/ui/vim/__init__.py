"""Vim's keys for the editor: a state machine over a text, which knows no screen."""

from turso_tui.ui.vim.engine import Vim
from turso_tui.ui.vim.host import Host
from turso_tui.ui.vim.mode import Mode

__all__ = ["Host", "Mode", "Vim"]
