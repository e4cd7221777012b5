"""Which vault a secret goes to, and what the program says of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tokens.test_vault_keyring import FailingKeyring, SmallKeyring
from turso_tui.errors import StorageError
from turso_tui.tokens import FileVault, Kept, Vaults
from turso_tui.tokens.keyring_vault import KeyringVault
from turso_tui.tokens.vaults import Preference

SECRET = "s3cret"


def vaults(directory: Path, preference: Preference, backend: SmallKeyring | None) -> Vaults:
    def find(environment: Mapping[str, str]) -> KeyringVault:
        if backend is None:
            raise StorageError("No keyring of this system can be used: there is none.")
        return KeyringVault(backend, "Small Keyring")

    return Vaults(directory, preference, {}, find=find)


def test_a_keyring_that_answers_is_preferred(tmp_path: Path) -> None:
    found = vaults(tmp_path, "auto", SmallKeyring())
    assert found.preferred().kept is Kept.KEYRING
    assert found.why == "Tokens are kept in the keyring of this system (Small Keyring)."


def test_without_a_keyring_the_file_is_taken_and_the_reason_given(tmp_path: Path) -> None:
    found = vaults(tmp_path, "auto", None)
    assert isinstance(found.preferred(), FileVault)
    assert found.why == (
        f"Tokens are kept in {tmp_path / 'vault.json'}, which only you can read."
        " No keyring of this system can be used: there is none."
    )


def test_a_keyring_that_does_not_answer_is_not_relied_upon(tmp_path: Path) -> None:
    found = vaults(tmp_path, "auto", FailingKeyring(OSError("no bus")))
    assert found.preferred().kept is Kept.FILE
    assert "refused: no bus." in found.why


def test_the_settings_can_want_the_file(tmp_path: Path) -> None:
    backend = SmallKeyring()
    found = vaults(tmp_path, "file", backend)
    found.preferred().put("a", SECRET)
    assert backend.secrets == {}
    assert 'because config.toml says vault = "file"' in found.why


def test_who_wants_the_keyring_is_not_given_the_file_instead(tmp_path: Path) -> None:
    found = vaults(tmp_path, "keyring", None)
    with pytest.raises(StorageError, match="there is none") as caught:
        found.preferred()
    assert 'vault = "keyring"' in caught.value.means
    assert "cannot be kept" in found.why
    assert not list(tmp_path.iterdir())


def test_a_secret_in_the_file_is_reached_whatever_is_preferred(tmp_path: Path) -> None:
    vaults(tmp_path, "file", None).preferred().put("a", SECRET)
    assert vaults(tmp_path, "auto", SmallKeyring()).at(Kept.FILE).get("a") == SECRET


def test_a_secret_in_the_keyring_is_reached_whatever_is_preferred(tmp_path: Path) -> None:
    backend = SmallKeyring()
    vaults(tmp_path, "auto", backend).preferred().put("a", SECRET)
    assert vaults(tmp_path, "file", backend).at(Kept.KEYRING).get("a") == SECRET


def test_a_keyring_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is none"):
        vaults(tmp_path, "file", None).at(Kept.KEYRING)
