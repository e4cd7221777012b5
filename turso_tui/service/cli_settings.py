"""The sign-in of an installed Turso CLI, read from its settings file; that file is never written."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from turso_tui.errors import StorageError, TokenRejected
from turso_tui.tokens import PlatformToken, as_platform_token

FILE_NAME = "settings.json"


@dataclass(frozen=True, slots=True)
class CliSignIn:
    """Empty texts are what the CLI does not know, or did not write down."""

    token: PlatformToken
    username: str
    organization: str
    base_url: str
    path: Path


def read_cli_sign_in(
    environment: Mapping[str, str], *, platform: str = sys.platform, now: float | None = None
) -> CliSignIn | None:
    """None where no CLI is signed in; ``now`` is in unix seconds. Blocks.

    Raises `StorageError` for a file that cannot be read, `TokenRejected` for a token that is of no use any more.
    """
    path = cli_settings_path(environment, platform)
    try:
        settings = _lowered(msgspec.json.decode(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no JSON"
        raise StorageError(
            f"The settings of the Turso CLI in {path} cannot be read: {reason}.",
            next_step="Sign in without them.",
        ) from error
    secret = settings.get("token", "")
    if not secret.strip():
        return None
    try:
        token = as_platform_token(secret, time.time() if now is None else now)
    except TokenRejected as error:
        raise TokenRejected(
            f"The sign-in of the Turso CLI in {path} is of no use: {error.what}",
            means=error.means,
            next_step="Sign in without it.",
        ) from error
    texts = (settings.get(key, "") for key in ("username", "organization", "baseurl"))
    username, organization, base_url = texts
    return CliSignIn(token, username, organization, base_url.rstrip("/"), path)


def cli_settings_path(environment: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where the CLI keeps its settings: a folder of its own in the system's, or the one that a variable names."""
    if folder := environment.get("TURSO_CONFIG_FOLDER"):
        return Path(folder) / FILE_NAME
    home = Path(environment.get("HOME") or Path.home())
    if platform == "darwin":
        base = home / "Library" / "Application Support"
    elif platform == "win32":
        base = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    else:
        base = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return base / "turso" / FILE_NAME


def _lowered(settings: object) -> dict[str, str]:
    """The texts on the first level: the CLI does not tell upper from lower case in their names."""
    if not isinstance(settings, dict):
        return {}
    return {str(key).lower(): text for key, text in settings.items() if isinstance(text, str)}
