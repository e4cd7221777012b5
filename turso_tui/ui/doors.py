"""The ways in, as screens need them: what is remembered, how one signs in, and what this machine can do for it."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turso_tui.service.entrance import Entrance
from turso_tui.service.profiles import AccountProfile, Profile, Profiles, entrance_under
from turso_tui.service.services import API_URL
from turso_tui.tokens import PlatformToken

if TYPE_CHECKING:
    from turso_tui.service.cli_settings import CliSignIn
    from turso_tui.service.signin import BrowserSignIn, SignedIn


@dataclass
class Doors:
    """Files and keyrings block, so they are asked from a thread. ``clock`` counts seconds; ``now`` is unix seconds.

    Whatever touches a file raises `StorageError` when that cannot be read or written.
    """

    profiles: Profiles
    base_url: str = API_URL
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time

    async def known(self) -> tuple[Profile, ...]:
        """What is remembered, the last used first."""
        return await asyncio.to_thread(self.profiles.recent)

    async def username(self, name: str) -> str:
        """Whose account a profile is; empty when nobody knows, or there is no such profile."""
        profile = await asyncio.to_thread(self.profiles.get, name)
        return profile.username if isinstance(profile, AccountProfile) else ""

    async def entrance(self, name: str) -> Entrance:
        """The way in of a profile. Raises `InputError` where there is none."""
        return await asyncio.to_thread(self.profiles.entrance, name)

    async def used(self, name: str) -> None:
        """It is the one to begin with the next time."""
        await asyncio.to_thread(self.profiles.used, name)

    async def remember(self, name: str, entrance: Entrance, username: str = "") -> Entrance:
        """``entrance`` as it is once it is remembered under ``name``, in place of what had that name.

        Raises `InputError` for a name that cannot be used.
        """
        profile = await asyncio.to_thread(lambda: self.profiles.remember(name, entrance, username=username))
        return entrance_under(entrance, profile)

    async def forget(self, name: str) -> None:
        """The profile and its secret."""
        await asyncio.to_thread(self.profiles.forget, name)

    async def suggest(self, entrance: Entrance, username: str = "") -> str:
        """The name under which it is remembered already, else one that is free."""
        return await asyncio.to_thread(self.profiles.suggest, entrance, username)

    async def why_there(self) -> str:
        """One sentence: where secrets are kept on this machine, and why there."""
        return await asyncio.to_thread(lambda: self.profiles.vaults.why)

    # --- signing in

    async def cli_sign_in(self) -> "CliSignIn | None":
        """The sign-in of an installed Turso CLI, None without one."""
        from turso_tui.service.cli_settings import read_cli_sign_in

        return await asyncio.to_thread(read_cli_sign_in, self.environment)

    @property
    def has_browser(self) -> bool:
        """Whether a browser can be opened where the person sits."""
        from turso_tui.service.browser import can_open_browser

        return can_open_browser(self.environment)

    async def open_browser(self, url: str) -> bool:
        """Whether one was found that took the address."""
        from turso_tui.service.browser import open_browser

        return await open_browser(url, self.environment)

    def address(self, base_url: str) -> str:
        """Where any browser anywhere shows a token to copy."""
        from turso_tui.service.signin import headless_url

        return headless_url(base_url)

    def listen(self, base_url: str) -> "BrowserSignIn":
        """A listener for the browser's answer."""
        from turso_tui.service.signin import BrowserSignIn

        return BrowserSignIn(base_url)

    async def check(self, token: PlatformToken, base_url: str) -> "SignedIn":
        """Whose token it is, by its server. Raises `SignInFailed` when it is refused, and `NetworkError`."""
        from turso_tui.service.signin import check_sign_in

        return await check_sign_in(token, base_url)
