"""The command line, as a person types it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokens import samples
from turso_tui import __version__
from turso_tui.cli.arguments import holds_token
from turso_tui.cli.speech import complain
from turso_tui.errors import TursoTuiError

PROGRAM = [sys.executable, "-m", "turso_tui"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )


def run_in_terminal(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Standard input and output are a terminal; nothing is ever typed."""
    leader, follower = pty.openpty()
    try:
        return subprocess.run(
            [*PROGRAM, *arguments],
            stdin=follower,
            stdout=follower,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | environment,
        )
    finally:
        os.close(leader)
        os.close(follower)


def test_help_names_the_ways_in_and_where_tokens_come_from() -> None:
    done = run("--help")
    assert done.returncode == 0
    for words in ("org/database", "libsql://", "demo", "dev", "auth login", "TURSO_API_TOKEN", "TURSO_AUTH_TOKEN"):
        assert words in done.stdout


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"turso-tui {__version__}\n")


def test_dev_has_its_own_help() -> None:
    done = run("dev", "--help")
    assert done.returncode == 0
    assert "--ready-file" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("demo",), ("acme/agent-0001",)])
def test_without_a_terminal_it_says_so(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "terminal" in done.stderr


def test_an_unknown_option_is_refused() -> None:
    assert run("--nonsense").returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("TOKEN",),
        ("--profile", "TOKEN"),
        ("--token=TOKEN",),
        ("auth", "login", "TOKEN"),
        ("auth", "login", "--token", "TOKEN"),
        ("auth", "TOKEN"),
        ("auth", "logout", "--profile=TOKEN"),
        ("dev", "TOKEN"),
        ("libsql://db-acme.turso.io?authToken=TOKEN",),
    ],
)
def test_a_token_is_never_an_argument_and_is_not_repeated(arguments: tuple[str, ...]) -> None:
    done = run(*(word.replace("TOKEN", samples.SESSION) for word in arguments))
    assert done.returncode == 2
    assert "TURSO_API_TOKEN" in done.stderr
    assert not any(part in done.stdout + done.stderr for part in samples.SESSION.split("."))


@given(st.text(), st.sampled_from([samples.SESSION, samples.DATABASE, samples.GROUP_SCOPED]), st.text())
def test_a_token_is_seen_whatever_stands_around_it(before: str, token: str, after: str) -> None:
    assert holds_token(f"{before}{token}{after}")


@pytest.mark.parametrize(
    "word", ["acme/eyjafjallajokull", "eyJ", "./notes.db", "--profile=work", "libsql://a-b.turso.io"]
)
def test_other_words_are_no_tokens(word: str) -> None:
    assert not holds_token(word)


def test_what_a_server_says_does_not_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    complain(TursoTuiError("no\x1b[2J", means="\u202eno", next_step="no\r\nno"))
    assert capsys.readouterr().err == "turso-tui: no␛[2J\n  ⟨202E⟩no\n  no␍␊no\n"


@pytest.mark.parametrize(
    "arguments",
    [("auth", "SECRET"), ("auth", "login", "SECRET"), ("auth", "login", "--SECRET"), ("auth", "status", "SECRET")],
)
def test_what_may_be_a_secret_is_not_repeated_either(arguments: tuple[str, ...]) -> None:
    done = run(*(word.replace("SECRET", "hunter2hunter2") for word in arguments))
    assert done.returncode == 2
    assert "a token is never one" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_settings_that_cannot_be_used_stop_the_program(tmp_path: Path) -> None:
    (tmp_path / "turso-tui").mkdir()
    (tmp_path / "turso-tui" / "config.toml").write_text('valut = "file"')
    done = run_in_terminal(XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "valut" in done.stderr


class TestTargets:
    """A target that cannot be used is refused in a few words, before anything is drawn."""

    def refusal(self, *arguments: str, **environment: str) -> str:
        done = run_in_terminal(*arguments, **environment)
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("turso-tui: ")
        assert "Traceback" not in done.stderr
        return done.stderr

    def test_a_token_in_a_url(self) -> None:
        said = self.refusal("libsql://db-acme.turso.io?authToken=eyJhbGciOiJFZERTQSJ9.e30.c2VjcmV0")
        assert "TURSO_AUTH_TOKEN" in said
        assert "c2VjcmV0" not in said

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        assert "There is no file" in self.refusal(str(tmp_path / "nothing.db"))

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "is a folder" in self.refusal(str(tmp_path))

    def test_another_kind_of_url(self) -> None:
        assert "postgres://" in self.refusal("postgres://localhost/x")

    def test_a_database_of_an_account_without_a_sign_in(self) -> None:
        assert "TURSO_API_TOKEN" in self.refusal("acme/agent-0001")

    def test_a_token_of_the_wrong_kind_in_the_environment(self) -> None:
        assert "TURSO_API_TOKEN" in self.refusal("acme/agent-0001", TURSO_API_TOKEN="libsql://not-a-token")

    def test_a_profile_that_is_not_there(self) -> None:
        assert "There is no profile work." in self.refusal("--profile", "work")

    def test_control_characters_do_not_reach_the_terminal(self) -> None:
        assert "\x1b" not in self.refusal("no\x1b[31mfile")
