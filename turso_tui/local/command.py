"""``turso-tui dev``: a Turso account on your desk, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from turso_tui.errors import InputError, StorageError, TursoTuiError
from turso_tui.local.faults import MANUAL, Fault, parse_fault
from turso_tui.local.server import LocalServer
from turso_tui.local.tenant import Dialect
from turso_tui.printable import printable

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dir", type=Path, help="where the account lives (default: temporary, removed at the end)")
    parser.add_argument("--port", type=int, default=0, help="port on loopback; 0, the default, takes any free one")
    parser.add_argument("--seed", choices=["empty", "demo"], default="empty", help="what a new account contains")
    parser.add_argument("--tenants", type=int, default=200, help="how many agent databases the demo has (200)")
    parser.add_argument(
        "--dialect",
        choices=[dialect.value for dialect in Dialect],
        default=Dialect.SPEC.value,
        help="follow the protocol to the letter, or imitate one of the two real servers",
    )
    parser.add_argument("--ready-file", type=Path, help="write URL, token and organization here instead of stdout")
    parser.add_argument("--log-requests", action="store_true", help="one line for each request on stderr")
    parser.add_argument("--approve-sign-ins", action="store_true", help="sign in by browser without asking a person")
    parser.add_argument(
        "--fault",
        action="append",
        type=_fault,
        default=[],
        metavar="FAULT",
        help="what goes wrong on purpose, as in status=429@10%%; see below",
    )
    parser.epilog, parser.formatter_class = MANUAL, argparse.RawDescriptionHelpFormatter
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input ends")


def run(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT, SIGTERM or the end of stdin (0), or says in one sentence why it cannot (1)."""
    for each in STOP_SIGNALS:
        signal.signal(each, _leave)
    try:
        with _directory(arguments.dir) as directory:
            server = LocalServer(
                directory,
                seed=arguments.seed,
                tenants=arguments.tenants,
                dialect=Dialect(arguments.dialect),
                port=arguments.port,
                log=_to_stderr if arguments.log_requests else None,
                approve_sign_ins=arguments.approve_sign_ins,
                faults=arguments.fault,
            )
            asyncio.run(_serve(server, arguments))
    except TursoTuiError as error:
        _to_stderr(printable(str(error)))
        return 1
    return 0


def _fault(text: str) -> Fault:
    try:
        return parse_fault(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(printable(str(error))) from error


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Before there is a server to stop: leaves by an exception, so that nothing is left behind."""
    raise SystemExit(0)


async def _serve(server: LocalServer, arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    for each in STOP_SIGNALS:
        loop.add_signal_handler(each, server.stop)
    if arguments.until_stdin_closes:
        _stop_at_end_of_stdin(server)
    try:
        _announce(server, arguments.ready_file)
    except StorageError:
        server.stop()  # still served for a moment, so that everything is closed in order
        await server.serve()
        raise
    await server.serve()


def _stop_at_end_of_stdin(server: LocalServer) -> None:
    """A thread, because an event loop cannot watch every kind of file that stdin may be."""

    def drain() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:  # there is no stdin: the parent is gone already
            pass
        server.stop()

    threading.Thread(target=drain, name="stdin", daemon=True).start()


def _announce(server: LocalServer, ready_file: Path | None) -> None:
    if ready_file is None:
        lines = [f"api: {server.url}", f"token: {server.token}", f"organization: {server.organization}"]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        return
    _write_whole(
        ready_file, json.dumps({"api": server.url, "token": server.token, "organization": server.organization})
    )


def _write_whole(path: Path, text: str) -> None:
    """Readable by the owner only, and complete from the moment that it is there."""
    draft = None
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            draft = Path(file.name)  # made with mode 0600
            file.write(text + "\n")
        draft.replace(path)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise StorageError(f"The ready file {path} cannot be written: {error.strerror}.") from error


@contextlib.contextmanager
def _directory(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="turso-tui-dev-") as temporary:
        yield Path(temporary)


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
