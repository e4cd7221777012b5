"""Tokens of every kind, with the claims that Turso and its relatives put into them."""

import base64
import json
from typing import Any

NOW = 1_790_000_000.0
DATABASE_ID = "0198f2a1-7c10-7d2e-9b7e-0a1b2c3d4e5f"
GROUP_ID = "6f1e2d3c-aaaa-4bbb-8ccc-123456789abc"


def jwt_with(payload: Any, *, alg: str = "EdDSA", **header: str) -> str:
    """An unverifiable JWT with this payload."""
    parts = (json.dumps({"alg": alg, "typ": "JWT", **header}).encode(), json.dumps(payload).encode(), b"x" * 64)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


UNRESTRICTED = jwt_with({"jti": "hF5Iq1ZbEe-xYw7Qd0hXJg"})
ORGANIZATION = jwt_with({"jti": "hF5Iq1ZbEe-xYw7Qd0hXJg", "org_id": 4711})
GROUP_SCOPED = jwt_with(
    {"jti": "j", "org_id": 4711, "group_uuid": GROUP_ID, "scopes": {"scopes": ["read", "db:mint-token"]}}
)
SESSION = jwt_with({"sub": "user_1", "iat": NOW - 60, "exp": NOW + 7 * 86_400}, alg="RS256", kid="ins_1")
EXPIRED_SESSION = jwt_with({"sub": "user_1", "exp": NOW - 3_600}, alg="RS256", kid="ins_1")
DATABASE = jwt_with({"iat": NOW, "id": DATABASE_ID, "rid": "r-1", "a": "rw", "exp": NOW + 600})
READ_ONLY_DATABASE = jwt_with({"iat": NOW, "id": DATABASE_ID, "rid": "r-1", "a": "ro"})
GROUP = jwt_with({"iat": NOW, "gid": GROUP_ID, "rid": "r-1"})
EXTERNAL = jwt_with({"id": DATABASE_ID, "perm": [{"t": None, "a": ["data_read"]}], "iss": "https://clerk"}, alg="RS256")
BARE = jwt_with({"iat": NOW})
