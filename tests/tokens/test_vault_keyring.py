"""Secrets in the keyring of the system, through the real package: a real one where there is one, else a small one."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError, PasswordSetError

from turso_tui.errors import StorageError
from turso_tui.tokens import Kept
from turso_tui.tokens.keyring_vault import SERVICE, KeyringVault, has_display, is_remote, open_keyring

SECRET = "s3cret-in-the-keyring"


class SmallKeyring(KeyringBackend):
    """A keyring in memory."""

    priority: float = 5
    name = "Small Keyring"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.secrets.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class FailingKeyring(SmallKeyring):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class SilentKeyring(SmallKeyring):
    """It waits for a password in a window that nobody sees."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answers.wait(10)
        return None


class CheapKeyring(SmallKeyring):
    priority = 0.5


Use = Callable[[KeyringBackend], None]


@pytest.fixture
def use() -> Iterator[Use]:
    """Makes a backend the one of the whole process, until the end of the test."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_secret_is_put_where_the_system_lists_it_as_ours(use: Use) -> None:
    backend = SmallKeyring()
    use(backend)
    vault = open_keyring({})
    vault.put("profile:work", SECRET)
    assert vault.kept is Kept.KEYRING
    assert backend.secrets == {(SERVICE, "profile:work"): SECRET}
    assert open_keyring({}).get("profile:work") == SECRET


def test_a_forgotten_secret_is_gone_and_forgetting_twice_is_no_error() -> None:
    backend = SmallKeyring()
    vault = KeyringVault(backend)
    vault.put("a", SECRET)
    vault.forget("a")
    vault.forget("a")
    assert vault.get("a") is None
    assert backend.secrets == {}


def test_a_question_whether_it_answers_leaves_nothing_behind() -> None:
    backend = SmallKeyring()
    KeyringVault(backend).probe()
    assert backend.secrets == {}


class TestUsable:
    """A keyring that keeps nothing, or keeps it in the clear, is none."""

    def refusal(self, backend: KeyringBackend, use: Use) -> str:
        use(backend)
        with pytest.raises(StorageError) as caught:
            open_keyring({})
        return str(caught.value)

    def test_not_the_one_that_always_fails(self, use: Use) -> None:
        assert "there is none" in self.refusal(fail.Keyring(), use)  # type: ignore[no-untyped-call]

    def test_not_the_one_that_forgets_everything(self, use: Use) -> None:
        assert "there is none" in self.refusal(null.Keyring(), use)  # type: ignore[no-untyped-call]

    def test_not_a_chain_of_nothing(self, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(chainer.ChainerBackend, "backends", ())
        assert "there is none" in self.refusal(chainer.ChainerBackend(), use)  # type: ignore[no-untyped-call]

    def test_not_one_that_its_own_package_advises_against(self, use: Use) -> None:
        assert "not a safe place" in self.refusal(CheapKeyring(), use)

    @pytest.mark.parametrize(
        ("environment", "platform", "is_tried"),
        [
            ({"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}, "linux", False),
            ({"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22", "DISPLAY": ":10"}, "linux", True),
            ({"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22", "WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
            ({"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}, "darwin", True),
            ({}, "linux", True),
        ],
    )
    def test_not_one_whose_window_nobody_would_see(
        self, environment: dict[str, str], platform: str, is_tried: bool, use: Use
    ) -> None:
        use(SmallKeyring())
        if is_tried:
            assert open_keyring(environment, platform).name == "Small Keyring"
        else:
            with pytest.raises(StorageError, match="remote session without a display"):
                open_keyring(environment, platform)


class TestTrouble:
    """What goes wrong in a keyring ends as a sentence, and in time."""

    def test_a_locked_keyring(self) -> None:
        with pytest.raises(StorageError, match=r"\(FailingKeyring\) is locked\. Unlock it") as caught:
            KeyringVault(FailingKeyring(KeyringLocked("Failed to unlock the collection!"))).get("a")
        assert 'vault = "file"' in caught.value.next_step

    @pytest.mark.parametrize("error", [KeyringError("no bus"), PasswordSetError("no bus"), OSError("no bus")])
    def test_a_failing_keyring(self, error: Exception) -> None:
        with pytest.raises(StorageError, match=r"refused: no bus\."):
            KeyringVault(FailingKeyring(error)).put("a", SECRET)

    def test_an_error_without_words_is_named(self) -> None:
        with pytest.raises(StorageError, match=r"refused: ZeroDivisionError\."):
            KeyringVault(FailingKeyring(ZeroDivisionError())).get("a")

    def test_a_silent_keyring_is_given_up(self) -> None:
        backend = SilentKeyring()
        with pytest.raises(StorageError, match=r"did not answer within 0\.05 s"):
            KeyringVault(backend, seconds=0.05).get("a")
        backend.answers.set()

    def test_a_silent_keyring_does_not_keep_the_program_from_ending(self) -> None:
        program = """
import threading
from turso_tui.errors import StorageError
from turso_tui.tokens.keyring_vault import KeyringVault
class Silent:
    def get_password(self, service, username):
        threading.Event().wait(60)
try:
    KeyringVault(Silent(), seconds=0.05).get("a")
except StorageError as error:
    print(error.what)
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
        assert "did not answer" in done.stdout

    def test_the_secret_is_in_no_error(self) -> None:
        with pytest.raises(StorageError) as caught:
            KeyringVault(FailingKeyring(PasswordSetError("no"))).put("a", SECRET)
        assert SECRET not in repr(caught.value) + str(caught.value)


def test_who_comes_over_ssh_and_who_has_a_display() -> None:
    assert is_remote({"SSH_TTY": "/dev/pts/0"})
    assert not is_remote({"SSH_CONNECTION": ""})
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert not has_display({"DISPLAY": ""})


REAL = """
import os, pathlib, sys
from turso_tui.tokens import Vaults
vaults = Vaults(pathlib.Path(sys.argv[1]), "auto", os.environ)
print(vaults.why)
vault = vaults.preferred()
vault.put("profile:work", sys.stdin.read())
print(Vaults(pathlib.Path(sys.argv[1]), "auto", os.environ).at(vault.kept).get("profile:work"))
vault.forget("profile:work")
print(vault.get("profile:work"))
"""
UNLOCKED = 'printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"'
LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null; exec "$@"'


class TestGnomeKeyring:
    """The Secret Service as it is on a desktop, on a bus of its own."""

    def run(self, start: str, directory: Path) -> list[str]:
        for program in ("dbus-run-session", "gnome-keyring-daemon"):
            if shutil.which(program) is None:
                pytest.skip(f"needs {program}")
        for name in ("data", "run", "config", "cache"):
            (directory / name).mkdir(mode=0o700)
        own = {f"XDG_{name.upper()}_HOME": str(directory / name) for name in ("data", "config", "cache")}
        without = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SSH_", "DBUS_", "PYTHON_KEYRING"))
        }
        asking = ("sh", "-c", start, "sh", sys.executable, "-c", REAL, str(directory / "state"))
        done = subprocess.run(
            ["dbus-run-session", "--", *asking],
            input=SECRET,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=without | own | {"XDG_RUNTIME_DIR": str(directory / "run"), "HOME": str(directory)},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def test_an_unlocked_one_keeps_the_secret(self, tmp_path: Path) -> None:
        why, found, after = self.run(UNLOCKED, tmp_path)
        assert "in the keyring of this system" in why
        assert (found, after) == (SECRET, "None")
        assert not (tmp_path / "state").exists()
        assert SECRET.encode() not in b"".join(p.read_bytes() for p in tmp_path.rglob("*.keyring"))

    def test_a_locked_one_is_not_waited_for(self, tmp_path: Path) -> None:
        why, found, _ = self.run(LOCKED, tmp_path)
        assert "vault.json" in why
        assert "is locked" in why or "refused" in why
        assert found == SECRET
