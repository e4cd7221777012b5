"""What a person sets in config.toml; everything is optional, and a word that means nothing is not ignored."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec

from turso_tui.errors import InputError, StorageError
from turso_tui.service.caution import CautionConfig, Level, Places
from turso_tui.tokens.vaults import Preference

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(r"(?:[0-9]{1,6}[wdhms]){1,5}")


class TokenConfig(msgspec.Struct, frozen=True):
    """The database tokens that the program mints for itself."""

    read_lifetime: timedelta = timedelta(minutes=15)
    write_lifetime: timedelta = timedelta(minutes=5)
    group_from: int = 10
    """From so many databases of one group on, one group token is used instead of one token for each."""


class HistoryConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The statements that were run; one that begins with a space is never kept."""

    keep: bool = True
    entries: int = 100_000
    """The oldest give way beyond so many runs."""


class WriterConfig(msgspec.Struct, frozen=True):
    """Of two who want to write, one waits."""

    wait: timedelta = timedelta(minutes=5)
    """For the turn, in the line of this machine."""
    busy: timedelta = timedelta(seconds=30)
    """For a writer who is not in that line: another machine, another program."""


class CostConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows that are scanned are rows that are billed."""

    warn: bool = True
    """Before a statement that would scan a large table."""
    scan_rows: int = 100_000
    """A table of more rows than this is large."""


class EditorConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The editor of statements."""

    keys: Literal["plain", "vim"] = "plain"
    """What they mean there."""


class Config(msgspec.Struct, frozen=True):
    vault: Preference = "auto"
    """Where tokens are remembered: the keyring of the system if there is one, always there, or always the file."""
    tokens: TokenConfig = TokenConfig()
    history: HistoryConfig = HistoryConfig()
    writer: WriterConfig = WriterConfig()
    cost: CostConfig = CostConfig()
    caution: CautionConfig = CautionConfig()
    editor: EditorConfig = EditorConfig()


class _WrittenTokens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    read_lifetime: str = "15m"
    write_lifetime: str = "5m"
    group_from: int = 10


class _WrittenWriter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wait: str = "5m"
    busy: str = "30s"


class _WrittenCaution(Places, frozen=True, forbid_unknown_fields=True):
    level: Level = Level.DESTRUCTIVE
    rehearse: bool = False
    hold: str = "30s"


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vault: Preference = "auto"
    tokens: _WrittenTokens = _WrittenTokens()
    history: HistoryConfig = HistoryConfig()
    writer: _WrittenWriter = _WrittenWriter()
    cost: CostConfig = CostConfig()
    caution: _WrittenCaution = _WrittenCaution()
    editor: EditorConfig = EditorConfig()


def load_config(path: Path) -> Config:
    """The settings in ``path``, the defaults where there is no file.

    Raises `StorageError` when it cannot be read, `InputError` for what stands in it.
    """
    try:
        written = msgspec.toml.decode(path.read_bytes(), type=_Written)
        return Config(
            written.vault,
            _tokens(written.tokens),
            _history(written.history),
            _writer(written.writer),
            _cost(written.cost),
            _caution(written.caution),
            written.editor,
        )
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise StorageError(
            f"The settings in {path} cannot be read: {error.strerror or error}.", next_step="Check its permissions."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, InputError) as error:
        raise InputError(f"The settings in {path} cannot be used: {error}", next_step="Mend the file.") from error


def parse_span(text: str) -> timedelta:
    """A span of time in the API's notation, such as ``15m`` or ``2w1d30m10s``. Raises `InputError`."""
    text = text.strip()
    span = timedelta()
    if _SPAN.fullmatch(text):
        parts = re.findall(r"([0-9]+)([wdhms])", text)
        span = sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), span)
    if not span:
        raise InputError(f"“{text}” is no span of time; write one like 15m or 1h30m.")
    return span


def _tokens(written: _WrittenTokens) -> TokenConfig:
    if written.group_from < 1:
        raise InputError("tokens.group_from is less than 1.")
    return TokenConfig(
        _span("tokens.read_lifetime", written.read_lifetime),
        _span("tokens.write_lifetime", written.write_lifetime),
        written.group_from,
    )


def _history(written: HistoryConfig) -> HistoryConfig:
    if written.entries < 1:
        raise InputError("history.entries is less than 1; write keep = false to keep none.")
    return written


def _writer(written: _WrittenWriter) -> WriterConfig:
    return WriterConfig(_span("writer.wait", written.wait), _span("writer.busy", written.busy))


def _cost(written: CostConfig) -> CostConfig:
    if written.scan_rows < 1:
        raise InputError("cost.scan_rows is less than 1; write warn = false for no warning at all.")
    return written


def _caution(written: _WrittenCaution) -> CautionConfig:
    places = Places(**{name: getattr(written, name) for name in Places.__struct_fields__})
    return CautionConfig(written.level, written.rehearse, _span("caution.hold", written.hold), places)


def _span(name: str, text: str) -> timedelta:
    try:
        return parse_span(text)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
