"""Which door is taken, and where a token of the environment goes."""

from pathlib import Path

import pytest

from tests.tokens import samples
from turso_tui.errors import InputError
from turso_tui.hrana.url import parse_database_url
from turso_tui.service.entrance import (
    AccountEntrance,
    RemoteEntrance,
    api_url,
    choose_entrance,
    remembered_account,
    remote_entrance,
    secret_name,
)
from turso_tui.service.services import API_URL
from turso_tui.service.target import AccountTarget, FileTarget
from turso_tui.tokens import DatabaseToken, PlatformToken, Vault

URL = "libsql://app-acme.turso.io"
PLATFORM, DATABASE = samples.UNRESTRICTED, samples.DATABASE
OTHER_PLATFORM = samples.ORGANIZATION


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "secrets.json")


@pytest.fixture
def signed_in(vault: Vault) -> Vault:
    vault.put(secret_name(API_URL), PLATFORM)
    return vault


def test_with_nothing_to_go_by_a_person_is_asked(vault: Vault) -> None:
    assert choose_entrance({}, vault, None) is None


def test_a_sign_in_is_remembered(signed_in: Vault) -> None:
    assert choose_entrance({}, signed_in, None) == AccountEntrance(PlatformToken(PLATFORM))


def test_the_environment_wins_over_the_remembered_sign_in(signed_in: Vault) -> None:
    entrance = choose_entrance({"TURSO_API_TOKEN": OTHER_PLATFORM}, signed_in, None)
    assert entrance == AccountEntrance(PlatformToken(OTHER_PLATFORM))


def test_a_sign_in_belongs_to_one_api(signed_in: Vault) -> None:
    environment = {"TURSO_API_BASEURL": "http://127.0.0.1:8080/"}
    assert api_url(environment) == "http://127.0.0.1:8080"
    assert remembered_account(environment, signed_in) is None


def test_a_database_token_is_no_sign_in_and_the_variable_is_named(vault: Vault) -> None:
    with pytest.raises(InputError, match=r"^TURSO_API_TOKEN: That is a database token"):
        choose_entrance({"TURSO_API_TOKEN": DATABASE}, vault, None)


def test_a_database_of_the_environment_is_taken_where_there_is_no_account(vault: Vault, signed_in: Vault) -> None:
    environment = {"TURSO_DATABASE_URL": URL, "TURSO_AUTH_TOKEN": DATABASE}
    assert isinstance(choose_entrance(environment, signed_in, None), AccountEntrance)
    vault.forget(secret_name(API_URL))
    assert choose_entrance(environment, vault, None) == RemoteEntrance(parse_database_url(URL), DatabaseToken(DATABASE))


def test_a_target_in_the_account(signed_in: Vault) -> None:
    entrance = choose_entrance({}, signed_in, "acme/app")
    assert entrance == AccountEntrance(PlatformToken(PLATFORM), target=AccountTarget("acme", "app"))


def test_a_target_in_an_account_needs_one(vault: Vault) -> None:
    with pytest.raises(InputError, match="a sign-in is needed"):
        choose_entrance({}, vault, "acme/app")


def test_a_file_needs_nobody(vault: Vault, tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    path.touch()
    assert choose_entrance({"TURSO_API_TOKEN": "not looked at"}, vault, str(path)) == FileTarget(path)


def test_a_url_without_a_token(vault: Vault) -> None:
    assert choose_entrance({}, vault, URL) == RemoteEntrance(parse_database_url(URL))


def test_a_token_in_an_argument_is_refused_without_repeating_it(vault: Vault) -> None:
    with pytest.raises(InputError, match="read by everyone") as caught:
        choose_entrance({}, vault, f"{URL}?authToken={DATABASE}")
    assert DATABASE not in str(caught.value)


def test_a_token_in_a_pasted_url_is_used() -> None:
    entrance = remote_entrance(f"{URL}?authToken={DATABASE}", {})
    assert isinstance(entrance, RemoteEntrance)
    assert entrance.token == DatabaseToken(DATABASE)
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
    assert entrance.token == (DatabaseToken(DATABASE) if goes else None)


def test_a_platform_token_never_goes_to_a_database(vault: Vault) -> None:
    with pytest.raises(InputError, match="platform API token"):
        choose_entrance({"TURSO_AUTH_TOKEN": PLATFORM}, vault, URL)
