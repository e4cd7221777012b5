"""``turso-tui auth``: sign in, see who is signed in, and sign out, without the dashboard."""

import sys
from collections.abc import Callable, Mapping, Sequence
from io import TextIOWrapper

from turso_tui.cli.arguments import Parser
from turso_tui.cli.speech import complain
from turso_tui.errors import TursoTuiError

INTERRUPTED = 130

USAGE = "turso-tui auth login|status|logout [options]"
EPILOG = """\
  login     through the browser, or with a token that is typed or piped; it is checked and remembered
  status    every profile: whose it is, where its token is kept, until when it is good, and whether it still is
  logout    forget a profile and its token

`turso-tui auth login --help` and so on say more. A token is never an argument:
  printf %s "$TOKEN" | turso-tui auth login --profile ci
"""


def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """The exit code: 0, 1 for a failure, 2 for a command line that cannot be used, 130 for ctrl+c."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no “…” gets a “?”
    commands: dict[str, Callable[[Sequence[str], Mapping[str, str]], int]] = {
        "login": _login,
        "status": _status,
        "logout": _logout,
    }
    if not words or words[0] not in commands:
        parser = Parser("turso-tui auth", "Sign in to Turso and out again.", EPILOG)
        parser.usage = USAGE
        parser.parse_args(words)
        parser.error("one of login, status and logout is needed")
    try:
        return commands[words[0]](words[1:], environment)
    except TursoTuiError as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)  # noqa: T201
        return INTERRUPTED


def _login(words: Sequence[str], environment: Mapping[str, str]) -> int:
    parser = Parser("turso-tui auth login", "Sign in, and remember it. A piped token is taken from standard input.")
    parser.add_argument("--profile", metavar="NAME", help="the name to remember it under (one is found)")
    parser.add_argument(
        "--headless", action="store_true", help="show an address for any browser, and ask for the token"
    )
    parser.add_argument(
        "--from-cli", action="store_true", help="take over the sign-in of the Turso CLI on this machine"
    )
    parser.add_argument("--organization", metavar="SLUG", default="", help="needed by a token of a single group")
    parser.add_argument("--base-url", metavar="URL", help="of the Platform API (TURSO_API_BASEURL, or Turso's own)")
    options = parser.parse_args(words)
    from turso_tui.cli.login import Login, log_in

    wish = Login(options.profile, options.base_url, options.organization, options.headless, options.from_cli)
    return log_in(wish, environment)


def _status(words: Sequence[str], environment: Mapping[str, str]) -> int:
    Parser("turso-tui auth status", "Every profile, and whether its server still accepts it.").parse_args(words)
    from turso_tui.cli.status import show_status

    return show_status(environment)


def _logout(words: Sequence[str], environment: Mapping[str, str]) -> int:
    parser = Parser("turso-tui auth logout", "Forget a profile and its token.")
    parser.add_argument("--profile", metavar="NAME", help="which one (the account used last)")
    parser.add_argument("--everywhere", action="store_true", help="also end every session of the user, on all machines")
    options = parser.parse_args(words)
    from turso_tui.cli.logout import log_out

    return log_out(options.profile, environment, everywhere=options.everywhere)
