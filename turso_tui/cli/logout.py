"""``turso-tui auth logout``: forget a profile here, or end its user's sessions everywhere."""

import asyncio
from collections.abc import Mapping

from turso_tui.cli.speech import say
from turso_tui.cli.wiring import open_profiles, read_config
from turso_tui.errors import InputError, Unauthorized
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.profiles import AccountProfile, Profile, Profiles
from turso_tui.service.signin import sign_out_everywhere


def log_out(name: str | None, environment: Mapping[str, str], *, everywhere: bool) -> int:
    """The exit code. Raises `TursoTuiError` when nothing has been forgotten."""
    profiles = open_profiles(read_config(), environment)
    profile = _chosen(profiles, name)
    if everywhere:
        _end_everywhere(profiles, profile)
    profiles.forget(profile.name)
    say(f"The profile “{profile.name}” and its token are forgotten.")
    if isinstance(profile, AccountProfile) and not everywhere:
        say("The token itself stays good until it expires or is revoked.")
    if environment.get("TURSO_API_TOKEN"):
        say("TURSO_API_TOKEN is still set.")
    return 0


def _chosen(profiles: Profiles, name: str | None) -> Profile:
    if name is not None:
        profile = profiles.get(name)
    else:
        profile = next((profile for profile in profiles.recent() if isinstance(profile, AccountProfile)), None)
    if profile is None:
        raise InputError(f"There is no profile {name}." if name else "Nobody is signed in.")
    return profile


def _end_everywhere(profiles: Profiles, profile: Profile) -> None:
    entrance = profiles.entrance(profile.name)
    if not isinstance(entrance, AccountEntrance):
        raise InputError(
            f"The profile {profile.name} is no account: it has no sessions that could end.",
            next_step="Leave --everywhere out.",
        )
    try:
        asyncio.run(sign_out_everywhere(entrance.token, entrance.base_url))
    except Unauthorized as error:
        say(f"{entrance.base_url} did not accept the token any more: {error.text}")
    else:
        say(f"Every session of this user at {entrance.base_url} is over; API tokens stay good.")
