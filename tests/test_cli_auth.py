"""``turso-tui auth`` without a terminal: piped, scripted, and told by its exit code."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from tests.tokens import samples
from turso_tui import locations
from turso_tui.local.server import LocalServer
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.profiles import Profiles
from turso_tui.service.target import FileTarget
from turso_tui.tokens import PlatformToken, Vaults

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


class Home:
    """A person's directories, a server to sign in to, and the command."""

    def __init__(self, directory: Path, server: LocalServer) -> None:
        self.directory = directory
        self.server = server
        self.environment: Mapping[str, str] = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
            },
            **{f"XDG_{name}_HOME": str(directory / name.lower()) for name in ("CONFIG", "STATE", "CACHE", "DATA")},
            "HOME": str(directory),
            "TURSO_API_BASEURL": server.url,
            **NO_KEYRING,
        }

    @property
    def state(self) -> Path:
        return self.directory / "state" / locations.APP

    @property
    def profiles(self) -> Profiles:
        return Profiles(self.state / "profiles.json", Vaults(self.state, "file"))

    def token_of(self, name: str) -> str:
        entrance = self.profiles.entrance(name)
        assert isinstance(entrance, AccountEntrance)
        return entrance.token.reveal()

    def auth(self, *arguments: str, piped: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "turso_tui", "auth", *arguments],
            input=piped,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**self.environment, **environment},
        )

    def files_with(self, secret: str) -> list[str]:
        found = [path for path in self.directory.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
        return [str(path.relative_to(self.state)) for path in found]


@pytest.fixture
def home(tmp_path: Path, local_server: LocalServer) -> Home:
    (tmp_path / "home").mkdir()
    return Home(tmp_path / "home", local_server)


def session(server: LocalServer) -> str:
    """What the server's page shows to somebody who signs in without a browser here."""
    page = httpx.post(f"{server.url}/?redirect=false", trust_env=False).text
    return page.partition("<code>")[2].partition("</code>")[0]


def group_token(server: LocalServer) -> str:
    """An API token that may do little, in one group."""
    api = httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.token}"}, trust_env=False)
    with api:
        groups = api.get(f"/v1/organizations/{server.organization}/groups").raise_for_status().json()["groups"]
        wish = {"organization": server.organization, "group": groups[0]["name"], "scopes": ["read"]}
        token: str = api.post("/v1/auth/api-tokens/narrow", json=wish).raise_for_status().json()["token"]
    return token


@pytest.fixture
def signed_in(home: Home) -> Home:
    home.profiles.remember(
        "work", AccountEntrance(PlatformToken(session(home.server)), home.server.url), username="you"
    )
    return home


class TestLogin:
    def test_a_piped_token_is_remembered(self, home: Home) -> None:
        done = home.auth("login", "--profile", "ci", piped=home.server.token)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Remembered as the profile “ci”." in done.stdout
        assert "vault.json" in done.stdout
        assert home.token_of("ci") == home.server.token

    def test_the_secret_is_in_the_vault_and_nowhere_else(self, home: Home) -> None:
        done = home.auth("login", piped=home.server.token)
        assert home.server.token not in done.stdout + done.stderr
        assert home.files_with(home.server.token) == ["vault.json"]

    def test_a_whole_line_of_a_shell_script_is_understood(self, home: Home) -> None:
        done = home.auth("login", "--profile", "ci", piped=f'export TURSO_API_TOKEN="{home.server.token}"\n')
        assert done.returncode == 0
        assert home.token_of("ci") == home.server.token

    def test_it_gets_a_name_of_its_own(self, home: Home) -> None:
        home.auth("login", piped=home.server.token)
        (profile,) = home.profiles.all()
        assert profile.name == "you"

    def test_a_token_of_one_group_needs_its_organization(self, home: Home) -> None:
        token = group_token(home.server)
        refused = home.auth("login", piped=token)
        assert refused.returncode == 1
        assert "--organization" in refused.stderr
        done = home.auth("login", "--profile", "ci", "--organization", home.server.organization, piped=token)
        assert done.returncode == 0, done.stderr
        entrance = home.profiles.entrance("ci")
        assert isinstance(entrance, AccountEntrance)
        assert entrance.organization == home.server.organization

    def test_a_variable_can_be_remembered(self, home: Home) -> None:
        done = home.auth("login", "--profile", "ci", TURSO_API_TOKEN=home.server.token)
        assert done.returncode == 0
        assert "TURSO_API_TOKEN is set, and goes before every profile." in done.stdout
        assert home.token_of("ci") == home.server.token

    @pytest.mark.parametrize(
        ("piped", "words"),
        [
            ("", "none was piped"),
            ("  \n", "none was piped"),
            (samples.DATABASE, "That is a database token"),
            ("hunter2", "no token of Turso's"),
            ("\xff\x00\x1b[31m", "no token of Turso's"),
            (samples.UNRESTRICTED, "does not accept this token"),
        ],
    )
    def test_what_is_no_sign_in_is_not_remembered(self, home: Home, piped: str, words: str) -> None:
        done = home.auth("login", piped=piped)
        assert done.returncode == 1
        assert words in done.stderr
        assert "\x1b" not in done.stderr
        assert not piped.strip() or piped not in done.stderr
        assert home.profiles.all() == ()

    def test_a_server_that_is_not_there_is_not_a_refusal(self, home: Home) -> None:
        done = home.auth("login", "--base-url", "http://127.0.0.1:9", piped=home.server.token)
        assert done.returncode == 1
        assert "does not accept" not in done.stderr
        assert home.profiles.all() == ()

    def test_a_name_that_cannot_be_used_is_refused_before_anything_is_asked(self, home: Home) -> None:
        done = home.auth("login", "--profile", "../x", piped=home.server.token)
        assert (done.returncode, done.stdout) == (1, "")
        assert "The name of the profile" in done.stderr

    def test_the_sign_in_of_the_cli_is_taken_over_and_its_file_left_alone(self, home: Home) -> None:
        settings = home.directory / "config" / "turso" / "settings.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'{{"token": "{home.server.token}", "username": "you", "organization": "acme"}}')
        before = (settings.read_bytes(), settings.stat().st_mtime_ns, sorted(settings.parent.iterdir()))
        done = home.auth("login", "--from-cli", "--profile", "cli")
        assert done.returncode == 0, done.stderr
        assert home.token_of("cli") == home.server.token
        assert (settings.read_bytes(), settings.stat().st_mtime_ns, sorted(settings.parent.iterdir())) == before

    def test_without_a_cli_there_is_nothing_to_take_over(self, home: Home) -> None:
        done = home.auth("login", "--from-cli")
        assert done.returncode == 1
        assert "No Turso CLI is signed in" in done.stderr


class TestStatus:
    def test_without_anything(self, home: Home) -> None:
        done = home.auth("status")
        assert done.returncode == 1
        assert "No account is signed in." in done.stdout

    def test_whose_where_and_until_when(self, signed_in: Home) -> None:
        done = signed_in.auth("status")
        assert done.returncode == 0, done.stdout + done.stderr
        for words in ("* work: you at", "sign-in session token", "Kept in a file", "Accepted by", "as you, until 20"):
            assert words in done.stdout
        assert signed_in.token_of("work") not in done.stdout

    def test_one_that_is_refused_is_a_failure(self, signed_in: Home) -> None:
        signed_in.profiles.remember("old", AccountEntrance(PlatformToken(samples.UNRESTRICTED), signed_in.server.url))
        done = signed_in.auth("status")
        assert done.returncode == 1
        assert "Refused." in done.stdout
        assert "Accepted by" in done.stdout

    def test_one_that_nobody_can_be_asked_about(self, signed_in: Home) -> None:
        signed_in.profiles.remember("far", AccountEntrance(PlatformToken(samples.UNRESTRICTED), "http://127.0.0.1:9"))
        done = signed_in.auth("status")
        assert done.returncode == 1
        assert "Not known to be good." in done.stdout

    def test_files_are_listed_too(self, signed_in: Home, tmp_path: Path) -> None:
        signed_in.profiles.remember("notes", FileTarget(tmp_path / "none.db"))
        done = signed_in.auth("status")
        assert done.returncode == 1
        assert "The file is not there." in done.stdout

    def test_a_variable_that_wins_is_named_and_checked(self, signed_in: Home) -> None:
        done = signed_in.auth("status", TURSO_API_TOKEN=signed_in.server.token)
        assert done.returncode == 0
        assert "TURSO_API_TOKEN (goes before every profile)" in done.stdout
        assert "Kept in the environment" in done.stdout
        assert signed_in.server.token not in done.stdout

    def test_a_variable_that_is_no_use_is_a_failure(self, signed_in: Home) -> None:
        done = signed_in.auth("status", TURSO_API_TOKEN=samples.DATABASE)
        assert done.returncode == 1
        assert "That is a database token" in done.stdout


class TestLogout:
    def test_the_profile_and_its_secret_are_gone(self, signed_in: Home) -> None:
        secret = signed_in.token_of("work")
        done = signed_in.auth("logout")
        assert done.returncode == 0, done.stderr
        assert "“work”" in done.stdout
        assert signed_in.profiles.all() == ()
        assert signed_in.files_with(secret) == []

    def test_the_named_one_and_no_other(self, signed_in: Home) -> None:
        signed_in.profiles.remember("ci", AccountEntrance(PlatformToken(signed_in.server.token), signed_in.server.url))
        signed_in.auth("logout", "--profile", "work")
        assert [profile.name for profile in signed_in.profiles.all()] == ["ci"]

    def test_without_anybody_there_is_nothing_to_forget(self, home: Home) -> None:
        done = home.auth("logout")
        assert done.returncode == 1
        assert "Nobody is signed in." in done.stderr

    def test_everywhere_ends_the_sessions_on_the_server(self, signed_in: Home) -> None:
        secret = signed_in.token_of("work")
        done = signed_in.auth("logout", "--everywhere")
        assert done.returncode == 0, done.stderr
        assert "Every session" in done.stdout
        refused = signed_in.auth("login", piped=secret)
        assert refused.returncode == 1
        assert "does not accept this token" in refused.stderr

    def test_a_session_that_was_over_already_is_forgotten_all_the_same(self, signed_in: Home) -> None:
        signed_in.profiles.remember("old", AccountEntrance(PlatformToken(samples.UNRESTRICTED), signed_in.server.url))
        done = signed_in.auth("logout", "--profile", "old", "--everywhere")
        assert done.returncode == 0, done.stderr
        assert "did not accept the token any more" in done.stdout
        assert signed_in.profiles.get("old") is None

    def test_a_server_that_cannot_be_asked_leaves_everything_as_it_is(self, signed_in: Home) -> None:
        signed_in.profiles.remember("far", AccountEntrance(PlatformToken(samples.UNRESTRICTED), "http://127.0.0.1:9"))
        done = signed_in.auth("logout", "--profile", "far", "--everywhere")
        assert done.returncode == 1
        assert signed_in.profiles.get("far") is not None


@pytest.mark.parametrize("command", ["login", "status", "logout"])
def test_each_command_has_its_own_help(home: Home, command: str) -> None:
    done = home.auth(command, "--help")
    assert done.returncode == 0
    assert f"turso-tui auth {command}" in done.stdout


def test_the_settings_say_where_tokens_are_kept(home: Home) -> None:
    settings = home.directory / "config" / locations.APP / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('vault = "keyring"')
    done = home.auth("login", piped=home.server.token)
    assert done.returncode == 1
    assert 'config.toml says vault = "keyring"' in done.stderr
    assert home.files_with(home.server.token) == []
