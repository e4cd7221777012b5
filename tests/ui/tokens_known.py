"""Tokens as a person may have them, with nothing behind them: what is drawn, not what is done."""

from tests.tokens.samples import DATABASE_ID, GROUP_ID, NOW, jwt_with
from turso_tui.service.known_tokens import Keeping, KnownToken, Origin, Reach, known_database_token
from turso_tui.tokens import DatabaseToken, PlatformToken, TokenKind

DAY = 86_400.0


def database_token(
    name: str, left: float | None, *, id: str, origin: Origin = Origin.HAND, ro: bool = True
) -> KnownToken:
    """A token for a database that ends ``left`` seconds after `NOW`."""
    claims = {"id": DATABASE_ID, "iat": NOW, "rid": id, "a": "ro" if ro else "rw"}
    if left is not None:
        claims["exp"] = NOW + left
    return known_database_token(
        DatabaseToken(jwt_with(claims)),
        id=id,
        name=f"{'read' if ro else 'write'} token" if origin is Origin.BROKER else f"token {id[1:]}",
        origin=origin,
        scope=Reach("acme", name),
        url=f"libsql://{name}-acme.turso.io",
    )


SIGN_IN = KnownToken(
    "sign-in",
    "default",
    TokenKind.SESSION,
    Origin.SIGN_IN,
    Keeping.KEYRING,
    "all that you@acme may",
    "everything there",
    NOW + 6 * DAY + 3_600,
    PlatformToken(jwt_with({"sub": "user_1", "iat": NOW - 60, "exp": NOW + 7 * DAY})),
)
READING = database_token("agent-0003", 830, id="b1", origin=Origin.BROKER)
WRITING = database_token("agent-0003", 170, id="b2", origin=Origin.BROKER, ro=False)
ENDING = database_token("agent-0001", 42, id="h1")
ENDED = database_token("telemetry", -4_000, id="h2", ro=False)
LASTING = database_token("archive", None, id="h3")
OF_A_GROUP = known_database_token(
    DatabaseToken(jwt_with({"gid": GROUP_ID, "iat": NOW, "exp": NOW + 30 * DAY, "a": "ro"})),
    id="h4",
    name="token 4",
    origin=Origin.HAND,
    scope=Reach("acme", "default", is_group=True),
)
CI = KnownToken(
    "a1", "ci", TokenKind.API_ORGANIZATION, Origin.API, Keeping.NOWHERE, "organization acme", "everything there"
)
HOSTILE = KnownToken(
    "a2",
    "[red]x\x1b[2J\u202e",
    TokenKind.API_GROUP,
    Origin.API,
    Keeping.NOWHERE,
    "group default of acme",
    "read, db:mint-token",
)
OTHER = KnownToken("p1", "work", TokenKind.API_UNRESTRICTED, Origin.PROFILE, Keeping.FILE, "https://api.turso.tech")

ALL = (SIGN_IN, READING, WRITING, ENDING, ENDED, LASTING, OF_A_GROUP, CI, HOSTILE, OTHER)

SECRETS = tuple(known.token.reveal() for known in ALL if known.token is not None)
