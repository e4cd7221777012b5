"""Who may use the Platform API, and what the others are told."""

from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from turso_tui.local.server import LocalServer

Create = Callable[..., dict[str, Any]]
Mint = Callable[..., str]


def refused(server: LocalServer, authorization: str | None) -> tuple[int, str]:
    headers = {} if authorization is None else {"authorization": authorization}
    response = httpx.get(f"{server.url}/v2/organizations", headers=headers)
    return response.status_code, response.json()["error"]


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic eDp5"])
def test_without_a_bearer_token_nothing_is_told(server: LocalServer, authorization: str | None) -> None:
    assert refused(server, authorization) == (401, "missing bearer token")


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "☃".encode().decode("latin-1")])
def test_what_is_not_a_token_is_refused(server: LocalServer, token: str) -> None:
    response = httpx.get(
        f"{server.url}/v2/organizations", headers=[(b"authorization", f"Bearer {token}".encode("latin-1"))]
    )
    assert (response.status_code, response.json()) == (401, {"error": "invalid token"})


@pytest.mark.parametrize("of", ["databases/app", "groups/default"])
def test_a_database_token_is_told_that_it_has_no_jti(server: LocalServer, create: Create, mint: Mint, of: str) -> None:
    create("app")
    assert refused(server, f"Bearer {mint(of)}") == (401, "could not parse jwt id")


def test_somebody_elses_signature_is_refused(server: LocalServer) -> None:
    claims = jwt.decode(server.token, options={"verify_signature": False})
    forged = jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA")
    assert refused(server, f"Bearer {forged}") == (401, "invalid token")


def test_an_unsigned_token_is_refused(server: LocalServer) -> None:
    claims = jwt.decode(server.token, options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none")
    assert refused(server, f"Bearer {unsigned}") == (401, "invalid token")


def test_the_platform_token_carries_nothing_but_its_id(server: LocalServer) -> None:
    assert jwt.get_unverified_header(server.token) == {"alg": "EdDSA", "typ": "JWT"}
    (claim,) = jwt.decode(server.token, options={"verify_signature": False}).items()
    assert claim[0] == "jti"
    assert len(claim[1]) == 22


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_minted_api_token_works_until_it_is_revoked(api: httpx.Client, server: LocalServer, version: str) -> None:
    minted = api.post(f"/{version}/auth/api-tokens/ci").json()
    token = minted["token"] if version == "v1" else minted["token"]["value"]
    assert [each["name"] for each in api.get("/v1/auth/api-tokens").json()["tokens"]] == ["ci", "turso-tui dev"]
    as_minted = {"authorization": f"Bearer {token}"}
    assert httpx.get(f"{server.url}/v1/auth/validate", headers=as_minted).status_code == 200
    assert api.delete("/v1/auth/api-tokens/ci").json() == {"token": "ci"}
    assert refused(server, f"Bearer {token}") == (401, "token has been revoked")


def test_an_api_token_name_is_used_once(api: httpx.Client) -> None:
    api.post("/v1/auth/api-tokens/ci")
    assert api.post("/v1/auth/api-tokens/ci").status_code == 409
    assert api.delete("/v1/auth/api-tokens/other").status_code == 404
