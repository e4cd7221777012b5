"""Vim's keys for the editor: a state machine over a text, which knows no screen."""

from turso_tui.ui.vim.engine import Mode, Vim
from turso_tui.ui.vim.host import Host

__all__ = ["Host", "Mode", "Vim"]
