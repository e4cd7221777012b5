"""Ways in that are remembered side by side, and their secrets, which are not beside them."""

import multiprocessing
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokens import samples
from turso_tui.errors import InputError, StorageError
from turso_tui.hrana.url import parse_database_url
from turso_tui.printable import printable
from turso_tui.service.entrance import AccountEntrance, RemoteEntrance
from turso_tui.service.profiles import (
    AccountProfile,
    FileProfile,
    Profiles,
    RemoteProfile,
    checked_name,
    entrance_under,
    secret_name,
)
from turso_tui.service.target import AccountTarget, FileTarget
from turso_tui.tokens import DatabaseToken, Kept, PlatformToken, Vaults
from turso_tui.tokens.keyring_vault import KeyringVault
from turso_tui.tokens.vaults import Preference

API = "https://api.example"
ACCOUNT = AccountEntrance(PlatformToken(samples.UNRESTRICTED), API)
OTHER = AccountEntrance(PlatformToken(samples.SESSION), "http://127.0.0.1:8080")
REMOTE = RemoteEntrance(parse_database_url("libsql://app-acme.turso.io"), DatabaseToken(samples.DATABASE))


class MemoryKeyring:
    """The keyring of one machine."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.secrets.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.secrets[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.secrets[username]

    def _check(self) -> None:
        if self.is_locked:
            raise OSError("it is locked")


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


def profiles(state: Path, keyring: MemoryKeyring | None = None, preference: Preference = "auto") -> Profiles:
    def find(environment: Mapping[str, str]) -> KeyringVault:
        if keyring is None:
            raise StorageError("No keyring of this system can be used: there is none.")
        return KeyringVault(keyring)

    return Profiles(state / "profiles.json", Vaults(state, preference, {}, find=find), clock=lambda: 1_790_000_000.0)


def test_an_account_comes_back_as_it_was(tmp_path: Path) -> None:
    remembered = profiles(tmp_path).remember("work", ACCOUNT, username="ada")
    assert remembered == AccountProfile("work", API, "ada", kept=Kept.FILE)
    assert profiles(tmp_path).get("work") == remembered
    assert profiles(tmp_path).entrance("work") == AccountEntrance(ACCOUNT.token, API, profile="work", kept="file")


def test_the_organization_of_a_token_of_one_group_is_remembered(tmp_path: Path) -> None:
    scoped = AccountEntrance(PlatformToken(samples.GROUP_SCOPED), API, organization="acme")
    profiles(tmp_path).remember("ci", scoped)
    entrance = profiles(tmp_path).entrance("ci")
    assert isinstance(entrance, AccountEntrance)
    assert entrance.organization == "acme"


def test_what_is_wanted_first_is_not_remembered(tmp_path: Path) -> None:
    once = AccountEntrance(ACCOUNT.token, API, AccountTarget("acme", "app"))
    profiles(tmp_path).remember("work", once)
    entrance = profiles(tmp_path).entrance("work")
    assert isinstance(entrance, AccountEntrance)
    assert entrance.target is None


def test_a_database_comes_back_with_its_token(tmp_path: Path) -> None:
    profiles(tmp_path).remember("app", REMOTE)
    entrance = profiles(tmp_path).entrance("app")
    assert entrance == RemoteEntrance(REMOTE.url, REMOTE.token, profile="app", kept="file")


def test_a_database_without_a_token_has_no_secret(tmp_path: Path) -> None:
    local = RemoteEntrance(parse_database_url("http://127.0.0.1:8080"))
    assert profiles(tmp_path).remember("dev", local) == RemoteProfile("dev", "http://127.0.0.1:8080")
    assert profiles(tmp_path).entrance("dev") == RemoteEntrance(local.url, profile="dev")
    assert not (tmp_path / "vault.json").exists()


def test_a_token_in_a_url_does_not_get_into_the_profiles(tmp_path: Path) -> None:
    url = parse_database_url(f"libsql://app-acme.turso.io?authToken={samples.DATABASE}")
    profiles(tmp_path).remember("app", RemoteEntrance(url, DatabaseToken(samples.DATABASE)))
    assert samples.DATABASE not in (tmp_path / "profiles.json").read_text()


def test_a_file_is_found_from_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    profiles(tmp_path / "state").remember("notes", FileTarget(Path("notes.db")))
    monkeypatch.chdir("/")
    assert profiles(tmp_path / "state").entrance("notes") == FileTarget(tmp_path / "notes.db")


def test_secrets_are_in_the_vault_alone(tmp_path: Path) -> None:
    profiles(tmp_path).remember("work", ACCOUNT, username="ada")
    holders = [path.name for path in tmp_path.iterdir() if samples.UNRESTRICTED in path.read_text()]
    assert holders == ["vault.json"]


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    profiles(tmp_path / "state").remember("work", ACCOUNT)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_several_are_listed_by_name_and_the_last_used_is_known(tmp_path: Path) -> None:
    kept = profiles(tmp_path)
    assert kept.last() is None
    for name in ("work", "Home", "ci"):
        kept.remember(name, ACCOUNT)
    assert [profile.name for profile in kept.all()] == ["ci", "Home", "work"]
    kept.used("work")
    last = profiles(tmp_path).last()
    assert last is not None
    assert last.name == "work"
    assert [profile.name for profile in kept.recent()] == ["work", "ci", "Home"]


def test_using_what_is_not_there_changes_nothing(tmp_path: Path) -> None:
    kept = profiles(tmp_path)
    kept.remember("work", ACCOUNT)
    kept.used("nobody")
    assert [profile.name for profile in kept.recent()] == ["work"]


def test_the_same_name_again_replaces_it(tmp_path: Path) -> None:
    kept = profiles(tmp_path)
    kept.remember("work", ACCOUNT, username="ada")
    kept.remember("work", OTHER, username="bob")
    assert kept.all() == (AccountProfile("work", OTHER.base_url, "bob", kept=Kept.FILE),)
    entrance = kept.entrance("work")
    assert isinstance(entrance, AccountEntrance)
    assert entrance.token == OTHER.token


def test_a_replaced_profile_leaves_no_secret_behind(tmp_path: Path) -> None:
    kept = profiles(tmp_path)
    kept.remember("work", ACCOUNT)
    kept.remember("work", FileTarget(tmp_path / "notes.db"))
    assert kept.vaults.file.names() == []


def test_a_secret_goes_to_no_other_host_when_a_login_stops_halfway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = profiles(tmp_path)
    kept.remember("work", ACCOUNT)
    with monkeypatch.context() as death:
        death.setattr(kept._file, "change", _die)
        with pytest.raises(KeyboardInterrupt):
            kept.remember("work", OTHER)
    assert OTHER.token.reveal() in (tmp_path / "vault.json").read_text()
    assert profiles(tmp_path).entrance("work") == AccountEntrance(ACCOUNT.token, API, profile="work", kept="file")


def _die(edit: object) -> None:
    raise KeyboardInterrupt


def test_a_profile_that_goes_to_another_host_leaves_no_secret_behind(tmp_path: Path) -> None:
    kept = profiles(tmp_path)
    kept.remember("work", ACCOUNT)
    kept.remember("work", OTHER)
    assert kept.vaults.file.names() == [f"profile:work {OTHER.base_url}"]


@pytest.mark.parametrize(
    ("entrance", "secret", "reason"),
    [
        (ACCOUNT, samples.DATABASE, "That is a database token"),
        (ACCOUNT, "a-shared-key", "That is no token"),
        (REMOTE, samples.UNRESTRICTED, "That is a platform API token"),
    ],
)
def test_a_secret_of_the_wrong_kind_is_not_used(
    tmp_path: Path, entrance: AccountEntrance | RemoteEntrance, secret: str, reason: str
) -> None:
    kept = profiles(tmp_path)
    profile = kept.remember("work", entrance)
    assert not isinstance(profile, FileProfile)
    kept.vaults.file.put(secret_name(profile), secret)
    with pytest.raises(StorageError, match=f"profile work cannot be used. {reason}") as caught:
        kept.entrance("work")
    assert secret not in str(caught.value)


def test_a_sign_in_that_has_expired_is_still_there_to_be_shown(tmp_path: Path) -> None:
    expired = AccountEntrance(PlatformToken(samples.EXPIRED_SESSION), API)
    kept = profiles(tmp_path)
    kept.remember("work", expired)
    assert kept.entrance("work") == AccountEntrance(expired.token, API, profile="work", kept="file")


def test_forgetting_takes_the_secret_along(tmp_path: Path) -> None:
    kept = profiles(tmp_path)
    kept.remember("work", ACCOUNT)
    kept.forget("work")
    kept.forget("work")
    assert kept.all() == ()
    assert kept.vaults.file.names() == []


def test_who_asks_for_an_unknown_one_is_told_the_names(tmp_path: Path) -> None:
    kept = profiles(tmp_path)
    with pytest.raises(InputError, match="There is none yet"):
        kept.entrance("work")
    kept.remember("home", ACCOUNT)
    with pytest.raises(InputError, match=r"There is no profile work\. There are home\."):
        kept.entrance("work")


class TestKeyring:
    def test_the_secret_is_in_the_keyring_and_nowhere_else(self, tmp_path: Path, keyring: MemoryKeyring) -> None:
        kept = profiles(tmp_path, keyring)
        assert kept.remember("work", ACCOUNT) == AccountProfile("work", API, kept=Kept.KEYRING)
        assert keyring.secrets == {f"profile:work {API}": samples.UNRESTRICTED}
        assert not (tmp_path / "vault.json").exists()
        assert profiles(tmp_path, keyring).entrance("work") == AccountEntrance(
            ACCOUNT.token, API, profile="work", kept="keyring"
        )

    def test_a_keyring_that_is_not_there_now(self, tmp_path: Path, keyring: MemoryKeyring) -> None:
        profiles(tmp_path, keyring).remember("work", ACCOUNT)
        with pytest.raises(StorageError, match="The token of the profile work cannot be read") as caught:
            profiles(tmp_path).entrance("work")
        assert "there is none" in caught.value.what
        assert "auth login --profile work" in caught.value.next_step

    def test_a_locked_keyring(self, tmp_path: Path, keyring: MemoryKeyring) -> None:
        profiles(tmp_path, keyring).remember("work", ACCOUNT)
        keyring.is_locked = True
        with pytest.raises(StorageError, match="it is locked"):
            profiles(tmp_path, keyring).entrance("work")

    def test_a_secret_that_someone_took_away(self, tmp_path: Path, keyring: MemoryKeyring) -> None:
        profiles(tmp_path, keyring).remember("work", ACCOUNT)
        keyring.secrets.clear()
        with pytest.raises(StorageError, match="no longer in the keyring"):
            profiles(tmp_path, keyring).entrance("work")

    def test_a_profile_whose_secret_cannot_be_removed_stays(self, tmp_path: Path, keyring: MemoryKeyring) -> None:
        profiles(tmp_path, keyring).remember("work", ACCOUNT)
        keyring.is_locked = True
        kept = profiles(tmp_path, keyring)
        with pytest.raises(StorageError):
            kept.forget("work")
        assert kept.get("work") is not None

    def test_a_secret_that_moves_is_not_left_where_it_was(self, tmp_path: Path, keyring: MemoryKeyring) -> None:
        profiles(tmp_path, keyring, "file").remember("work", ACCOUNT)
        kept = profiles(tmp_path, keyring)
        kept.remember("work", ACCOUNT)
        assert kept.vaults.file.names() == []
        assert keyring.secrets == {f"profile:work {API}": samples.UNRESTRICTED}


class TestNames:
    @pytest.mark.parametrize("name", ["work", "ada@api.example", "Übung 2", "127.0.0.1:8080", "x" * 64])
    def test_a_good_one(self, name: str) -> None:
        assert checked_name(f" {name} ") == name

    @pytest.mark.parametrize(
        "name",
        ["", "  ", "a/b", "a\\b", "..", ".hidden", "~", "-x", "--profile", "a\nb", "a\x1b[31m", "a\u202eb", "x" * 65],
    )
    def test_one_that_cannot_be_used(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="The name of the profile"):
            profiles(tmp_path).remember(name, ACCOUNT)
        assert not list(tmp_path.iterdir())

    @given(st.text(max_size=70))
    def test_every_name_that_is_taken_can_be_shown(self, name: str) -> None:
        try:
            taken = checked_name(name)
        except InputError:
            return
        assert printable(taken) == taken == taken.strip() != ""

    def test_an_account_is_suggested_by_its_user(self, tmp_path: Path) -> None:
        assert profiles(tmp_path).suggest(ACCOUNT, "ada") == "ada"

    def test_without_a_user_by_its_host(self, tmp_path: Path) -> None:
        assert profiles(tmp_path).suggest(ACCOUNT) == "api.example"

    def test_a_database_and_a_file_by_their_own(self, tmp_path: Path) -> None:
        assert profiles(tmp_path).suggest(REMOTE) == "app-acme"
        assert profiles(tmp_path).suggest(FileTarget(tmp_path / "notes.db")) == "notes.db"

    def test_what_cannot_be_a_name_is_not_suggested(self, tmp_path: Path) -> None:
        assert profiles(tmp_path).suggest(ACCOUNT, "../etc") == "default"

    def test_the_same_account_keeps_its_name(self, tmp_path: Path) -> None:
        kept = profiles(tmp_path)
        kept.remember("work", ACCOUNT, username="ada")
        assert kept.suggest(ACCOUNT, "ada") == "work"

    def test_another_account_does_not_take_it(self, tmp_path: Path) -> None:
        kept = profiles(tmp_path)
        kept.remember("ada", ACCOUNT, username="ada")
        assert kept.suggest(OTHER, "ada") == "ada-2"

    def test_a_second_token_of_a_group_does_not_take_the_name_of_the_first(self, tmp_path: Path) -> None:
        scoped = AccountEntrance(PlatformToken(samples.GROUP_SCOPED), API, organization="acme")
        kept = profiles(tmp_path)
        kept.remember(kept.suggest(scoped), scoped)
        assert kept.suggest(scoped) == "api.example-2"


class TestTrouble:
    @pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 1, "profiles": [{"type": "moon"}]}', b"\xff"])
    def test_a_damaged_file_is_set_aside_and_reported_once(self, tmp_path: Path, damage: bytes) -> None:
        (tmp_path / "profiles.json").write_bytes(damage)
        kept = profiles(tmp_path)
        with pytest.raises(StorageError, match=r"profiles\.json\.corrupt-20260921T141320"):
            kept.all()
        (aside,) = tmp_path.glob("*.corrupt-*")
        assert aside.read_bytes() == damage
        assert kept.all() == ()

    def test_a_file_of_a_later_version_stays_where_it_is(self, tmp_path: Path) -> None:
        later = b'{"version": 2, "profiles": "in another way"}'
        (tmp_path / "profiles.json").write_bytes(later)
        with pytest.raises(StorageError, match="another version"):
            profiles(tmp_path).used("work")
        assert (tmp_path / "profiles.json").read_bytes() == later

    def test_a_profile_is_not_remembered_without_its_secret(self, tmp_path: Path, keyring: MemoryKeyring) -> None:
        kept = profiles(tmp_path, keyring, "keyring")
        keyring.is_locked = True
        with pytest.raises(StorageError):
            kept.remember("work", ACCOUNT)
        assert kept.all() == ()


def _remember_ten(state: Path, prefix: str) -> None:
    kept = profiles(state)
    for number in range(10):
        kept.remember(f"{prefix}-{number}", ACCOUNT)


def test_two_programs_do_not_lose_each_others_profiles(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    programs = [spawn.Process(target=_remember_ten, args=(tmp_path, name)) for name in ("one", "two")]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    assert len(profiles(tmp_path).all()) == 20


def test_an_entrance_knows_how_it_is_remembered() -> None:
    profile = AccountProfile("work", API, kept=Kept.KEYRING)
    assert entrance_under(ACCOUNT, profile) == AccountEntrance(ACCOUNT.token, API, profile="work", kept="keyring")
    file = FileTarget(Path("/notes.db"))
    assert entrance_under(file, FileProfile("notes", "/notes.db")) == file
