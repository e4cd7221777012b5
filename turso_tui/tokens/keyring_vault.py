"""Secrets in the keyring of the operating system, which may be locked, silent, or not there at all."""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Thread
from typing import Protocol, TypeVar

from turso_tui.errors import StorageError
from turso_tui.tokens.vault import Kept

T = TypeVar("T")

SERVICE = "turso-tui"
"""Under which name the keyring lists our secrets."""

PROBE_SECONDS = 4.0
"""A keyring that does not answer a question within this time is not relied upon."""

PATIENCE_SECONDS = 60.0
"""How long a call may take: a locked keyring asks for its password, and a person has to type it."""

LEAST_PRIORITY = 1
"""The package's own mark: below it are backends that keep secrets in the clear, or nowhere."""

_NOWHERE = "keyring.backends.fail", "keyring.backends.null"


class Backend(Protocol):
    """The part of ``keyring.backend.KeyringBackend`` that we use."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class KeyringVault:
    """A `Vault` in the keyring. A call that is not answered in time is given up, and the keyring's thread with it."""

    kept = Kept.KEYRING

    def __init__(self, backend: Backend, name: str = "", *, seconds: float = PATIENCE_SECONDS) -> None:
        self._backend = backend
        self._seconds = seconds
        self.name = name or type(backend).__name__

    def __repr__(self) -> str:
        return f"KeyringVault({self.name!r})"

    def get(self, name: str) -> str | None:
        return self._ask(lambda: self._backend.get_password(SERVICE, name))

    def put(self, name: str, secret: str) -> None:
        self._ask(lambda: self._backend.set_password(SERVICE, name, secret))

    def forget(self, name: str) -> None:
        self._ask(lambda: self._delete(name))

    def probe(self, seconds: float = PROBE_SECONDS) -> None:
        """Read what is not there. Raises `StorageError` when no answer comes."""
        self._ask(lambda: self._backend.get_password(SERVICE, "probe"), seconds)

    def _delete(self, name: str) -> None:
        if self._backend.get_password(SERVICE, name) is not None:
            self._backend.delete_password(SERVICE, name)

    def _ask(self, question: Callable[[], T], seconds: float | None = None) -> T:
        seconds = self._seconds if seconds is None else seconds
        try:
            return _within(seconds, question)
        except TimeoutError as error:
            raise StorageError(
                f"The keyring of this system ({self.name}) did not answer within {seconds:g} s.",
                means="It may be locked, and wait for its password in a window that you do not see.",
                next_step=_REMEDY,
            ) from error
        except Exception as error:  # a backend is other people's code, and raises whatever it likes
            raise StorageError(
                f"The keyring of this system ({self.name}) {_refusal(error)}.", next_step=_REMEDY
            ) from error


def _refusal(error: Exception) -> str:
    from keyring.errors import KeyringLocked

    if isinstance(error, KeyringLocked):
        return "is locked"
    return f"refused: {str(error).rstrip('.! ') or type(error).__name__}"


_REMEDY = 'Unlock it and try again, or write vault = "file" into config.toml and sign in again.'


def open_keyring(environment: Mapping[str, str], platform: str = sys.platform) -> KeyringVault:
    """The keyring of the system, not yet asked anything. Raises `StorageError` that says why there is none to use."""
    if platform == "linux" and is_remote(environment) and not has_display(environment):
        raise _unusable("this is a remote session without a display, and the keyring would ask for its password there")
    import keyring
    from keyring.backends.chainer import ChainerBackend
    from keyring.errors import KeyringError

    try:
        backend = keyring.get_keyring()
        is_empty_chain = isinstance(backend, ChainerBackend) and not backend.backends
        priority = backend.priority
    except (KeyringError, RuntimeError, ImportError, AttributeError, OSError) as error:
        raise _unusable(str(error) or type(error).__name__) from error
    if type(backend).__module__ in _NOWHERE or is_empty_chain:
        raise _unusable("there is none")
    if priority < LEAST_PRIORITY:
        raise _unusable(f"{backend.name} is not a safe place")
    return KeyringVault(backend, backend.name)


def is_remote(environment: Mapping[str, str]) -> bool:
    """Whether someone came in over SSH."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window that opens would be seen (X or Wayland)."""
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _unusable(why: str) -> StorageError:
    return StorageError(f"No keyring of this system can be used: {why}.")


def _within(seconds: float, question: Callable[[], T]) -> T:
    """The answer to ``question``, asked in a thread that does not keep the program from ending."""
    answer: Future[T] = Future()

    def ask() -> None:
        try:
            answer.set_result(question())
        except BaseException as error:  # noqa: BLE001 -- handed to whoever waits
            answer.set_exception(error)

    Thread(target=ask, name="keyring", daemon=True).start()
    return answer.result(seconds)
