"""A token in a file of a person's choice, which nobody else can read: plain, as variables, or as JSON."""

import os
import secrets
import stat
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from turso_tui.errors import InputError, StorageError
from turso_tui.service.env_files import is_env, merged
from turso_tui.tokens import DatabaseToken, PlatformToken, read_claims

_MODE = 0o600
_LARGEST_ENV_FILE = 262_144
"""Bytes; what is larger holds something else than variables."""


class SecretFormat(StrEnum):
    """How it is written."""

    PLAIN = "plain"
    """The token alone, and a line break."""
    ENV = "env"
    """``TURSO_API_TOKEN=…``, or ``TURSO_DATABASE_URL=…`` and ``TURSO_AUTH_TOKEN=…``."""
    JSON = "json"
    """``{"url": …, "token": …, "expires_at": …}``; what is not known is left out."""


def save_secret(
    path: Path,
    token: PlatformToken | DatabaseToken,
    format: SecretFormat,
    *,
    url: str = "",
    overwrite: bool = False,
) -> None:
    """Write ``token``, and the ``url`` that it opens, into a file of mode 0600: whole, or not at all. Blocks.

    A file of variables (``.env``) that is there keeps its other lines, and needs no ``overwrite``. Where ``path`` is
    a symbolic link of one's own, the file that it points to is written and the link stays; another user's link is
    not followed. Raises `InputError` when the path is taken or can be no file, `StorageError` when writing fails.
    """
    try:
        target = _target(path)
        before = _existing(target)
        merges = format is SecretFormat.ENV and before is not None and is_env(before)
        if before is not None and not merges and not overwrite:
            raise _taken(path, format)
        contents = _contents(token, format, url, before if merges and before else "")
        _replace(target, contents.encode("utf-8", "surrogateescape"))
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        reason = error.strerror if isinstance(error, OSError) else "its links lead in a circle"
        raise StorageError(
            f"The token cannot be saved in {path}: {reason or error}.",
            means="Nothing was written.",
            next_step="Choose a place that you may write to.",
        ) from error


def _target(path: Path) -> Path:
    """The file to write: ``path``, or what a link of ours points to. Raises `InputError` for what is no file."""
    try:
        if path.is_symlink() and path.lstat().st_uid != os.getuid():
            raise InputError(f"{path} is a link that another user made.", next_step="Choose another place.")
        target = path.resolve()
        kind = target.stat().st_mode
    except FileNotFoundError:
        return path.resolve()
    except ValueError as error:
        raise InputError("This cannot be the path of a file.", means=str(error)) from error
    if stat.S_ISDIR(kind):
        raise InputError(f"{path} is a folder.", next_step="Give the name of a file in it.")
    if not stat.S_ISREG(kind):
        raise InputError(f"{path} is a device or a pipe, not a file.", next_step="Choose another name.")
    return target


def _existing(target: Path) -> str | None:
    """What stands there, as far as it can be a file of variables; None where nothing does."""
    try:
        with target.open("rb") as file:
            raw = file.read(_LARGEST_ENV_FILE + 1)
    except FileNotFoundError:
        return None
    return raw.decode("utf-8", "surrogateescape") if len(raw) <= _LARGEST_ENV_FILE else "\0"


def _taken(path: Path, format: SecretFormat) -> InputError:
    if format is SecretFormat.ENV:
        return InputError(
            f"{path} is already there, and it is no file of variables that these could be added to.",
            means="Nothing was written.",
            next_step="Choose another name, or replace it.",
        )
    return InputError(
        f"{path} is already there.", means="Nothing was written.", next_step="Choose another name, or replace it."
    )


def _contents(token: PlatformToken | DatabaseToken, format: SecretFormat, url: str, before: str) -> str:
    match format:
        case SecretFormat.PLAIN:
            return f"{token.reveal()}\n"
        case SecretFormat.ENV:
            return merged(before, _variables(token, url))
    return _json(token, url)


def _variables(token: PlatformToken | DatabaseToken, url: str) -> dict[str, str]:
    if isinstance(token, PlatformToken):
        return {"TURSO_API_TOKEN": token.reveal()}
    address = {"TURSO_DATABASE_URL": url} if url else {}
    return {**address, "TURSO_AUTH_TOKEN": token.reveal()}


def _json(token: PlatformToken | DatabaseToken, url: str) -> str:
    claims = read_claims(token.reveal())
    document = {"url": url, "token": token.reveal(), "expires_at": _rfc3339(claims.expires_at if claims else None)}
    written = msgspec.json.encode({key: value for key, value in document.items() if value})
    return f"{msgspec.json.format(written).decode()}\n"


def _rfc3339(seconds: float | None) -> str:
    try:
        return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError):
        return ""  # beyond the calendar


def _replace(target: Path, raw: bytes) -> None:
    """Beside it and then in its place, so that no moment shows half a file or lets others read it."""
    beside = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)  # the rename, too, survives a power cut
    finally:
        os.close(directory)
