"""Profiles in words: what one is, and whether a name would take another's place."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from turso_tui.errors import InputError
from turso_tui.hrana.url import parse_database_url
from turso_tui.service.profiles import AccountProfile, FileProfile, Profile, RemoteProfile


def what_it_is(profile: Profile) -> str:
    """Who, where, and where its secret is kept."""
    match profile:
        case AccountProfile():
            who = f"{profile.username} at " if profile.username else ""
            only = f" · {profile.organization}" if profile.organization else ""
            return f"{who}{host(profile.base_url)}{only} · token in the {profile.kept}"
        case RemoteProfile():
            token = f"token in the {profile.kept}" if profile.kept else "no token"
            return f"{parse_database_url(profile.url).host} · {token}"
        case FileProfile():
            return short_path(profile.path)


def host(url: str) -> str:
    """The host of an API, with its port if it has one."""
    return urlsplit(url).netloc


def short_path(path: str) -> str:
    """With ``~`` for one's own directory, as a shell would show it."""
    home = str(Path.home())
    return f"~{path[len(home) :]}" if path.startswith(f"{home}/") else path


def refuse_taken_name(profiles: Iterable[Profile], name: str, own: str) -> None:
    """Raises `InputError` when another profile than the one named ``own`` has the name."""
    taken = next((profile for profile in profiles if profile.name == name), None)
    if taken is not None and name != own:
        raise InputError(f"There is a profile {name} already: {what_it_is(taken)}.", next_step="Choose another name.")
