"""What a front end holds: the ways in, and an end that leaves nothing behind."""

from pathlib import Path

import pytest

from tests.service.doors import open_file, open_tenant
from turso_tui.errors import StorageError, Unauthorized
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.service.services import Services
from turso_tui.values import Column


def open_files() -> set[str]:
    """What this process holds open, by name: files and sockets."""
    names = set()
    for number in Path("/proc/self/fd").iterdir():
        try:
            names.add(str(number.readlink()))
        except FileNotFoundError:
            continue  # the listing's own
    return names


async def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks"):
        pass
    assert list(tmp_path.iterdir()) == []


async def test_the_end_leaves_no_file_and_no_connection(local_server: LocalServer, tmp_path: Path) -> None:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        before = open_files()
        database = await open_tenant(services, local_server)
        console = services.desk().console(database)
        assert [event async for event in console.run(["CREATE TABLE t (x)", "BEGIN", "SELECT 1"])]
        assert open_files() - before
    assert list((tmp_path / "scratch").iterdir()) == []
    assert not {name for name in open_files() - before if str(tmp_path / "scratch") in name or "locks" in name}


async def test_everything_is_closed_even_when_closing_fails(tmp_path: Path) -> None:
    services = Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks")
    await services.results.create((Column("a"),))
    console = services.desk().console(open_file(services, tmp_path / "file.db"))

    async def fail() -> None:
        raise StorageError("It cannot be closed.")

    console.session.aclose = fail  # type: ignore[method-assign]
    with pytest.raises(StorageError, match="cannot be closed"):
        await services.aclose()
    assert list((tmp_path / "scratch").iterdir()) == []


async def test_a_directory_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with Services(scratch=tmp_path / "file" / "scratch", locks=tmp_path / "locks") as services:
        with pytest.raises(StorageError, match="cannot be kept"):
            services.desk()


async def test_a_url_without_its_token_is_refused_by_the_server_in_words(
    local_server: LocalServer, tmp_path: Path
) -> None:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        database = services.remote(parse_database_url(local_server.url))
        with pytest.raises(Unauthorized, match="refused the token"):
            await database.execute("SELECT 1")


async def test_one_database_has_one_identity_however_it_is_reached(local_server: LocalServer, tmp_path: Path) -> None:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        tenant = await open_tenant(services, local_server)
        host = tenant.identity.removeprefix("sql:")
        for url in (f"http://{host}", f"HTTP://{host.upper()}/"):
            assert services.remote(parse_database_url(url)).identity == tenant.identity
