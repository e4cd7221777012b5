"""From what went wrong on the wire to the errors of this program: the Platform API's answers, and silence."""

import re
from collections.abc import Mapping

import httpx
import msgspec

from turso_tui import errors
from turso_tui.errors import HttpError, NetworkError

_NAME_TAKEN = re.compile(r"already exists|not available|already taken|already a member", re.IGNORECASE)
"""The same collision answers 409 (documented), 422 (known to the CLI) or 400 (measured): the text decides."""

_ASLEEP = re.compile(r"is (?:sleeping|archived)|unarchive", re.IGNORECASE)

_EXPLANATIONS = (
    (
        re.compile(r"could not parse jwt id", re.IGNORECASE),
        "This is what the Platform API says to a database token: it runs SQL and manages nothing.",
        "Sign in with a platform token (`turso auth api-tokens mint <name>`).",
    ),
    (
        re.compile(r"(?:does not have|missing|insufficient|lacks?).{0,20}\bscope", re.IGNORECASE),
        "The token belongs to one group, and this is not among the scopes that it was minted with.",
        "Mint one that has the scope, or sign in with an organization's token.",
    ),
    (
        re.compile(r"group-scoped token", re.IGNORECASE),
        "The token belongs to one group: it may not look at the organization, other groups or the user.",
        "Sign in with an organization's token.",
    ),
    (
        re.compile(r"organization-scoped token|not allowed to access organization", re.IGNORECASE),
        "The token belongs to one organization: it may not look at the user or at other organizations.",
        "Sign in with a token of your own.",
    ),
    (
        _ASLEEP,
        "Its group is archived, because nobody used it for ten days.",
        "Unarchive the group; the data is intact.",
    ),
    (
        re.compile(r"delete protection|is protected", re.IGNORECASE),
        "It is protected against deletion.",
        "Switch delete protection off first.",
    ),
)
"""What cryptic texts mean: pattern, meaning, next step."""

_LONGEST_RAW_BODY = 200
"""Characters of a body that is not the API's JSON, usually a proxy's HTML page."""


def answer_error(response: httpx.Response, retry_after: float | None) -> HttpError:
    """The error in a response whose status is an error; ``retry_after`` in seconds, if the server said."""
    status = response.status_code
    text, code = _text_and_code(response)
    if status == 429:
        return errors.RateLimited(status, text, code=code, retry_after=retry_after)
    kind, means, next_step = _classify(status, text)
    for pattern, meaning, remedy in _EXPLANATIONS:
        if status < 500 and pattern.search(text):
            means, next_step = meaning, remedy
            kind = errors.GroupAsleep if pattern is _ASLEEP and not issubclass(kind, errors.Unauthorized) else kind
            break
    return kind(status, text, code=code, means=means, next_step=next_step)


def _classify(status: int, text: str) -> tuple[type[HttpError], str, str]:
    if status in (409, 422) or (status == 400 and _NAME_TAKEN.search(text)):
        return errors.Conflict, "Names are unique in an organization.", "Choose another name, or use what has it."
    match status:
        case 401:
            return errors.SignInEnded, "The platform token has expired, was revoked or signed out.", "Sign in again."
        case 402:
            return HttpError, "The organization's plan does not include this.", "Change the plan in the dashboard."
        case 403:
            return errors.Forbidden, "The token is valid, but may not do this.", "Ask an owner, or use another token."
        case 404:
            return (
                errors.NotFound,
                "It does not exist, or this token may not see it.",
                "Reload the list.",
            )
        case _ if status >= 500:
            return (
                errors.ServerFault,
                "Turso could not answer; a change may have been made all the same.",
                "Look again.",
            )
    return HttpError, "The API did not take the request; nothing was changed.", "Change what it complains about."


def _text_and_code(response: httpx.Response) -> tuple[str, str | None]:
    """``{"error": text, "code"?: code}`` as documented, a bare JSON string as some endpoints do, else the raw body."""
    try:
        body: object = msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = None
    if isinstance(body, str) and body:
        return body, None
    if isinstance(body, Mapping) and body.get("error"):
        error, code = body["error"], body.get("code")
        text = error if isinstance(error, str) else msgspec.json.encode(error).decode()
        return text, code if isinstance(code, str) else None
    return _raw_text(response), None


def _raw_text(response: httpx.Response) -> str:
    status_line = f"HTTP {response.status_code} {response.reason_phrase}".rstrip()
    start = " ".join(response.text[: 4 * _LONGEST_RAW_BODY].split())[:_LONGEST_RAW_BODY]
    return f"{status_line}: {start}" if start else status_line


def network_error(error: httpx.RequestError, host: str) -> NetworkError | errors.ProtocolError:
    """Why no answer came from ``host``, and above all whether the request can have had an effect."""
    reason = str(error) or type(error).__name__
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError():
            return errors.Unreachable(
                f"{host} cannot be reached: {reason}.",
                means="Nothing was sent.",
                next_step="Check the network, the address and a proxy, then try again.",
            )
        case httpx.UnsupportedProtocol():
            return errors.Unreachable(f"{host} cannot be reached: {reason}.", means="Nothing was sent.")
        case httpx.TimeoutException():
            return errors.TimedOut(
                f"{host} did not answer in time.",
                means="Whether the request was carried out is unknown.",
                next_step="Look whether it was, then try again.",
            )
        case httpx.DecodingError():
            return errors.ProtocolError(f"The answer of {host} cannot be unpacked: {reason}.")
    return errors.ConnectionLost(
        f"The connection to {host} broke: {reason}.",
        means="Whether the request was carried out is unknown.",
        next_step="Look whether it was, then try again.",
    )
