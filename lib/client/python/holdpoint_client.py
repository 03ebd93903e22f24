"""
Holds an AI agent's sensitive tool call until a person has decided, and runs it once.

    hp = Holdpoint()  # HOLDPOINT_URL, HOLDPOINT_KEY
    run = hp.run(agent="order-manager", id="ticket-4711")
    outcome = run.gate("process_refund", {"order_id": "ORD-1", "amount": 2400}, refund, call_id=call.id)

One file without dependencies, for Python 3.9 and newer. It never runs a tool when in doubt.
"""

from __future__ import annotations

import asyncio, contextvars, copy, functools, hashlib, http.client, inspect, json, math, os, queue, random, re
import ssl, threading, time, uuid
from concurrent import futures
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from socket import timeout as _SocketTimeout
from typing import Any, AsyncIterator, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union
from urllib.parse import quote, urlsplit

__version__ = "0.1.0"
__all__ = [
    "Holdpoint", "Run", "Checkpoint", "Saved", "Asked", "Outcome", "ReleasedCall", "Undone", "NEVER_RAN", "ToolError", "told",
    "HoldpointError", "Refused", "Unavailable", "Indeterminate", "Problem", "Rejected", "StaleCheckpoint",
]  # fmt: skip

CancelledError = futures.CancelledError
Json = Dict[str, Any]


class HoldpointError(Exception):
    """What the client raises. Whichever it is, the tool did not run now. `__cause__` says what lies behind it."""

    def __init__(self, message: str, *, status: Optional[int] = None, code: Optional[str] = None,
                 errors: Optional[List[Json]] = None, approval: Optional[Json] = None):  # fmt: skip
        super().__init__(message)
        self.message = message
        self.status = status  # the HTTP status, where there was an answer
        self.code = code or (approval or {}).get("status") or "unknown"
        self.errors = errors or []  # [{"pointer": …, "detail": …}]
        self.approval = approval


class Refused(HoldpointError):
    """A "no" that ended the run, or a run that has ended: the agent stops."""


class Unavailable(HoldpointError):
    """Nobody answered within the patience, or nobody whose answer could be believed."""


class Indeterminate(HoldpointError):
    """The call was let through before and left no result: nobody knows whether it ran, and somebody has to look."""


class Problem(HoldpointError):
    """An answer that says no, with its code; or what is not sent because it could not be said in JSON."""


class Rejected(HoldpointError):
    """Raised by a `gated` function whose call was rejected, or expired, where the run goes on."""


class StaleCheckpoint(HoldpointError):
    """Somebody else saved a checkpoint since this process loaded or saved its own."""


class ToolError(Exception):
    """What a tool raised: `__cause__` where it did just now, `recorded` where it did before."""

    recorded: Any = None


@dataclass(frozen=True)
class Outcome:
    """What became of a call: `kind` is `ran`, `failed` (see `error`), `rejected` (see `status`) or `parked`."""

    kind: str
    output: Any = None
    params: Any = None
    edited: bool = False  # whether a reviewer changed the params before approving them
    replayed: bool = False  # whether it ran earlier, and this is what is recorded of it
    approval: Optional[Json] = None
    message: str = ""  # for the model; of what ran, where a reviewer changed the params
    status: Optional[str] = None  # `rejected` or `expired`
    error: Optional[ToolError] = None
    truncated: Optional[Json] = None  # stands where Holdpoint kept only a part of a long output


def told(outcome: Outcome) -> Any:
    """
    What a model is given: what the tool gave back, with what a reviewer changed of the call, or the words of a no. A dict
    keeps its members and says it as `holdpoint`; all else that is no text becomes its JSON behind the words. Raises what
    the tool raised.
    """
    if outcome.error:
        raise outcome.error.__cause__ or outcome.error
    if outcome.kind != "ran":
        return outcome.message
    output, words = outcome.output, outcome.message
    if not words or output is None:
        return words or output
    if isinstance(output, dict):
        return {**output, "holdpoint": words}
    return f"{words}\n\n{output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, default=str)}"


class ReleasedCall(NamedTuple):
    """A call that was let through: handed to `earlier`, and to a function that has a parameter `call`."""

    run: str
    call_id: str
    tool_call_id: str  # an idempotency key for what is behind the tool
    tool: str
    params: Json
    approval: Optional[Json]


class Undone(NamedTuple):
    call_id: str
    approval: Json


class Saved(NamedTuple):
    bytes: bytes
    type: str
    etag: Optional[str]


NEVER_RAN = object()
"""What `earlier` returns where the tool's books say for certain that the call has not run and never will."""


# --- JSON: refused where it would change ---

_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_DEPTH = 64


def _snapshot(params: Any) -> Json:
    """A copy that nobody else holds. Raises Problem with the place of all that JSON could not carry or would change."""
    issues: List[Json] = []
    copied = _copy(params, "", 1, (), issues)
    if type(params) is not dict:
        issues = [{"pointer": "", "detail": "Params are a dict."}]
    if not issues:
        return copied
    pointer, detail = issues[0]["pointer"], issues[0]["detail"]
    place = f"The params at {pointer}" if pointer else "The params"
    words = f"{place} cannot be asked about as they are: {detail}"
    raise Problem(words, status=422, code="invalid_input", errors=issues)


def _copy(value: Any, pointer: str, depth: int, above: Tuple[int, ...], issues: List[Json]) -> Any:
    def refuse(detail: str) -> None:
        issues.append({"pointer": pointer, "detail": detail})

    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return value if value.bit_length() < 13_000 else refuse("It has more than 3,900 digits; send it as text.")
    if kind is float:
        if not math.isfinite(value):
            return refuse(f"JSON has no {value}.")
        if abs(value) >= 2**53:
            return refuse("A float beyond 2^53 may have lost digits; send an int, or text.")
        return value + 0.0  # no -0.0, which JSON's readers do not keep
    if kind is str:
        return refuse("It holds half a character.") if _SURROGATE.search(value) else value
    if kind is not dict and kind is not list:
        return refuse(f"JSON has no {kind.__name__}; send text, a number, a list or a dict.")
    if id(value) in above:
        return refuse("It contains itself.")
    if depth > _MOST_DEPTH:
        return refuse(f"It is more than {_MOST_DEPTH} levels deep.")

    def child(item: Any, key: Any) -> Any:
        place = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
        return _copy(item, place, depth + 1, (*above, id(value)), issues)

    if kind is list:
        return [child(item, index) for index, item in enumerate(list(value))]
    for key in list(value):
        if type(key) is not str or _SURROGATE.search(key):
            refuse("A key of it is no text." if type(key) is not str else "A key of it holds half a character.")
    return {key: child(item, key) for key, item in list(value.items())}


def _canonical(value: Any) -> str:
    """RFC 8785, with whole numbers in full digits."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_canonical(key)}:{_canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    return _number(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """A float as ECMAScript spells it."""
    if value == 0:
        return "0"
    sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits, minus = "".join(map(str, figures)), "-" if sign else ""
    point = len(digits) + int(exponent)
    if len(digits) <= point <= 21:
        return minus + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{minus}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    return f"{minus}{digits[0]}{'.' + digits[1:] if digits[1:] else ''}e{point - 1:+d}"


def _digest(tool: str, params: Any) -> str:
    text = _canonical({"params": params, "tool": tool})
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _recordable(value: Any) -> Any:
    """What is to be recorded: never an error, for the tool has run. Holdpoint takes 1 MiB and keeps 256 kB."""
    try:
        text = json.dumps(value, allow_nan=False, default=str)
    except Exception as error:
        return {"not_json": str(error)}
    return value if len(text) <= 1_000_000 else {"cut": True, "bytes": len(text), "start": text[:50_000]}


def _dumps(body: Json) -> bytes:
    """Without the members that are None; what has no JSON is told by its text."""
    return json.dumps({key: item for key, item in body.items() if item is not None}, default=str).encode()


def _no_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def _to_call_id(id: str) -> str:
    """An id as Holdpoint takes it: as it is where it is printable ASCII without blanks, else with a part of its hash."""
    if not isinstance(id, str) or id == "":
        raise TypeError("An id is needed: without it nobody can tell a retry from another call.")
    if re.fullmatch(r"(?!\.{1,2}\Z)[!-~]{1,1000}", id):
        return id
    whole = id.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return f"{re.sub('[^!-~]', '_', whole)[:900]}.{hashlib.sha256(whole.encode()).hexdigest()[:10]}"


# --- waiting ---

_TICK = 0.25  # seconds after which what is called off is noticed
_Stop = Callable[[], None]  # raises where a wait is to end


def _never() -> None:
    pass


def _spawn(work: Callable[[], Any], daemon: bool = True) -> futures.Future[Any]:
    future: futures.Future[Any] = futures.Future()
    future.set_running_or_notify_cancel()

    def go() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=go, daemon=daemon, name="holdpoint").start()
    return future


def _sleep(seconds: float, stop: _Stop) -> None:
    until = time.monotonic() + seconds
    stop()
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _TICK))
        stop()


def _to_seconds(span: Union[str, float]) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)", str(span))
    seconds = float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]] if found else span
    if isinstance(seconds, (int, float)) and 0 < seconds < math.inf:
        return seconds
    raise ValueError(f"{span!r} is not a span such as 10m, 30s or a number of seconds.")


def _items_of(page: Json) -> List[Json]:
    return [item for item in page["items"] if isinstance(item, dict) and isinstance(item.get("next"), dict)
            and isinstance(item.get("id"), str)]  # fmt: skip


def _on_loop(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a thread beside the loop that runs now: what `fn` has to await is awaited there."""
    loop = asyncio.get_running_loop()

    @functools.wraps(fn)
    def execute(*args: Any, **kwargs: Any) -> Any:
        output = fn(*args, **kwargs)
        if not inspect.iscoroutine(output):
            return output
        future = asyncio.run_coroutine_threadsafe(output, loop)
        while not futures.wait([future], timeout=1).done:
            if loop.is_closed():
                raise asyncio.CancelledError
        if future.cancelled():
            raise asyncio.CancelledError  # unlike the other one no Exception: nobody knows how far it came
        return future.result()

    return execute


def _twin(method: Callable[..., Any]) -> Callable[..., Any]:
    """The same for asyncio, in a thread."""

    @functools.wraps(method)
    async def twin(*args: Any, **kwargs: Any) -> Any:
        context = contextvars.copy_context()
        return await asyncio.wrap_future(_spawn(lambda: context.run(method, *args, **kwargs), daemon=False))

    return twin


# --- HTTP: sent again until an answer counts ---

_ANSWER_SECONDS = 20.0
_MOST_BYTES = 16 * 1024 * 1024  # more than Holdpoint ever sends


class _Failure(Exception):
    """Why a request has to be sent again."""

    def __init__(self, message: str, status: Optional[int] = None, retry_after: float = 0.0):
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


class _Late(_Failure):
    """That nothing came in time."""


class _Answer(NamedTuple):
    status: int
    headers: Any
    bytes: bytes
    body: Any


@dataclass
class _Request:
    method: str
    path: str
    read: Callable[[_Answer], Any]  # None where it is no answer to this request
    body: Optional[bytes] = None
    headers: Optional[Dict[str, str]] = None
    wait: int = 0  # seconds that the answer may be held; 0 afterwards where the server holds too many
    stop: _Stop = _never
    tries: int = 0


#: Code of a no that is one for a while: a person has stopped the agent, and lets it go on.
_PAUSED = "agent_paused"


class _Http:
    def __init__(self, url: str, key: str, patience: float, say: Callable[[Json], None]):
        self.url, self.key, self.patience, self.say = url, key, patience, say
        parts = urlsplit(url)
        self.base = parts.path + "/api"
        self.at = (parts.hostname, parts.port)
        self.tls = ssl.create_default_context() if parts.scheme == "https" else None

    def send(self, request: _Request) -> Any:
        """Raises Problem for a no, Unavailable where nobody answered within the patience, and what `stop` raises."""
        failing_since: Optional[float] = None
        last: Optional[Exception] = None

        def left() -> float:
            return self.patience - (0 if failing_since is None else time.monotonic() - failing_since)

        # who does not answer is asked without a wait the next time: it is known sooner whether anybody is there
        pause, wait = 0.5, request.wait
        while True:
            held_until = time.monotonic() + wait
            request.tries += 1
            may_take = min(_ANSWER_SECONDS, left())
            try:
                return self._within(wait + may_take, request, wait)
            except Problem as problem:
                if problem.code != "too_many_waits" or wait == 0:
                    raise
                request.wait = wait = 0
                continue
            except (Refused, CancelledError):
                raise
            except Exception as error:
                if failing_since is None:
                    failing_since = min(time.monotonic(), held_until)
                reason = str(error) or type(error).__name__
                self.say({"type": "unanswered", "method": request.method, "path": request.path, "reason": reason})
                # a last try that patience cut short says less than the one before it
                cut = isinstance(error, (_Late, _SocketTimeout)) and may_take < _ANSWER_SECONDS
                if last is None or not cut:
                    last = error
                after = error.retry_after if isinstance(error, _Failure) else 0
                if left() > 0:
                    _sleep(min(max(pause * random.uniform(0.5, 1), after), left()), request.stop)
                if left() <= 0:
                    reason = (str(last) or type(last).__name__).rstrip(".")
                    words = f"No answer of Holdpoint at {self.url} counts: {reason}."
                    status = getattr(last, "status", None)
                    paused = getattr(last.__cause__, "code", None) == _PAUSED
                    raise Unavailable(words, code=_PAUSED if paused else "unavailable", status=status) from last
            pause, wait = min(pause * 2, 15.0), 0

    def _within(self, seconds: float, request: _Request, wait: int) -> Any:
        """One try in a thread, since a socket's own timeout begins anew with each byte."""
        sockets: List[Any] = []
        until = time.monotonic() + seconds
        future = _spawn(lambda: self._try(seconds, request, wait, sockets))
        try:
            while not future.done():
                request.stop()
                if time.monotonic() >= until:
                    raise _Late(f"no answer within {seconds:.1f} s")
                futures.wait([future], timeout=min(_TICK, max(0.0, until - time.monotonic())))
            answer = future.result()
        finally:
            if not future.done():
                _shut(sockets)
        found = request.read(answer)
        if found is None:
            raise _Failure("what answers is not Holdpoint, or answers something else", answer.status)
        return found

    def _connect(self, seconds: float) -> Any:
        host, port = self.at
        if self.tls:
            return http.client.HTTPSConnection(host, port, timeout=seconds, context=self.tls)
        return http.client.HTTPConnection(host, port, timeout=seconds)

    def _open(self, connection: Any, request: _Request, wait: int, sockets: List[Any]) -> Any:
        connection.connect()
        sockets.append(connection.sock)
        if None in sockets:
            raise _Failure("it was given up before it was connected")
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json", "Connection": "close"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if wait:
            headers["Prefer"] = f"wait={wait}"
        headers.update(request.headers or {})
        connection.request(request.method, self.base + request.path, request.body, headers)
        return connection.getresponse()

    def _try(self, seconds: float, request: _Request, wait: int, sockets: List[Any]) -> _Answer:
        """Never follows a redirect, which would carry the key to another address."""
        connection = self._connect(seconds)
        try:
            response = self._open(connection, request, wait, sockets)
            parts, size = [], 0
            while part := response.read(65_536):
                size += len(part)
                if size > _MOST_BYTES:
                    raise _Failure(f"an answer of more than {_MOST_BYTES} bytes", response.status)
                parts.append(part)
            data = b"".join(parts)
            if response.length:
                raise _Failure("an answer that was cut", response.status)
        finally:
            connection.close()
        status = response.status
        answer = _Answer(status, response.headers, data, _parse(response.headers, data))
        if 300 <= status < 400:
            to = (response.headers.get("Location") or "another address")[:200]
            raise _Failure(f"it sends on to {to}, which is not followed; set the address that answers itself", status)
        if status < 400:
            return answer
        problem = _problem_of(answer)
        code = problem.code if problem else None
        busy = status == 429 and code != "too_many_waits" or code == _PAUSED
        if problem is None or busy or status == 408 or status >= 500:
            words = problem.message if problem and busy else f"status {status}"
            raise _Failure(words, status, _retry_after(response.headers)) from problem
        raise problem


def _shut(sockets: List[Any]) -> None:
    """Ends what a thread still reads, and what it may connect only now."""
    sockets.append(None)
    for socket in sockets:
        try:
            if socket:
                socket.shutdown(2)
        except OSError:
            pass


def _parse(headers: Any, data: bytes) -> Any:
    if not re.search(r"[/+]json\b", headers.get("Content-Type") or ""):
        return None
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _problem_of(answer: _Answer) -> Optional[Problem]:
    """Holdpoint's own no, not that of a proxy."""
    body = answer.body
    if not isinstance(body, dict) or not isinstance(body.get("code"), str) or body.get("status") != answer.status:
        return None
    errors, approval = body.get("errors"), body.get("approval")
    return Problem(str(body.get("detail")), status=answer.status, code=body["code"],
                   errors=errors if isinstance(errors, list) else None,
                   approval=approval if isinstance(approval, dict) else None)  # fmt: skip


def _retry_after(headers: Any) -> float:
    """Seconds, or a time, which is compared with the server's clock and not with ours."""
    text = headers.get("Retry-After") or ""
    if re.fullmatch(r"[0-9]+", text):
        return float(text)
    try:
        span = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date"))
        return max(0.0, span.total_seconds())
    except (TypeError, ValueError, IndexError):
        return 0.0


# --- a call: asked, held, taken, run, told ---


class _Work:
    """What this process is at with one call, one thread at a time."""

    def __init__(self, ids: Json):
        self.lock, self.ids, self.count = threading.Lock(), ids, 0
        self.untold: Optional[Tuple[str, Outcome]] = None


class _Life:
    """
    One life of an agent: of its process, anew in a fork. Holdpoint lets it claim again what it has claimed, since an
    answer may have got lost; that the call runs once in this life is then up to us.
    """

    def __init__(self) -> None:
        self.lock, self.ids = threading.Lock(), self.new_ids()
        self.works: Dict[str, _Work] = {}
        self.begun: Dict[str, _Work] = {}  # a call may be asked for under two names: as c, and as c.2 by who resumes

    @staticmethod
    def new_ids() -> Json:
        return {"start_id": str(uuid.uuid4()), "claim_id": str(uuid.uuid4())}


_life = _Life()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_life.__init__)

_MOST_ATTEMPTS = 5
_HOLD_SECONDS = 50
_POLL_SECONDS = 5.0
_RESULT_SECONDS = 10.0  # for which somebody else who was let through may be at work still
_POSSIBLE = {
    "pending": ("wait", "stop"),  # stop where its project is being archived
    "approved": ("wait", "execute", "done", "ask_again", "stop"),
    "rejected": ("continue", "stop"),
    "expired": ("continue", "stop"),
    "cancelled": ("ask_again", "stop"),
}


class Asked(NamedTuple):
    """What there is to be done about a call: `action` is `wait`, `execute`, `done` or `continue`."""

    action: str
    message: str
    params: Json  # as asked, or as a reviewer changed them
    edited: bool
    approval: Optional[Json]
    recorded: Optional[Json]
    granted: bool  # whether this very process may run it now, once
    gate: _Gate


class _Gate:
    def __init__(self, run: Run, tool: str, params: Any, call_id: str, more: Json, mode: str, earlier: Any, on_edit: Any,
                 stop: _Stop):  # fmt: skip
        self.run, self.tool, self.params, self.call_id, self.more = run, tool, _snapshot(params), call_id, more
        self.mode, self.earlier, self.on_edit, self.stop = mode, earlier, on_edit, stop
        self.digest = _digest(tool, self.params)
        self.tool_call_id, self.attempt, self.hold_seconds = _to_call_id(call_id), 1, _HOLD_SECONDS
        self.ids: Json = {}

    def outcome(self, execute: Callable[..., Any]) -> Outcome:
        life = self.run._hp._life
        key = f"{self.run.record['id']} {self.digest} {self.tool_call_id}"
        with life.lock:
            work = life.works.setdefault(key, _Work(life.ids))
            work.count += 1
        try:
            while not work.lock.acquire(timeout=_TICK):
                self.stop()
            try:
                return self._outcome(life, work, execute)
            finally:
                work.lock.release()
        finally:
            with life.lock:
                work.count -= 1
                if work.count == 0 and work.untold is None and work.ids is life.ids:
                    life.works.pop(key, None)
                run = self.run.record["id"] + " "
                if not any(one.startswith(run) for one in life.works):
                    for one in [one for one in life.begun if one.startswith(run)]:
                        del life.begun[one]

    def _outcome(self, life: _Life, work: _Work, execute: Callable[..., Any]) -> Outcome:
        is_replayed = work.untold is not None
        if work.untold is None:
            self.ids = work.ids
            asked = self._follow()
            if isinstance(asked, Outcome):
                return asked
            with life.lock:
                owner = life.begun.setdefault(f"{self.run.record['id']} {self.tool_call_id}", work)
            if owner is not work:
                return self._earlier(asked) or self._outcome(life, work, execute)
            self._check_called_off(work)
            try:
                work.untold = self.tool_call_id, self._execute(asked, execute)
            except BaseException:
                # interrupted, and nobody knows how far it came: from now on this process is as any other to the call
                work.ids = life.new_ids()
                raise
        self.tool_call_id, outcome = work.untold
        try:
            self._report(outcome)
            work.untold = None
        except Exception as error:
            if _is_recorded(error):
                work.untold = None
            else:
                self.run._hp._say({"type": "unreported", "call_id": self.call_id, "error": error})
        return replace(outcome, replayed=True) if is_replayed else outcome

    def _follow(self) -> Union[Asked, Outcome]:
        """Until the call is granted to this process, or it is known what became of it."""
        held, asked = None, self._ask()
        while not asked.granted:
            self.stop()
            approval: Json = asked.approval or {}
            if asked.action == "wait":
                if self.mode == "park":
                    return Outcome("parked", approval=approval, params=asked.params, message=asked.message)
                if held != approval["id"]:
                    held = approval["id"]
                    self.run._hp._say({"type": "held", "call_id": self.call_id, "approval": approval})
                asked = self._hold()
            elif asked.action == "execute":
                asked = self._claim(asked)
            elif asked.action == "continue":
                status = "expired" if approval["status"] == "expired" else "rejected"
                return Outcome("rejected", status=status, message=asked.message, approval=approval)
            elif asked.action == "done":
                outcome = self._earlier(asked)
                if outcome:
                    return outcome
                asked = self._ask_again(asked)
            else:
                asked = self.heed(asked)
        return asked

    def heed(self, asked: Asked) -> Asked:
        """Asks again where that is the answer. Raises Refused where the run is over."""
        while asked.action == "ask_again":
            asked = self._ask_again(asked)
        if asked.action == "stop":
            raise self._refuse(Refused(asked.message, approval=asked.approval))
        return asked

    def ask(self) -> Asked:
        return self.heed(self._ask())

    def settle(self, asked: Asked) -> Asked:
        while asked.action == "wait":
            asked = self.heed(self._hold())
        return asked

    def claim(self, asked: Asked) -> Asked:
        gate = copy.copy(self)
        gate.ids = gate.run._hp._life.new_ids()
        return gate.heed(gate._claim(asked) if asked.approval else gate._ask())

    def _ask(self, wait: int = 0) -> Asked:
        """What was granted just when this was called off is answered still, for it to be given back."""
        self.stop()
        try:
            return self._put(wait, self.stop)
        except CancelledError:
            late = self._late_grant(wait) if self.ids else None
            if late is None:
                raise
            return late

    def _put(self, wait: int, stop: _Stop) -> Asked:
        body = _dumps({"run_id": self.run.record["id"], **self.body(), **self.ids})
        request = _Request("POST", "/approvals", lambda answer: self._understand(answer.body, bool(self.ids)), body,
                           wait=wait, stop=stop)  # fmt: skip
        try:
            return self.run._hp._http.send(request)
        except Problem as problem:
            self._raise_over(problem)
            raise
        finally:
            if wait:
                self.hold_seconds = request.wait

    def _late_grant(self, wait: int) -> Optional[Asked]:
        """An ask that is not held may take the call only now: it is asked again."""
        soon = _limit(5)
        try:
            status = self._read_call(soon)["status"] if wait else "running"
            if status == "approved":
                _sleep(0.5, soon)  # a claim may be on its way
                status = self._read_call(soon)["status"]
            return self._put(0, soon) if status == "running" else None
        except (HoldpointError, CancelledError):
            return None  # whoever comes to the call hears that nobody knows

    def body(self) -> Json:
        """The question. Its own id goes with it where Holdpoint takes another, for who resumes."""
        more = {name: value for name, value in self.more.items() if value is not None}
        body = {"tool": self.tool, "params": self.params, "tool_call_id": self.tool_call_id, **more}
        if self.tool_call_id != self.call_id and len(self.call_id) <= 1000 and not _SURROGATE.search(self.call_id):
            body["metadata"] = {"call_id": self.call_id, **(self.more.get("metadata") or {})}
        return body

    def _hold(self) -> Asked:
        begun = time.monotonic()
        asked = self._ask(self.hold_seconds)
        if asked.action == "wait":
            early = 1 - (time.monotonic() - begun)
            _sleep(early if self.hold_seconds else _POLL_SECONDS * random.uniform(0.75, 1.25), self.stop)
        return asked

    def _ask_again(self, asked: Asked) -> Asked:
        """The same question under the next id. Raises Problem after the fifth, with what became of it."""
        if self.attempt == _MOST_ATTEMPTS:
            status = (asked.approval or {}).get("status")
            words = f"{self.tool} was asked for {_MOST_ATTEMPTS} times and never ran. {asked.message}"
            code = "grant_expired" if status == "approved" else status
            raise Problem(words, status=409, code=code, approval=asked.approval)
        self.run._hp._say({"type": "asking_again", "call_id": self.call_id, "message": asked.message})
        self.attempt += 1
        self.tool_call_id = f"{_to_call_id(self.call_id)}.{self.attempt}"
        return self._ask()

    def _claim(self, asked: Asked) -> Asked:
        """Is not given up by who calls it off: a claim whose answer nobody hears is a dead approval."""
        id = asked.approval["id"] if asked.approval else ""

        def read(answer: _Answer) -> Optional[Asked]:
            body = answer.body
            if not isinstance(body, dict) or body.get("id") != id or not isinstance(body.get("claimed_at"), str):
                return None
            return self._understand({**body, "next": {"action": "execute", "message": asked.message}}, True)

        body = {"tool": self.tool, "params": asked.params, "claim_id": self.ids["claim_id"]}
        try:
            return self.run._hp._http.send(_Request("POST", f"/approvals/{quote(id, '')}/claim", read, _dumps(body)))
        except Problem as problem:
            if problem.approval is None:
                self._raise_over(problem)
                raise
            now = self._understand(problem.approval, False)
            # whoever says no and yes in one breath has said no
            if now is None or now.action in ("execute", "wait"):
                raise
            return now

    def _raise_over(self, problem: Problem) -> None:
        if problem.code == "run_finished":
            told = {"status": problem.status, "code": problem.code, "approval": problem.approval}
            raise self._refuse(Refused(problem.message, **told)) from problem

    def _refuse(self, heard: Refused) -> Refused:
        """Ends the run with the call that was rejected or expired, though one that was withdrawn with it heard first."""
        run = self.run
        if not run._refused and heard.code not in ("rejected", "expired"):
            query = f"run_id={quote(run.record['id'], '')}&status=rejected,expired"
            try:
                noes = run._hp._approvals(query, _limit(10))
            except (HoldpointError, CancelledError):
                noes = []
            for approval in noes:
                if approval["next"]["action"] == "stop":
                    return run._end(Refused(approval["next"]["message"], approval=approval))
        return run._end(heard)

    def _understand(self, body: Any, is_mine: bool) -> Optional[Asked]:
        """Only an answer to this very question, whole in what decides and at one with itself, counts as one."""
        if not isinstance(body, dict) or body.get("tool_call_id") != self.tool_call_id:
            return None
        step = body.get("next")
        if body.get("run_id") != self.run.record["id"] or not isinstance(step, dict):
            return None
        action, message, required = step.get("action"), step.get("message"), body.get("required")
        recorded = body["call"] if isinstance(body.get("call"), dict) else None
        if not isinstance(action, str) or not isinstance(message, str):
            return None
        if action == "execute" and _has_result(recorded):
            return None
        if required is False:
            if action not in ("execute", "done"):
                return None
            return Asked(action, message, self.params, False, None, recorded, is_mine and action == "execute", self)
        status, edit, params = body.get("status"), body.get("edited"), body.get("params")
        if required is not True or not isinstance(body.get("id"), str) or body.get("tool") != self.tool:
            return None
        if not isinstance(status, str) or action not in _POSSIBLE.get(status, ()):
            return None
        edited = isinstance(edit, dict)
        if (edit.get("requested_digest") if isinstance(edit, dict) else body.get("digest")) != self.digest:
            return None
        # what reading changed of a reviewer's params shows in their digest
        if edited and (not isinstance(params, dict) or _digest(self.tool, params) != body.get("digest")):
            return None
        granted = is_mine and action == "execute" and isinstance(body.get("claimed_at"), str)
        return Asked(action, message, params if edited else self.params, edited, body, recorded, granted, self)

    def _check_called_off(self, work: _Work) -> None:
        try:
            self.stop()
        except (Refused, CancelledError):
            # else who is at it in this process too takes what was granted
            if work.count == 1:
                try:
                    self._report_not_run("It was called off after it was let through and before it ran.", 10)
                except Exception:
                    pass
            raise

    def _released(self, asked: Asked) -> ReleasedCall:
        params = copy.deepcopy(asked.params)
        return ReleasedCall(self.run.id, self.call_id, self.tool_call_id, self.tool, params, asked.approval)

    def _execute(self, asked: Asked, execute: Callable[..., Any]) -> Outcome:
        call = self._released(asked)
        try:
            if asked.edited and self.on_edit:
                _plain(self.on_edit(asked.approval))
            output = execute(call.params, call=call) if _takes_call(execute) else execute(call.params)
            return self._ran(asked, _plain(output))
        except Exception as cause:
            error = ToolError(str(cause))
            error.__cause__ = cause
            return self._failed(asked, error)

    def _ran(self, asked: Asked, output: Any, **more: Any) -> Outcome:
        words = f"{asked.message} It ran so, and this is what came of it." if asked.edited else ""
        return Outcome("ran", output, asked.params, asked.edited, approval=asked.approval, message=words, **more)

    def _failed(self, asked: Asked, error: ToolError, replayed: bool = False) -> Outcome:
        return Outcome("failed", None, asked.params, asked.edited, replayed, asked.approval, str(error), error=error)

    def _path(self) -> str:
        return f"/runs/{quote(self.run.record['id'], '')}/tool-calls/{quote(self.tool_call_id, '')}"

    def _report(self, outcome: Outcome) -> None:
        if outcome.kind == "ran":
            return self._record({"status": "succeeded", "output": _recordable(outcome.output)})
        cause = outcome.error.__cause__ if outcome.error else None
        self._record({"status": "failed", "error": {"name": type(cause).__name__, "message": str(cause)}})

    def _report_not_run(self, words: str, seconds: float = math.inf) -> None:
        error = {"name": "DidNotRun", "code": "did_not_run", "message": words}
        self._record({"status": "failed", "error": error}, seconds)

    def _record(self, result: Json, seconds: float = math.inf) -> None:
        """The first that is told is kept; the same again is the same. What ends waits does not end this."""
        def read(answer: _Answer) -> Optional[Json]:
            return _member(answer, "tool_call_id", self.tool_call_id)

        self.run._hp._http.send(_Request("POST", f"{self._path()}/result", read, _dumps(result), stop=_limit(seconds)))

    def _read_call(self, stop: _Stop = _never) -> Json:
        def read(answer: _Answer) -> Optional[Json]:
            body = answer.body
            is_it = isinstance(body, dict) and body.get("tool_call_id") == self.tool_call_id
            return body if is_it and isinstance(body.get("status"), str) else None

        return self.run._hp._http.send(_Request("GET", self._path(), read, stop=stop))

    def _earlier(self, asked: Asked) -> Optional[Outcome]:
        """
        What became of a call that was let through before, to this process or another: what is recorded, at once or
        within 10 s, else what the tool's books say. None where it is known that it did not run.
        """
        until, recorded = time.monotonic() + _RESULT_SECONDS, asked.recorded
        while not _has_result(recorded) and time.monotonic() < until:
            _sleep(1 if recorded else 0, self.stop)
            recorded = self._read_call()
        if recorded and _has_result(recorded):
            return self._recorded_outcome(asked, recorded)
        output, cause = None, None
        try:
            output = self.earlier(self._released(asked)) if self.earlier else None
        except Exception as error:
            cause = error
        if output is None:
            words = f"{asked.message} Look whether {self.tool} ran as {self.tool_call_id}; it was not run now."
            raise Indeterminate(words, code="indeterminate", approval=asked.approval) from cause
        outcome = self._ran(asked, output, replayed=True)
        try:
            if output is NEVER_RAN:
                return self._report_not_run("The agent ended before it ran.")
            self._report(outcome)
            return outcome
        except Problem as problem:
            if not _is_recorded(problem):
                raise
            return self._recorded_outcome(asked, self._read_call())  # somebody else was at it all the time

    def _recorded_outcome(self, asked: Asked, recorded: Json) -> Optional[Outcome]:
        if recorded["status"] == "succeeded":
            return self._ran(asked, recorded.get("output"), replayed=True, truncated=recorded.get("truncated"))
        told = recorded.get("error")
        if isinstance(told, dict) and told.get("code") == "did_not_run":
            return None
        message = told.get("message") if isinstance(told, dict) else None
        error = ToolError(message if isinstance(message, str) else json.dumps(told))
        error.recorded = told
        return self._failed(asked, error, replayed=True)


def _limit(seconds: float) -> _Stop:
    until = time.monotonic() + seconds

    def stop() -> None:
        if time.monotonic() > until:
            raise CancelledError

    return stop


def _has_result(recorded: Optional[Json]) -> bool:
    return bool(recorded) and recorded.get("status") in ("succeeded", "failed")


def _is_recorded(error: Exception) -> bool:
    """Whether another result was told before."""
    return isinstance(error, Problem) and error.code == "result_recorded"


def _plain(output: Any) -> Any:
    if inspect.iscoroutine(output):
        output.close()
        raise TypeError("The function is asynchronous: use gate_async.")
    return output


def _takes_call(execute: Callable[..., Any]) -> bool:
    try:
        return "call" in list(inspect.signature(execute).parameters)[1:]
    except (TypeError, ValueError):
        return False


# --- runs ---


class Checkpoint:
    """An agent's own state, kept with its run. Whoever saves over what they have not seen learns it."""

    def __init__(self, run: Run):
        self._run = run
        self._path = f"/runs/{quote(run.record['id'], '')}/checkpoint"
        self._seen: Optional[str] = "unseen"

    def load(self) -> Optional[Saved]:
        """What was saved last, by whomever; None where there is nothing."""

        def read(answer: _Answer) -> Optional[Saved]:
            type = answer.headers.get("Content-Type") or ""
            return Saved(answer.bytes, type, answer.headers.get("ETag")) if answer.status == 200 else None

        try:
            saved = self._run._send("GET", self._path, read)
        except Problem as problem:
            if problem.code != "no_checkpoint":
                raise
            self._seen = None
            return None
        self._seen = saved.etag or "unseen"
        return saved

    def save(self, state: Union[bytes, str], *, type: Optional[str] = None,
             if_match: Optional[str] = "seen") -> Optional[str]:  # fmt: skip
        """
        Keeps the state, 1 MiB at most, in place of what this process saw last, or of the etag `if_match`: None is for
        nothing, `*` for whatever is there. Returns its etag.
        Raises StaleCheckpoint where somebody else saved meanwhile: another process goes on with this run.
        """
        seen = self._seen
        match = seen if if_match == "seen" else if_match
        data = state.encode() if isinstance(state, str) else bytes(state)
        media = "text/plain; charset=utf-8" if isinstance(state, str) else "application/octet-stream"
        headers = {"Content-Type": type or media}
        if match != "unseen":
            headers["If-None-Match" if match is None else "If-Match"] = match or "*"

        def read(answer: _Answer) -> Optional[Tuple[Optional[str]]]:
            return (answer.headers.get("ETag"),) if answer.status == 204 else None

        request = _Request("PUT", self._path, read, data, headers, stop=self._run._stopper())
        try:
            (etag,) = self._run._hp._http.send(request)
            self._seen = etag or "unseen"
            return etag
        except Problem as problem:
            if problem.status != 412:
                raise
            # the answer to an earlier try may have got lost
            now = self.load() if request.tries > 1 else None
            if now and now.bytes == data:
                return now.etag
            self._seen = seen
            words = "Another process has saved a checkpoint of this run since this one looked."
            raise StaleCheckpoint(words, status=412, code=problem.code) from problem

    load_async, save_async = _twin(load), _twin(save)


class Run:
    """One run of an agent. `signal` is set when a rejection or an expiry has ended it."""

    def __init__(self, hp: Holdpoint, id: str, record: Json):
        self._hp, self.id, self.record = hp, id, record
        self.signal = threading.Event()
        self.checkpoint = Checkpoint(self)
        self._refused: Optional[Refused] = None
        self._counts: Dict[str, int] = {}

    @property
    def status(self) -> str:
        return self.record["status"]

    def gate(self, tool: str, params: Json, fn: Callable[..., Any], call_id: str, *, description: Optional[str] = None,
             schema: Optional[Json] = None, context: Optional[Json] = None, metadata: Optional[Json] = None,
             mode: str = "wait", earlier: Optional[Callable[[ReleasedCall], Any]] = None,
             on_edit: Optional[Callable[[Json], Any]] = None, signal: Optional[threading.Event] = None) -> Outcome:  # fmt: skip
        """
        Runs a tool if it may: asks, waits for a person however long that takes, runs `fn(params)` once and records the
        result. The same `call_id` again, in this process or another, goes on where it was and never runs it twice.

        `fn` gets a copy of the params as they were at the ask, or as a reviewer changed them; where it has a parameter
        `call`, also that. `mode="park"` hands back what is held instead of waiting. `earlier(call)` asks the tool's own
        books about a call that was let through before and left no result. `on_edit(approval)` is told before the tool runs
        with params that a reviewer changed; `approval["edited"]` says what was changed. `signal`, once set, ends the wait.

        Raises Refused, Unavailable, Indeterminate, Problem, or CancelledError by the signal; then it did not run now.
        """
        if inspect.iscoroutinefunction(fn):
            raise TypeError("The function is asynchronous: use gate_async.")
        more = {"description": description, "schema": schema, "context": context, "metadata": metadata}
        gate = self._gate(tool, params, call_id, mode=mode, earlier=earlier, on_edit=on_edit, signal=signal, **more)
        return gate.outcome(fn)

    def _gate(self, tool: str, params: Json, call_id: str, *, description: Optional[str] = None,
              schema: Optional[Json] = None, context: Optional[Json] = None, metadata: Optional[Json] = None,
              mode: str = "wait", earlier: Any = None, on_edit: Any = None,
              signal: Optional[threading.Event] = None) -> _Gate:  # fmt: skip
        if mode not in ("wait", "park"):
            raise ValueError("mode is wait or park.")
        more = {"description": description, "params_schema": schema, "metadata": metadata,
                "context": context and _snapshot(context)}  # fmt: skip
        return _Gate(self, tool, params, call_id, more, mode, earlier, on_edit, self._stopper(signal))

    def batch(self, calls: List[Json], **options: Any) -> List[Outcome]:
        """
        Several calls of one turn, asked for at once; each runs as soon as it may. A call is the arguments of `gate` by
        name, `options` are for all of them. Raises when all have come to an end: Refused where one of them ended the run,
        else what the first of them raised.
        """
        if any(inspect.iscoroutinefunction(call["fn"]) for call in calls):
            raise TypeError("A function is asynchronous: use batch_async.")
        gates = [self._gate(**{**options, **{name: call[name] for name in call if name != "fn"}}) for call in calls]
        for at in range(0, len(gates), 50):
            some = [gate.body() for gate in gates[at : at + 50]]
            body = {"run_id": self.record["id"], "calls": some}
            try:
                self._send("POST", "/approvals/batch", lambda answer: _member(answer, "results", None), body)
            except Problem as problem:
                gates[0]._raise_over(problem)
                raise
        ends = [_spawn(functools.partial(gate.outcome, call["fn"])) for gate, call in zip(gates, calls)]
        errors = [error for error in (end.exception() for end in ends) if error]
        if errors:
            raise next((error for error in errors if isinstance(error, Refused)), errors[0])
        return [end.result() for end in ends]

    def ask(self, tool: str, params: Json, call_id: str, **more: Any) -> Asked:
        """Asks about a call and takes nothing: whatever is answered, the tool may not run until `claim` grants it."""
        return self._gate(tool, params, call_id, **more).ask()

    def settle(self, asked: Asked) -> Asked:
        """Waits until a person has decided, or the call is over otherwise; takes nothing."""
        return asked.gate.settle(asked)

    def claim(self, asked: Asked) -> Asked:
        """
        Takes the one use of what was answered `execute`. Only where the answer is `granted` may the tool run, with its
        `params`, once; whoever claims sees to that, and reports. Of all who claim, in this process too, one is granted it.
        """
        return asked.gate.claim(asked)

    def report(self, asked: Asked, status: str, *, output: Any = None, error: Any = None) -> None:
        """Records what came of a call that was claimed, `succeeded` or `failed`. The first that is told is kept."""
        told = {"output": output} if status == "succeeded" else {"error": error}
        try:
            asked.gate._record({"status": status, **{name: _recordable(value) for name, value in told.items()}})
        except Problem as problem:
            if not _is_recorded(problem):
                raise

    async def gate_async(self, tool: str, params: Json, fn: Callable[..., Any], call_id: str, **options: Any) -> Outcome:
        """
        The same for asyncio; `fn` and `on_edit` may be asynchronous. To cancel the task ends the wait: nothing runs
        afterwards.
        """
        signal = threading.Event()
        if options.get("on_edit"):
            options["on_edit"] = _on_loop(options["on_edit"])
        try:
            return await _twin(self.gate)(tool, _snapshot(params), _on_loop(fn), call_id, signal=signal, **options)
        except asyncio.CancelledError:
            signal.set()
            raise

    async def batch_async(self, calls: List[Json], **options: Any) -> List[Outcome]:
        """`batch` for asyncio; each `fn` may be asynchronous. To cancel the task ends the wait: nothing runs afterwards."""
        signal = threading.Event()
        own = [{**call, "params": _snapshot(call["params"]), "fn": _on_loop(call["fn"])} for call in calls]
        for given in (options, *own):
            if given.get("on_edit"):
                given["on_edit"] = _on_loop(given["on_edit"])
        try:
            return await _twin(self.batch)(own, signal=signal, **options)
        except asyncio.CancelledError:
            signal.set()
            raise

    def gated(self, tool: str, *, call_id: Union[None, str, Callable[[Json], str]] = None,
              describe: Optional[Callable[[Json], str]] = None, schema: Optional[Json] = None,
              earlier: Optional[Callable[[ReleasedCall], Any]] = None,
              on_edit: Optional[Callable[[Json], Any]] = None,
              on_rejected: Optional[Callable[[str, Json], Any]] = None) -> Callable[..., Any]:  # fmt: skip
        """
        A function that runs only through the gate, and returns or raises as it does. Its arguments by name, defaults
        too, are the params. Without `call_id`, the id is made of tool, params and how often they came in this process.
        Where a call was rejected and the run goes on: what `on_rejected(message, approval)` returns, else Rejected.
        """

        def decorate(fn: Callable[..., Any]) -> Callable[..., Any]:
            signature = inspect.signature(fn)
            kinds = {name: parameter.kind for name, parameter in signature.parameters.items()}
            if {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL} & set(kinds.values()):
                raise TypeError("A gated function has arguments with names only.")

            def asked(args: Any, kwargs: Any) -> Tuple[Json, str, Json]:
                bound = signature.bind(*args, **kwargs)
                bound.apply_defaults()
                params: Json = {}
                for name, value in bound.arguments.items():
                    params.update(value if kinds[name] is inspect.Parameter.VAR_KEYWORD else {name: value})
                params = _snapshot(params)
                id = call_id(params) if callable(call_id) else call_id or self._next_id(tool, params)
                description = describe(params) if describe else None
                about = {"description": description, "schema": schema, "earlier": earlier, "on_edit": on_edit}
                return params, id, about

            def value_of(outcome: Outcome) -> Any:
                if outcome.kind == "ran":
                    return outcome.output
                if outcome.error:
                    raise outcome.error.__cause__ or outcome.error
                if on_rejected:
                    return on_rejected(outcome.message, outcome.approval or {})
                raise Rejected(outcome.message, approval=outcome.approval)

            @functools.wraps(fn)
            def gated(*args: Any, **kwargs: Any) -> Any:
                params, id, options = asked(args, kwargs)
                return value_of(self.gate(tool, params, lambda given: fn(**given), id, **options))

            @functools.wraps(fn)
            async def gated_async(*args: Any, **kwargs: Any) -> Any:
                async def execute(given: Json) -> Any:
                    return await fn(**given)

                params, id, options = asked(args, kwargs)
                return value_of(await self.gate_async(tool, params, execute, id, **options))

            return gated_async if inspect.iscoroutinefunction(fn) else gated

        return decorate

    def step(self, kind: str, name: str, *, id: Optional[str] = None, input: Any = None, output: Any = None) -> None:
        """Records a `model`, `message` or `note` that needs no approval; with an `id`, the same again is one step."""
        body = {"kind": kind, "name": name, "step_id": None if id is None else _to_call_id(id)}
        body.update(input=_recordable(input), output=_recordable(output))
        self._send("POST", f"{self._path}/steps", lambda answer: _member(answer, "kind", kind), body)

    def complete(self, output: Any = None) -> None:
        """Ends the run; what of it is pending is withdrawn."""
        self._finish({"status": "completed", "output": _recordable(output)})

    def fail(self, error: Any) -> None:
        told = {"name": type(error).__name__, "message": str(error)} if isinstance(error, Exception) else error
        self._finish({"status": "failed", "error": _recordable(told)})

    def cancel(self) -> None:
        self._finish({"status": "cancelled"})

    def _finish(self, body: Json) -> None:
        def read(answer: _Answer) -> Optional[Json]:
            return _member(answer, "id", self.record["id"])

        try:
            self.record = self._hp._http.send(_Request("PATCH", self._path, read, _dumps(body)))
        except Problem as problem:
            if problem.code != "run_finished":
                raise
            self.record = self._hp._http.send(_Request("GET", self._path, read))
            # else the answer to an earlier try got lost, or a person's no came first
            if self.record["status"] != body["status"]:
                raise

    @property
    def _path(self) -> str:
        return f"/runs/{quote(self.record['id'], '')}"

    def _send(self, method: str, path: str, read: Callable[[_Answer], Any], body: Optional[Json] = None) -> Any:
        data = None if body is None else _dumps(body)
        return self._hp._http.send(_Request(method, path, read, data, stop=self._stopper()))

    def _stopper(self, signal: Optional[threading.Event] = None) -> _Stop:
        def stop() -> None:
            if self._refused:
                raise copy.copy(self._refused)
            if signal and signal.is_set():
                raise CancelledError("The call was called off.")

        return stop

    def _end(self, refused: Refused) -> Refused:
        """Tells everybody in this run that it is over."""
        if refused.code in ("rejected", "expired"):
            self.record = {**self.record, "status": "failed"}
        self._refused = self._refused or refused
        self.signal.set()
        return copy.copy(self._refused)

    def _next_id(self, tool: str, params: Json) -> str:
        """The same in every life of an agent that makes the same calls in the same order."""
        id = f"{tool}:{_digest(tool, params)[7:17]}"
        with self._hp._life.lock:
            self._counts[id] = self._counts.get(id, 0) + 1
            return f"{id}:{self._counts[id]}"

    ask_async, settle_async, claim_async, report_async = map(_twin, (ask, settle, claim, report))
    step_async, complete_async, fail_async, cancel_async = map(_twin, (step, complete, fail, cancel))


def _member(answer: _Answer, name: str, value: Optional[str]) -> Optional[Json]:
    """The body, where its member is this; where there is none to be, any."""
    found = answer.body.get(name) if isinstance(answer.body, dict) else None
    return answer.body if found is not None and value in (None, found) else None


_IDLE_SECONDS = 30.0  # the server shows life more often
_LONGEST_EVENT = 100_000
_MOST_PAGES = 100  # that a look goes back at most, of 100 decisions each; so many are remembered as told
_LOOK_BACK_SECONDS = 16 * 60.0  # what a pause holds up can be used, or has to be asked for again, after 15 minutes at most


class _Decisions:
    """
    Listens, and looks each time that a connection opens or ends, back to what an earlier look saw, so that nothing is
    missed where streams are cut or held up.
    """

    def __init__(self, hp: Holdpoint, agent: Optional[str], stop: _Stop):
        self.hp, self.agent, self.stop = hp, agent, stop
        self.told: Dict[str, None] = {}
        self.since = -math.inf
        self.last_event_id: Optional[str] = None

    def each(self) -> Iterator[Json]:
        while True:
            for id in self._listen():
                yield from self._tell([id] if id else self._look())
            yield from self._tell(self._look())
            _sleep(_POLL_SECONDS * random.uniform(0.75, 1.25), self.stop)

    def _is_new(self, approval: Json) -> bool:
        # to be asked again is what was approved and not used in time
        has_to_be_acted_on = approval["next"].get("action") in ("execute", "continue", "ask_again")
        is_ours = self.agent is None or approval.get("agent") == self.agent
        return has_to_be_acted_on and is_ours and approval.get("id") not in self.told

    def _look(self) -> List[str]:
        """What was decided since an earlier look and nobody was told, the earliest first."""
        query = "status=approved,rejected,expired&sort=decided&limit=100&fields=agent,decided_at,next,run_status"
        query += f"&agent={quote(self.agent, '')}" if self.agent else ""
        ids, cursor = [], ""  # type: List[str], str
        newest, oldest = self.since, math.inf
        for _ in range(_MOST_PAGES):
            page = self.hp._page(query + cursor, self.stop)
            for approval in _items_of(page):
                oldest = _moment(approval.get("decided_at"))
                newest = max(newest, oldest)
                # a refusal in a run that is over asks for nothing any more
                is_over = approval.get("run_status") in ("completed", "failed", "cancelled")
                if self._is_new(approval) and not (is_over and approval["next"]["action"] == "continue"):
                    ids.append(approval["id"])
            if oldest < self.since or not isinstance(page.get("next_cursor"), str):
                break
            cursor = f"&cursor={quote(page['next_cursor'], '')}"
        self.since = newest - _LOOK_BACK_SECONDS
        return ids[::-1]

    def _tell(self, ids: List[str]) -> Iterator[Json]:
        for id in ids:
            for approval in filter(self._is_new, self.hp._approvals(f"ids={quote(id, '')}", self.stop)):
                if len(self.told) == _MOST_PAGES * 100:
                    del self.told[next(iter(self.told))]
                self.told[approval["id"]] = None
                yield approval

    def _listen(self) -> Iterator[Optional[str]]:
        """
        The ids of approvals of which something is told, until the stream ends, whatever ends it; None where it opens, and
        where something is told that is about no approval.
        """
        heard: queue.Queue[Tuple[Optional[str], Optional[str]]] = queue.Queue(1000)
        sockets: List[Any] = []
        reading = _spawn(lambda: self._read(heard, sockets))
        opens_until = time.monotonic() + _ANSWER_SECONDS
        try:
            while not (reading.done() and heard.empty()) and time.monotonic() < opens_until:
                self.stop()
                try:
                    self.last_event_id, id = heard.get(timeout=_TICK)
                except queue.Empty:
                    continue
                opens_until = math.inf
                yield id
        finally:
            _shut(sockets)

    def _read(self, heard: queue.Queue[Tuple[Optional[str], Optional[str]]], sockets: List[Any]) -> None:
        """Ends where nobody takes what is heard, as by any error: a look follows, which says what is wrong."""
        connection = self.hp._http._connect(_IDLE_SECONDS)
        try:
            event_id, text, is_open = self.last_event_id, b"", False
            headers = {"Accept": "text/event-stream", **({"Last-Event-ID": event_id} if event_id else {})}
            path = "/approvals/stream?events=approval.decided,approval.expired,agent.resumed"
            response = self.hp._http._open(connection, _Request("GET", path, _member, None, headers), 0, sockets)
            while response.status == 200 and len(text) < _LONGEST_EVENT:
                part = response.read1(65_536)
                if not part:
                    return
                if not is_open:
                    heard.put_nowait((event_id, None))
                is_open = True
                *lines, text = (text + part).split(b"\n")
                for line in lines:
                    if line.startswith(b"id:"):
                        event_id = line[3:].strip().decode()
                    if line.startswith(b"data:"):
                        found = re.search(rb'"id":\s*"(apr_\w+)"', line)
                        heard.put_nowait((event_id, found[1].decode() if found else None))
        finally:
            connection.close()


def _moment(text: Any) -> float:
    """Of the server's clock; 0 where it is none."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except (AttributeError, TypeError, ValueError):
        return 0.0


class Holdpoint:
    """
    A client of one Holdpoint.

    `url` is HOLDPOINT_URL, else http://localhost:3000; `key` an agent key with the scope `run`, HOLDPOINT_KEY; `agent`
    whose policy counts, HOLDPOINT_AGENT. `patience`, as `10m` or in seconds, is for how long nobody may answer before a
    call is given up; waits for a person do not count. `on_event` is told what happens, for a log.
    """

    def __init__(self, url: Optional[str] = None, key: Optional[str] = None, agent: Optional[str] = None, *,
                 patience: Union[str, float] = "10m", on_event: Optional[Callable[[Json], None]] = None):  # fmt: skip
        url = (url or os.environ.get("HOLDPOINT_URL") or "http://localhost:3000").strip().rstrip("/")
        key = (key or os.environ.get("HOLDPOINT_KEY") or "").strip()
        if not re.fullmatch(r"https?://[^\s/?#@:][^\s/?#@]*(/[^\s?#]*)?", url):
            raise ValueError(f"Not an address such as https://holdpoint.example.com: {url}")
        if not re.fullmatch("[!-~]+", key):
            raise ValueError("No key: pass `key` or set HOLDPOINT_KEY to an agent key (hpa_…) with the scope run.")
        self._agent = agent or os.environ.get("HOLDPOINT_AGENT") or None
        self._on_event, self._life = on_event, _life
        self._http = _Http(url, key, _to_seconds(patience), self._say)

    def me(self) -> Json:
        """Whose key this is, and of which server: fails early and clearly."""

        def read(answer: _Answer) -> Optional[Json]:
            body = answer.body
            return body if isinstance(body, dict) and isinstance(body.get("project"), dict) else None

        return self._http.send(_Request("GET", "/me", read))

    def run(self, *, id: str, agent: Optional[str] = None, input: Optional[Json] = None,
            context: Optional[Json] = None, initiator: Optional[str] = None, parent: Optional[str] = None) -> Run:  # fmt: skip
        """
        Starts a run, or goes on with the one of this id, which is the agent's own and the same in every life of it.
        `initiator` is the e-mail of the person on whose behalf it acts, `parent` the run that it is a part of.
        """
        own = _to_call_id(id)
        is_ours = own.startswith("run_")

        def read(answer: _Answer) -> Optional[Json]:
            record = _member(answer, "id" if is_ours else "external_id", own)
            return record if record and isinstance(record.get("id"), str) and isinstance(record.get("status"), str) else None

        body = {"agent": agent or self._agent, "external_id": own, "initiator": initiator, "parent_run_id": parent,
                "input": input and _snapshot(input), "context": context and _snapshot(context)}  # fmt: skip
        request = _Request("GET", f"/runs/{quote(own, '')}", read) if is_ours else _Request("POST", "/runs", read, _dumps(body))
        return Run(self, id, self._http.send(request))

    def resume(self, run: Run) -> Iterator[Undone]:
        """
        The calls of a run that were decided and have no result yet, for a process that comes to it fresh; at the end those
        whose approval was not used in time, and that have to be asked for again.
        """
        lapsed: Dict[str, Undone] = {}

        def read(answer: _Answer) -> Optional[Json]:
            page = _member(answer, "id", run.record["id"])
            return page if page and isinstance(page.get("steps"), list) else None

        query, cursor = "?fields=steps,next_cursor,tool_call_id,status,params,approval", ""
        for _ in range(_MOST_PAGES * 10):
            page = run._send("GET", run._path + query + (f"&cursor={quote(cursor, '')}" if cursor else ""), read)
            for step in page["steps"]:
                approval = step.get("approval")
                if not approval:
                    continue
                id, own = approval["tool_call_id"], (approval.get("metadata") or {}).get("call_id")
                is_own = isinstance(own, str) and own and _to_call_id(own) == re.sub(r"\.[2-5]$", "", id)
                one = Undone(own if is_own else id, approval)
                lapsed.pop(one.call_id, None)
                if approval["status"] in ("pending", "cancelled"):
                    continue
                if approval["next"]["action"] == "ask_again":
                    lapsed[one.call_id] = one
                elif step.get("status") not in ("succeeded", "failed"):
                    yield one
            cursor = page.get("next_cursor")
            if not cursor:
                yield from lapsed.values()
                return
        raise Unavailable(f"{run.id} has no end.", code="unavailable")

    def decided(self, *, agent: Optional[str] = None, signal: Optional[threading.Event] = None) -> Iterator[Json]:
        """
        Approvals that were decided and that somebody has to act on, each once, without end or until `signal`: for a worker
        that wakes parked runs. First what waits to be acted on, the earliest first, then each as it is decided.
        """

        def stop() -> None:
            if signal and signal.is_set():
                raise CancelledError

        try:
            yield from _Decisions(self, agent or self._agent, stop).each()
        except CancelledError:
            return

    async def decided_async(self, *, agent: Optional[str] = None) -> AsyncIterator[Json]:
        """The same for asyncio, until it is closed or its task is cancelled."""
        signal = threading.Event()
        each = self.decided(agent=agent, signal=signal)
        try:
            while (one := await _twin(next)(each, None)) is not None:
                yield one
        finally:
            signal.set()

    def _approvals(self, query: str, stop: _Stop) -> List[Json]:
        return _items_of(self._page(query, stop))

    def _page(self, query: str, stop: _Stop) -> Json:
        def read(answer: _Answer) -> Optional[Json]:
            page = _member(answer, "items", None)
            return page if page and isinstance(page["items"], list) else None

        return self._http.send(_Request("GET", f"/approvals?{query}", read, stop=stop))

    def _say(self, event: Json) -> None:
        try:
            if self._on_event:
                self._on_event(event)
        except Exception:
            pass  # what goes wrong in a log is nothing that a tool may depend on

    me_async, run_async = _twin(me), _twin(run)
    resume_async = _twin(lambda self, run: list(self.resume(run)))
