"""Which door is taken, and where a token of the environment goes."""

from pathlib import Path

import pytest

from tests.tokens import samples
from turso_tui.errors import InputError, StorageError
from turso_tui.hrana.url import parse_database_url
from turso_tui.service.entrance import (
    AccountEntrance,
    RemoteEntrance,
    api_url,
    choose_entrance,
    remembered_account,
    remote_entrance,
)
from turso_tui.service.profiles import Profiles
from turso_tui.service.services import API_URL
from turso_tui.service.target import AccountTarget, FileTarget
from turso_tui.tokens import DatabaseToken, PlatformToken, Vaults

URL = "libsql://app-acme.turso.io"
PLATFORM, DATABASE = samples.UNRESTRICTED, samples.DATABASE
OTHER_PLATFORM = samples.ORGANIZATION
OTHER_API = "http://127.0.0.1:8080"


@pytest.fixture
def nobody(tmp_path: Path) -> Profiles:
    """Nothing is remembered."""
    return Profiles(tmp_path / "profiles.json", Vaults(tmp_path, "file"))


@pytest.fixture
def profiles(nobody: Profiles) -> Profiles:
    """Two accounts, a database and a file are remembered; the account “work” was used last."""
    nobody.remember("notes", FileTarget(Path("/notes.db")))
    nobody.remember("app", RemoteEntrance(parse_database_url(URL), DatabaseToken(DATABASE)))
    nobody.remember("local", AccountEntrance(PlatformToken(OTHER_PLATFORM), OTHER_API))
    nobody.remember("work", AccountEntrance(PlatformToken(PLATFORM)))
    return nobody


WORK = AccountEntrance(PlatformToken(PLATFORM), API_URL, profile="work", kept="file")
LOCAL = AccountEntrance(PlatformToken(OTHER_PLATFORM), OTHER_API, profile="local", kept="file")


class TestOrder:
    """The profile, the target, the environment's account, the profile used last, the environment's database."""

    everything = {"TURSO_API_TOKEN": OTHER_PLATFORM, "TURSO_DATABASE_URL": URL, "TURSO_AUTH_TOKEN": DATABASE}

    def test_a_profile_wins_over_everything(self, profiles: Profiles) -> None:
        assert choose_entrance(self.everything, profiles, None, "work") == WORK

    def test_a_target_wins_over_the_environment(self, profiles: Profiles, tmp_path: Path) -> None:
        path = tmp_path / "app.db"
        path.touch()
        assert choose_entrance(self.everything, profiles, str(path)) == FileTarget(path)

    def test_the_environment_wins_over_what_is_remembered(self, profiles: Profiles) -> None:
        entrance = choose_entrance(self.everything, profiles, None)
        assert entrance == AccountEntrance(PlatformToken(OTHER_PLATFORM), kept="environment")

    @pytest.mark.parametrize("name", ["work", "app", "notes"])
    def test_whatever_was_used_last_wins_over_a_database_of_the_environment(
        self, profiles: Profiles, name: str
    ) -> None:
        profiles.used(name)
        entrance = choose_entrance({"TURSO_DATABASE_URL": "http://127.0.0.1:9"}, profiles, None)
        assert entrance == profiles.entrance(name)

    def test_a_database_of_the_environment_is_better_than_nothing(self, nobody: Profiles) -> None:
        environment = {"TURSO_DATABASE_URL": URL, "TURSO_AUTH_TOKEN": DATABASE}
        assert choose_entrance(environment, nobody, None) == RemoteEntrance(
            parse_database_url(URL), DatabaseToken(DATABASE), kept="environment"
        )

    def test_with_nothing_to_go_by_a_person_is_asked(self, nobody: Profiles) -> None:
        assert choose_entrance({}, nobody, None) is None


class TestProfiles:
    def test_the_chosen_one_becomes_the_last(self, profiles: Profiles) -> None:
        assert choose_entrance({}, profiles, None, "local") == LOCAL
        assert choose_entrance({}, profiles, None) == LOCAL

    def test_an_account_takes_a_target(self, profiles: Profiles) -> None:
        entrance = choose_entrance({}, profiles, "acme/app", "local")
        assert isinstance(entrance, AccountEntrance)
        assert (entrance.target, entrance.profile) == (AccountTarget("acme", "app"), "local")

    @pytest.mark.parametrize(("name", "target"), [("work", URL), ("app", "acme/app"), ("notes", URL)])
    def test_a_target_that_lies_elsewhere_is_a_contradiction(self, profiles: Profiles, name: str, target: str) -> None:
        with pytest.raises(InputError, match=f"The profile {name} does not lead to"):
            choose_entrance({}, profiles, target, name)

    def test_an_unknown_one(self, profiles: Profiles) -> None:
        with pytest.raises(InputError, match=r"There is no profile hme\. There are app, local, notes, work\."):
            choose_entrance({}, profiles, None, "hme")

    def test_one_whose_secret_is_gone(self, profiles: Profiles) -> None:
        profiles.vaults.file.forget(f"profile:work {API_URL}")
        with pytest.raises(StorageError, match="is no longer in the file"):
            choose_entrance({}, profiles, None)


class TestBaseUrl:
    def test_an_api_of_the_environment_leaves_out_the_accounts_of_others(self, profiles: Profiles) -> None:
        environment = {"TURSO_API_BASEURL": f"{OTHER_API}/"}
        assert api_url(environment) == OTHER_API
        assert choose_entrance(environment, profiles, None) == LOCAL

    def test_and_then_there_may_be_none(self, profiles: Profiles) -> None:
        assert remembered_account({"TURSO_API_BASEURL": "http://127.0.0.1:1"}, profiles) is None

    def test_the_token_of_the_environment_goes_to_its_api(self, nobody: Profiles) -> None:
        entrance = choose_entrance({"TURSO_API_TOKEN": PLATFORM, "TURSO_API_BASEURL": OTHER_API}, nobody, None)
        assert entrance == AccountEntrance(PlatformToken(PLATFORM), OTHER_API, kept="environment")


def test_a_database_token_is_no_sign_in_and_the_variable_is_named(nobody: Profiles) -> None:
    with pytest.raises(InputError, match=r"^TURSO_API_TOKEN: That is a database token"):
        choose_entrance({"TURSO_API_TOKEN": DATABASE}, nobody, None)


class TestTargets:
    def test_a_database_of_the_account(self, profiles: Profiles) -> None:
        entrance = choose_entrance({}, profiles, "acme/app")
        assert isinstance(entrance, AccountEntrance)
        assert (entrance.token, entrance.target) == (WORK.token, AccountTarget("acme", "app"))

    def test_it_is_of_the_account_used_last_whatever_else_was_used_since(self, profiles: Profiles) -> None:
        profiles.used("notes")
        entrance = choose_entrance({}, profiles, "acme/app")
        assert isinstance(entrance, AccountEntrance)
        assert entrance.profile == "work"

    def test_without_an_account_there_is_none(self, nobody: Profiles) -> None:
        with pytest.raises(InputError, match="a sign-in is needed"):
            choose_entrance({}, nobody, "acme/app")

    def test_a_file_needs_nobody(self, nobody: Profiles, tmp_path: Path) -> None:
        path = tmp_path / "app.db"
        path.touch()
        assert choose_entrance({"TURSO_API_TOKEN": "not looked at"}, nobody, str(path)) == FileTarget(path)

    def test_a_url_without_a_token(self, nobody: Profiles) -> None:
        assert choose_entrance({}, nobody, URL) == RemoteEntrance(parse_database_url(URL))

    @pytest.mark.parametrize("profile", [None, "work"])
    def test_a_token_in_an_argument_is_refused_without_repeating_it(
        self, profiles: Profiles, profile: str | None
    ) -> None:
        with pytest.raises(InputError, match="read by everyone") as caught:
            choose_entrance({}, profiles, f"{URL}?authToken={DATABASE}", profile)
        assert DATABASE not in str(caught.value)


def test_a_token_in_a_pasted_url_is_used() -> None:
    entrance = remote_entrance(f"{URL}?authToken={DATABASE}", {})
    assert isinstance(entrance, RemoteEntrance)
    assert (entrance.token, entrance.kept) == (DatabaseToken(DATABASE), "memory")
    assert DATABASE not in repr(entrance)


@pytest.mark.parametrize(
    ("own_url", "target", "goes"),
    [
        (None, URL, True),
        (URL, URL, True),
        (URL, "https://app-acme.turso.io/", True),
        (URL, "libsql://evil.example", False),
        (URL, "http://app-acme.turso.io", False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8081", False),
    ],
)
def test_the_token_of_the_environment_goes_only_where_it_belongs(own_url: str | None, target: str, goes: bool) -> None:
    environment = {"TURSO_AUTH_TOKEN": DATABASE} | ({"TURSO_DATABASE_URL": own_url} if own_url else {})
    entrance = remote_entrance(target, environment)
    assert isinstance(entrance, RemoteEntrance)
    assert (entrance.token, entrance.kept) == ((DatabaseToken(DATABASE), "environment") if goes else (None, ""))


def test_a_platform_token_never_goes_to_a_database(nobody: Profiles) -> None:
    with pytest.raises(InputError, match="platform API token"):
        choose_entrance({"TURSO_AUTH_TOKEN": PLATFORM}, nobody, URL)
