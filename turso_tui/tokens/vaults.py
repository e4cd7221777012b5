"""Which vault new secrets go to, and why; and the way to those that are in the other one."""

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from turso_tui.errors import StorageError
from turso_tui.tokens.keyring_vault import KeyringVault, open_keyring
from turso_tui.tokens.vault import FileVault, Kept, Vault

Preference: TypeAlias = Literal["auto", "keyring", "file"]


class Vaults:
    """The keyring of the system where one answers, else a file in ``directory``; a ``preference`` overrides that."""

    def __init__(
        self,
        directory: Path,
        preference: Preference = "auto",
        environment: Mapping[str, str] = os.environ,
        *,
        find: Callable[[Mapping[str, str]], KeyringVault] = open_keyring,
    ) -> None:
        self.file = FileVault(directory / "vault.json")
        self._preference = preference
        self._environment = environment
        self._find = find

    def preferred(self) -> Vault:
        """Where a new secret goes. Blocks for some seconds at most when it is first asked.

        Raises `StorageError` where the settings want the keyring and there is none: nothing is downgraded silently.
        """
        if self._preference == "file":
            return self.file
        keyring = self._answering
        if isinstance(keyring, KeyringVault):
            return keyring
        if self._preference == "auto":
            return self.file
        raise StorageError(
            keyring.what,
            means='config.toml says vault = "keyring".',
            next_step='Unlock or start the keyring, or write vault = "auto".',
        )

    def at(self, kept: Kept) -> Vault:
        """The vault in which a secret was put. Raises `StorageError` when it is the keyring and there is none now."""
        return self.file if kept is Kept.FILE else self._keyring

    @property
    def why(self) -> str:
        """One sentence: where new secrets go, and for which reason. Blocks as `preferred` does."""
        file = f"Tokens are kept in {self.file.path}, which only you can read"
        if self._preference == "file":
            return f'{file}, because config.toml says vault = "file".'
        keyring = self._answering
        if isinstance(keyring, KeyringVault):
            return f"Tokens are kept in the keyring of this system ({keyring.name})."
        if self._preference == "auto":
            return f"{file}. {keyring.what}"
        return f'Tokens cannot be kept: config.toml says vault = "keyring". {keyring.what}'

    @cached_property
    def _answering(self) -> KeyringVault | StorageError:
        """The keyring if it answers, else why not; found out once."""
        try:
            self._keyring.probe()
        except StorageError as error:
            return error
        return self._keyring

    @cached_property
    def _keyring(self) -> KeyringVault:
        return self._find(self._environment)
