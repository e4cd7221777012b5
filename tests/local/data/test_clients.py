"""Clients that we did not write: npm's ``@libsql/client`` and PyPI's ``libsql``."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.local.data.serving import Client

JAVASCRIPT = """
import { createClient } from "@libsql/client";
const db = createClient({ url: process.argv[2], intMode: "bigint" });
const out = {};
await db.execute("create table t (id integer primary key, name text unique, data blob, big int)");
const written = await db.execute({
  sql: "insert into t (name, data, big) values (?, ?, ?)",
  args: ["one", new Uint8Array([0, 255, 1]), 9223372036854775807n],
});
out.inserted = [written.rowsAffected, String(written.lastInsertRowid)];
const row = (await db.execute({ sql: "select * from t where name = :name", args: { name: "one" } })).rows[0];
out.row = [Array.from(new Uint8Array(row.data)), String(row.big)];
const results = await db.batch(["insert into t (name) values ('two')", "select count(*) as n from t"], "write");
out.batch = String(results[1].rows[0].n);
out.failed_batch = await db.batch(["insert into t (name) values ('x')", "insert into t (name) values ('one')"], "write")
  .catch((error) => error.code);
const kept = await db.transaction("write");
await kept.execute("insert into t (name) values ('three')");
await kept.commit();
const dropped = await db.transaction("deferred");
await dropped.execute("insert into t (name) values ('four')");
await dropped.rollback();
const reading = await db.transaction("read");
out.in_transaction = String((await reading.execute("select count(*) as n from t")).rows[0].n);
reading.close();
await db.migrate(["create table m (a)", "insert into m values (1)"]);
out.migrated = String((await db.execute("select a from m")).rows[0].a);
await db.executeMultiple("create table s (a); insert into s values (1); insert into s values (2);");
out.script = String((await db.execute("select count(*) as n from s")).rows[0].n);
out.error = await db.execute("select missing").catch((error) => error.code);
db.close();
console.log(JSON.stringify(out));
"""

PYTHON = """
import json, sys, libsql
connection = libsql.connect(database=sys.argv[1])
connection.execute("create table t (id integer primary key, name text, data blob, big int)")
connection.execute("insert into t (name, data, big) values (?, ?, ?)", ("one", b"\\x00\\xff", 2147483647))
connection.commit()
connection.execute("insert into t (name) values ('two')")
connection.rollback()
rows = connection.execute("select name, data, big, 1.5, null from t").fetchall()
print(json.dumps([[value.hex() if isinstance(value, bytes) else value for value in row] for row in rows]))
"""


def _output(*command: str, cwd: Path) -> Any:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.node
def test_the_official_javascript_client(server: Client, node_modules: Path, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules)
    (tmp_path / "client.mjs").write_text(JAVASCRIPT)
    assert _output("node", "client.mjs", server.url, cwd=tmp_path) == {
        "inserted": [1, "1"],
        "row": [[0, 255, 1], str(2**63 - 1)],
        "batch": "2",
        "failed_batch": "SQLITE_CONSTRAINT",
        "in_transaction": "3",
        "migrated": "1",
        "script": "2",
        "error": "SQL_INPUT_ERROR",
    }


def test_the_python_client(server: Client, tmp_path: Path) -> None:
    # In a process of its own: the extension keeps threads and sockets until its process ends.
    rows = _output(sys.executable, "-c", PYTHON, server.url, cwd=tmp_path)
    assert rows == [["one", "00ff", 2**31 - 1, 1.5, None]]
