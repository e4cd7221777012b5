"""Where faults meet requests: around the application, and above the connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from email.utils import formatdate

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from turso_tui.local.faults import answers
from turso_tui.local.faults.asked import Asked
from turso_tui.local.faults.book import AtWork, Faults
from turso_tui.local.faults.fault import Cut, Effect, Form, Garbage, Latency, Moment, Stall, Status
from turso_tui.local.faults.inside import Armed, arm
from turso_tui.local.faults.wire import Line, line_of
from turso_tui.local.tenant import Dialect

ADMIN_PATH = "/_faults"


class FaultMiddleware:
    """ASGI middleware. ``name_of`` finds the database of a request; ``clock`` (unix seconds) dates Retry-After."""

    def __init__(
        self,
        application: ASGIApp,
        faults: Faults,
        *,
        dialect: Dialect,
        name_of: Callable[[Request], str],
        clock: Callable[[], float],
    ) -> None:
        self._application = application
        self._faults = faults
        self._dialect = dialect
        self._name_of = name_of
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at_work = self._faults.at_work
        is_admin = scope["type"] == "http" and scope["path"].startswith(ADMIN_PATH)
        if scope["type"] != "http" or is_admin or not at_work:
            await self._application(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        asked = Asked(request, body, self._name_of)
        await self._meet(request, asked, [each for each in at_work if asked.matches(each.fault)], body, send)

    async def _meet(self, request: Request, asked: Asked, at_work: Sequence[AtWork], body: bytes, send: Send) -> None:
        line = line_of(request.scope)
        for each in at_work:
            if isinstance(each.fault.effect, Latency) and self._strikes(each, asked):
                effect = each.fault.effect
                await line.pause(effect.seconds + effect.jitter * self._faults.spread(each))
        play = _Play(self._application, request, _again(body, request.receive), send, line)
        for each in at_work:
            is_outside = not each.fault.is_inside and not isinstance(each.fault.effect, Latency)
            if is_outside and self._strikes(each, asked):
                await self._play(play, each.fault.effect, asked.plane)
                return
        inside = [each for each in at_work if each.fault.is_inside]
        if inside:
            arm(request, Armed(self._faults, inside, asked, self._dialect))
        await play.undisturbed()

    def _strikes(self, each: AtWork, asked: Asked) -> bool:
        return self._faults.strike(each, asked.method, asked.path, asked.database)

    async def _play(self, play: _Play, effect: Effect, plane: str) -> None:
        match effect:
            case Cut(moment, reset):
                await play.break_off(moment, lambda: play.line.cut(reset=reset))
            case Stall(limit, moment):
                await play.break_off(moment, lambda: play.line.hold(limit))
            case Status(code, moment):
                await play.answer(answers.error(code, plane, self._retry_after(effect)), moment)
            case Garbage(Form.TYPE | Form.HALF as form):
                await play.spoil(form)
            case Garbage(form, moment):
                await play.answer(answers.garbage(form), moment)

    def _retry_after(self, status: Status) -> str | None:
        if status.retry_after is None:
            return None
        if status.as_date:
            return formatdate(self._clock() + status.retry_after, usegmt=True)
        return repr(float(status.retry_after)).removesuffix(".0")


class _Play:
    """One request, and the ways in which it can go wrong."""

    def __init__(self, application: ASGIApp, request: Request, receive: Receive, send: Send, line: Line) -> None:
        self._application = application
        self._scope = request.scope
        self._receive = receive
        self._send = send
        self.line = line

    async def undisturbed(self) -> None:
        await self._application(self._scope, self._receive, self._send)

    async def answer(self, response: ASGIApp, moment: Moment) -> None:
        """Another answer than the request's own, before it runs or after."""
        if moment is Moment.AFTER:
            await self._application(self._scope, self._receive, _Heard())
        await response(self._scope, self._receive, self._send)

    async def spoil(self, form: Form) -> None:
        """The request's own answer, made garbage."""
        heard = _Heard()
        await self._application(self._scope, self._receive, heard)
        await answers.spoilt(form, heard.status, heard.headers, heard.body)(self._scope, self._receive, self._send)

    async def break_off(self, moment: Moment, end: Callable[[], Awaitable[None]]) -> None:
        """No answer, or the first part of one, and then ``end``, which returns when the connection is closed."""
        if moment is Moment.MIDDLE:
            await self._application(self._scope, self._receive, _FirstPart(self._send, end))
            return
        if moment is Moment.AFTER:
            await self._application(self._scope, self._receive, _Heard())
        await end()


class _Heard:
    """A `Send` that keeps the answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", ()))
        else:
            self.body += message.get("body", b"")


class _FirstPart:
    """A `Send` that lets half of the answer through and then calls ``end``.

    Half of the only piece, or all of the first piece and half of the second: a cursor's head and some of its rows. An
    answer without a body never begins.
    """

    def __init__(self, send: Send, end: Callable[[], Awaitable[None]]) -> None:
        self._send = send
        self._end = end
        self._start: Message | None = None
        self._pieces = 0
        self._has_ended = False

    async def __call__(self, message: Message) -> None:
        if self._has_ended:
            return
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, is_last = message.get("body", b""), not message.get("more_body", False)
        if self._start is not None and (body or not is_last):
            await self._send(self._start)
            self._start = None
        self._pieces += 1
        if self._pieces == 1 and not is_last:
            await self._send(message)
            return
        if body:
            await self._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        self._has_ended = True
        await self._end()


def _again(body: bytes, receive: Receive) -> Receive:
    """A `Receive` that gives the body, which has been read, once more."""
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
