"""How tokens come: the ways in which people copy them."""

from hypothesis import strategies as st

AROUND_ONE_WORD = (
    "{}",
    "Bearer {}",
    "Authorization: Bearer {}",
    "export TURSO_API_TOKEN={}",
    "export TURSO_API_TOKEN='{}';",
    'TURSO_AUTH_TOKEN = "{}"',
    '$env:TURSO_AUTH_TOKEN = "{}"',
    '  "authToken": "{}",',
    "turso-token: {}",
    "“{}”",
    "`{}`",
    "\ufeff{}\u200b",
    '{{"jwt":"{}"}}',
    '{{"name": "ci", "id": "x", "token": "{}"}}\n',
    "{{'token': '{}'}}",
    'curl -H "Authorization: Bearer {}" https://api.turso.tech/v1/user',
    "curl -H 'authorization: bearer {}' \\\n  https://app-acme.turso.io/v2/pipeline",
    "# Turso\nTURSO_DATABASE_URL=libsql://app-acme.turso.io\nTURSO_AUTH_TOKEN={}\n",
    'TURSO_AUTH_TOKEN="{}"\nTURSO_DATABASE_URL="libsql://app-acme.turso.io"\n',
    "PORT=3000\n\nexport TURSO_AUTH_TOKEN={}\n# the end\n",
    "libsql://app-acme.turso.io?authToken={}",
    "https://app-acme.turso.io/?tls=1&authToken={}&x=y",
)
"""Around a token of any kind, a shared key included."""

AROUND_A_JWT = (
    '{{"token": {{"id": "x", "name": "ci", "value": "{}"}}}}',
    'turso config set token "{}"',
    "set -gx TURSO_API_TOKEN {}",
    "docker run -e TURSO_AUTH_TOKEN={} -p 80:80 app",
    "Here it is: {}. Keep it to yourself!",
    "({})",
    "{}\nThanks",
    "{}\n\nuser@host:~$ ",
)
"""Around something that shows by itself where it begins and ends."""

wrappings = st.sampled_from(AROUND_ONE_WORD + AROUND_A_JWT)
line_breaks = st.sampled_from(["\n", "\r\n", "\n  ", "\n\t"])


@st.composite
def broken(draw: st.DrawFn, token: str) -> str:
    """``token`` as a narrow terminal shows it."""
    width = draw(st.integers(min_value=20, max_value=len(token) + 1))
    return draw(line_breaks).join(token[start : start + width] for start in range(0, len(token), width))
