"""Settings and profiles of whoever runs the program, from where they belong."""

from collections.abc import Mapping

from turso_tui import locations
from turso_tui.service.config import Config, load_config
from turso_tui.service.profiles import Profiles
from turso_tui.tokens import Vaults


def read_config() -> Config:
    """Raises `StorageError` and `InputError` as `load_config` does."""
    return load_config(locations.config_directory() / "config.toml")


def open_profiles(config: Config, environment: Mapping[str, str]) -> Profiles:
    """Nothing is read yet."""
    state = locations.state_directory()
    return Profiles(state / "profiles.json", Vaults(state, config.vault, environment))
