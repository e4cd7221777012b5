"""What the program remembers between runs besides secrets: small, and never worth failing for."""

import os
from pathlib import Path

import msgspec

from turso_tui.errors import StorageError


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """Remembered choices; an unknown key of a newer version is ignored."""

    theme: str = "turso-dark"
    organization: str = ""
    """The slug of the organization that was looked at last."""


def load_settings(path: Path) -> Settings:
    """The settings in ``path``, the defaults where there are none. Raises `StorageError` if they cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StorageError(
            f"The settings in {path} cannot be read: {error}.", next_step="Mend or remove the file."
        ) from error


def save_settings(path: Path, settings: Settings) -> None:
    """Replace the file as a whole. Raises `StorageError`."""
    beside = path.with_suffix(f".{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(settings)) + b"\n")
        beside.replace(path)
    except OSError as error:
        raise StorageError(f"The settings cannot be saved: {error}.", next_step=f"Make {path} writable.") from error
