"""The command line: parse, wire, start; no logic of its own."""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from turso_tui import __version__
from turso_tui.cli.arguments import Parser, holds_token, refuse_token
from turso_tui.errors import TursoTuiError

DESCRIPTION = "The terminal home of a Turso (libSQL) account."
EPILOG = """\
TARGET is org/database, a URL (libsql://…, https://…, http://…) or the path of a SQLite file.

  turso-tui                          your account, or the welcome
  turso-tui demo                     look around; everything is local and nothing needs setting up
  turso-tui acme/agent-0042          one database of your account
  turso-tui http://127.0.0.1:8080    a self-hosted sqld
  turso-tui --profile work           one of several remembered accounts, databases or files
  turso-tui auth login               sign in without the dashboard; also: auth status, auth logout
  turso-tui writers                  who writes to which database from this machine, and who waits
  turso-tui dev                      a Turso-compatible server on this machine

Tokens come from the environment, are piped, or are pasted when they are asked for, never from an argument:
  TURSO_API_TOKEN, TURSO_API_BASEURL     the account
  TURSO_DATABASE_URL, TURSO_AUTH_TOKEN   a single database
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 for a failure, 2 for a command line that cannot be used."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if any(map(holds_token, words)):
        return refuse_token()
    if words[:1] == ["dev"]:
        return _dev(words[1:])
    if words[:1] == ["auth"]:
        from turso_tui.cli import auth

        return auth.run(words[1:], os.environ)
    if words[:1] == ["writers"]:
        from turso_tui.cli import writers

        return writers.run(words[1:])
    parser = Parser("turso-tui", DESCRIPTION, EPILOG)
    parser.add_argument(
        "target", metavar="TARGET", nargs="?", help="what to open; “auth”, “demo”, “dev”, “writers” are commands"
    )
    parser.add_argument("--profile", metavar="NAME", help="the remembered account, database or file to start with")
    parser.add_argument("--version", action="version", version=f"turso-tui {__version__}")
    options = parser.parse_args(words)
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        print("turso-tui: a terminal is needed (standard input and output).", file=sys.stderr)  # noqa: T201
        return 2
    return asyncio.run(_dashboard(options.target, options.profile))


def _dev(words: Sequence[str]) -> int:
    import argparse

    from turso_tui.local import command

    parser = argparse.ArgumentParser("turso-tui dev", description="A Turso-compatible server on this machine.")
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


ESC_MILLISECONDS = "25"
"""How long a terminal may take between the bytes of one key; with 100, as Textual has it, two typed fast become one."""


async def _dashboard(target: str | None, profile: str | None) -> int:
    os.environ.setdefault("ESCDELAY", ESC_MILLISECONDS)  # Textual reads it when it is imported
    from turso_tui.cli.speech import complain
    from turso_tui.cli.wiring import open_profiles, read_config
    from turso_tui.service.demo import Demo
    from turso_tui.service.entrance import api_url, choose_entrance
    from turso_tui.service.services import Services
    from turso_tui.ui.app import TursoApp
    from turso_tui.ui.doors import Doors

    entrance, problem = None, None
    is_demo = target == "demo"
    try:
        config = read_config()
        profiles = open_profiles(config, os.environ)
    except TursoTuiError as error:  # to go on would be to keep tokens where they are not wanted
        complain(error)
        return 1
    try:
        if not is_demo:
            entrance = choose_entrance(os.environ, profiles, target, profile)
    except TursoTuiError as error:
        if target is not None or profile is not None:
            complain(error)
            return 2
        problem = error
    async with AsyncExitStack() as stack:
        demo = Demo()
        stack.push_async_callback(demo.aclose)
        services = await stack.enter_async_context(
            Services(
                tokens=config.tokens,
                writer=config.writer,
                history=config.history,
                caution=config.caution,
                cost=config.cost,
                editor=config.editor,
            )
        )
        doors = Doors(profiles, api_url(os.environ))
        app = TursoApp(services, entrance, demo=demo, start_demo=is_demo, problem=problem, doors=doors)
        await app.run_async()
        return app.return_code or 0
