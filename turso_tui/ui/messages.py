"""What screens say to the application."""

from dataclasses import dataclass

from textual.message import Message

from turso_tui.service.entrance import Entrance


@dataclass
class EntranceChosen(Message):
    """Someone wants to go in by this door; ``remember`` keeps the sign-in for the next time."""

    entrance: Entrance
    remember: bool = False


@dataclass
class DemoAsked(Message):
    """Someone wants to look around in the demo."""


@dataclass
class OrganizationChosen(Message):
    """Someone went to another organization, and will want to start there the next time."""

    slug: str
