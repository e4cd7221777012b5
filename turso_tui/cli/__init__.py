"""The command line: parse, wire, start; no logic of its own."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from turso_tui import __version__
from turso_tui.errors import TursoTuiError

DESCRIPTION = "The terminal home of a Turso (libSQL) account."
EPILOG = """\
TARGET is org/database, a URL (libsql://…, https://…, http://…) or the path of a SQLite file.

  turso-tui                          your account, or the welcome
  turso-tui demo                     look around; everything is local and nothing needs setting up
  turso-tui acme/agent-0042          one database of your account
  turso-tui http://127.0.0.1:8080    a self-hosted sqld
  turso-tui dev                      a Turso-compatible server on this machine

Tokens come from the environment or are pasted when they are asked for, never from an argument:
  TURSO_API_TOKEN, TURSO_API_BASEURL     the account
  TURSO_DATABASE_URL, TURSO_AUTH_TOKEN   a single database
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 for a failure, 2 for a command line that cannot be used."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["dev"]:
        return _dev(words[1:])
    parser = argparse.ArgumentParser(
        "turso-tui", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", metavar="TARGET", nargs="?", help="what to open; “demo” and “dev” are commands")
    parser.add_argument("--version", action="version", version=f"turso-tui {__version__}")
    target = parser.parse_args(words).target
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        print("turso-tui: a terminal is needed (standard input and output).", file=sys.stderr)  # noqa: T201
        return 2
    return asyncio.run(_dashboard(target))


def _dev(words: Sequence[str]) -> int:
    from turso_tui.local import command

    parser = argparse.ArgumentParser("turso-tui dev", description="A Turso-compatible server on this machine.")
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


async def _dashboard(target: str | None) -> int:
    from turso_tui import locations
    from turso_tui.printable import printable
    from turso_tui.service.demo import Demo
    from turso_tui.service.entrance import api_url, choose_entrance
    from turso_tui.service.profiles import Profiles
    from turso_tui.service.services import Services
    from turso_tui.tokens import Vaults
    from turso_tui.ui.app import TursoApp

    entrance, problem = None, None
    is_demo = target == "demo"
    if not is_demo:
        try:
            state = locations.state_directory()
            profiles = Profiles(state / "profiles.json", Vaults(state))
            entrance = choose_entrance(os.environ, profiles, target)
        except TursoTuiError as error:
            if target is not None:
                print(f"turso-tui: {printable(str(error))}", file=sys.stderr)  # noqa: T201
                return 2
            problem = error
    async with AsyncExitStack() as stack:
        demo = Demo()
        stack.push_async_callback(demo.aclose)
        services = await stack.enter_async_context(Services())
        app = TursoApp(services, entrance, demo=demo, start_demo=is_demo, problem=problem, base_url=api_url(os.environ))
        await app.run_async()
        return app.return_code or 0
