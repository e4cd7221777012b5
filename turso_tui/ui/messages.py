"""What screens say to the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from turso_tui.service.account import Account
    from turso_tui.service.entrance import AccountEntrance, Entrance
    from turso_tui.tokens import PlatformToken


@dataclass
class EntranceChosen(Message):
    """Someone wants to go in by this door; ``remember_as`` keeps it under that name for the next time."""

    entrance: Entrance
    remember_as: str = ""


@dataclass
class ProfileChosen(Message):
    """Someone wants to go in by a door that is remembered."""

    name: str


@dataclass
class SignInAsked(Message):
    """Someone wants to sign in; ``token`` is there already when another program's is taken over."""

    token: PlatformToken | None = None
    base_url: str = ""
    """Empty for the API that the program was started for."""


@dataclass
class SignInNeeded(Message):
    """The sign-in of the account on show has ended. ``username`` is whose it was, empty where nobody knows."""

    account: Account
    entrance: AccountEntrance
    username: str = ""


@dataclass
class DoorsAsked(Message):
    """Someone wants to see every way in; what is open stays until one is chosen."""


@dataclass
class DemoAsked(Message):
    """Someone wants to look around in the demo."""


@dataclass
class OrganizationChosen(Message):
    """Someone went to another organization, and will want to start there the next time."""

    slug: str
