"""The Platform API of the local server and the account behind it."""

from turso_tui.local.control.plane import ControlPlane

__all__ = ["ControlPlane"]
