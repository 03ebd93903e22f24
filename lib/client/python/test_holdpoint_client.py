"""The client against a small faithful fake, and against servers that are not to be believed."""

import ast
import asyncio
import gzip
import json
import math
import os
import re
import threading
import time
import unittest
import unittest.mock
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import holdpoint_client as client
from holdpoint_client import NEVER_RAN, Holdpoint, Indeterminate, Problem, Refused, Rejected, StaleCheckpoint, Unavailable

PARAMS = {"order_id": "ORD-1", "amount": 2400}
AT = "2026-11-29T12:00:00Z"


class Fake:
    """A Holdpoint of one run, in memory: `lookup` needs no approval, all other tools do. `between` may answer instead."""

    def __init__(self):
        self.lock = threading.Condition()
        self.calls, self.approvals, self.requests = {}, {}, []
        self.decided, self.decided_at, self.actions, self.over = [], {}, {}, ()  # the latest decision first
        self.events, self.resumed, self.cuts, self.readers = None, [], 0, 0  # None: there are no streams
        self.run_status, self.checkpoint, self.version, self.between = "running", None, 0, None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                size = int(self.headers.get("Content-Length") or 0)
                data = self.rfile.read(size)
                path = self.path.replace("/api", "", 1)
                with fake.lock:
                    fake.requests.append(f"{self.command} {path}")
                is_lost = fake.between(self, self.command, path, data) if fake.between else False
                if is_lost is True:
                    return
                if path.startswith("/approvals/stream") and fake.events is not None:
                    return fake.stream(self)
                status, body, headers = fake.answer(self.command, path, data, self.headers)
                if is_lost == "lose":
                    return self.connection.shutdown(2)
                self.reply(status, body, headers)

            def reply(self, status, body, headers=None, type="application/json"):
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": type, "Content-Length": len(data), **(headers or {})}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = handle_any

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, path, data, headers):
        body = json.loads(data) if data and headers.get("Content-Type") == "application/json" else {}
        parts = [unquote(part) for part in path.split("?")[0].split("/") if part]
        with self.lock:
            if parts == ["me"]:
                return 200, {"kind": "agent_key", "project": {"slug": "p"}}, {}
            if parts == ["runs"]:
                self.external = body["external_id"]
                return 201, self.run(), {}
            if parts == ["approvals", "stream"]:
                return 429, self.problem(429, "too_many_streams"), {}
            if parts == ["approvals"] and method == "GET":
                return self.list_decided(path)
            if parts == ["approvals"]:
                return self.ask(body, headers)
            if parts == ["approvals", "batch"]:
                return 200, {"results": [self.ask(call, {})[1] for call in body["calls"]]}, {}
            if parts[-1] == "claim":
                return self.claim(parts[1], body)
            if parts[-1] == "result":
                call = self.calls[parts[3]]
                if call["status"] in ("succeeded", "failed"):
                    return 409, self.problem(409, "result_recorded"), {}
                call.update(status=body["status"], output=body.get("output"), error=body.get("error"))
                return 200, {**call, "tool_call_id": parts[3]}, {}
            if parts[-1] == "checkpoint":
                return self.state(method, data, headers)
            if parts[-1] == "steps":
                return 201, {"kind": body["kind"]}, {}
            if "tool-calls" in parts:
                return 200, {**self.calls[parts[3]], "tool_call_id": parts[3]}, {}
            if method == "PATCH":
                if self.run_status not in ("running", "awaiting_approval"):
                    return 409, self.problem(409, "run_finished"), {}
                self.run_status = body["status"]
            steps = [{"tool_call_id": id, "status": call["status"], "approval": self.approvals.get(id)}
                     for id, call in self.calls.items()]  # fmt: skip
            return 200, {**self.run(), "steps": steps, "next_cursor": None}, {}

    def list_decided(self, path):
        query = dict(pair.split("=", 1) for pair in unquote(path).split("?")[1].split("&"))
        if "ids" in query:
            found = [self.decision(id) for id in query["ids"].split(",") if id in self.decided]
            return 200, {"items": found, "next_cursor": None}, {}
        at, limit = int(query.get("cursor", 0)), int(query["limit"])
        ids = self.decided if query.get("sort") == "decided" else sorted(self.decided, reverse=True)
        page = [self.decision(id) for id in ids[at : at + limit]]
        return 200, {"items": page, "next_cursor": str(at + limit) if at + limit < len(ids) else None}, {}

    def decision(self, id):
        at = self.decided_at.get(id, AT)
        next = {"action": self.actions.get(id, "continue")}
        run_status = "completed" if id in self.over else "running"
        return {"id": id, "agent": "tester", "decided_at": at, "next": next, "run_status": run_status}

    def stream(self, handler):
        """Each event that is told, after the one that the reader had last; until it is cut."""
        with self.lock:
            self.resumed.append(handler.headers.get("Last-Event-ID"))
            cut, at = self.cuts, int(self.resumed[-1] or len(self.events))
            self.readers += 1
            self.lock.notify_all()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(b": here\n\n")
        while True:
            with self.lock:
                self.lock.wait_for(lambda: self.cuts > cut or len(self.events) > at, 1)
                if self.cuts > cut:
                    return handler.connection.shutdown(2)
                told, at = self.events[at:], len(self.events)
            first = at - len(told) + 1
            text = "".join(f"id: {n}\nevent: approval.decided\ndata: {data}\n\n" for n, data in enumerate(told, first))
            # in two pieces, as networks have it
            for piece in (text[:17], text[17:]) if told else (": still here\n\n",):
                handler.wfile.write(piece.encode())
                handler.wfile.flush()

    def tell(self, id=None):
        """Tells the stream of a decision, or of something else."""
        with self.lock:
            if id:
                self.decided = [id, *self.decided]
            self.events.append(json.dumps({"id": id, "status": "approved"} if id else {"agent": "tester"}))
            self.lock.notify_all()

    def cut(self):
        with self.lock:
            self.cuts, self.readers = self.cuts + 1, 0
            self.lock.notify_all()

    def run(self):
        return {"id": "run_1", "external_id": self.external, "status": self.run_status}

    def problem(self, status, code, approval=None):
        return {"status": status, "code": code, "detail": f"It is {code}.", "approval": approval}

    def state(self, method, data, headers):
        etag = f'"{self.version}"'
        if method == "GET":
            if self.checkpoint is None:
                return 404, self.problem(404, "no_checkpoint"), {}
            return 200, self.checkpoint, {"ETag": etag}
        match, none = headers.get("If-Match"), headers.get("If-None-Match")
        if (none and self.checkpoint is not None) or (match not in (None, "*") and match != etag):
            return 412, self.problem(412, "precondition_failed"), {}
        self.checkpoint, self.version = data, self.version + 1
        return 204, b"", {"ETag": f'"{self.version}"'}

    def ask(self, body, headers):
        id, tool = body["tool_call_id"], body["tool"]
        digest = client._digest(tool, body["params"])
        if id not in self.calls:
            if self.run_status not in ("running", "awaiting_approval"):
                return 409, self.problem(409, "run_finished"), {}
            gated = tool != "lookup"
            self.calls[id] = {"status": "awaiting_approval" if gated else "running", "output": None, "error": None,
                              "digest": digest, "starter": body.get("start_id")}  # fmt: skip
            if gated:
                self.approvals[id] = {
                    "required": True, "id": f"apr_{id}", "run_id": "run_1", "tool_call_id": id, "tool": tool,
                    "params": body["params"], "digest": digest, "status": "pending", "claimed_at": None, "edited": None,
                    "next": {"action": "wait", "message": "Wait."}, "metadata": body.get("metadata"),
                }  # fmt: skip
            self.lock.notify_all()
        call = self.calls[id]
        if call["digest"] != digest:
            return 409, self.problem(409, "idempotency_mismatch"), {}
        told = {"status": call["status"], "output": call["output"], "error": call["error"]}
        if id not in self.approvals:
            action = "execute" if body.get("start_id") == call["starter"] and call["status"] == "running" else "done"
            return 200, {"required": False, "run_id": "run_1", "tool_call_id": id, "call": told, "replayed": False,
                         "next": {"action": action, "message": f"Do {action}."}}, {}  # fmt: skip
        approval = self.approvals[id]
        wait = int((headers.get("Prefer") or "wait=0").split("=")[1])
        self.lock.wait_for(lambda: approval["status"] != "pending", wait)
        if body.get("claim_id"):
            self.take(approval, call, body["claim_id"])
        return 200, {**approval, "call": told, "replayed": True}, {}

    def take(self, approval, call, claim_id):
        if approval["next"]["action"] in ("execute", "done") and call["status"] in ("approved", "running"):
            if call.setdefault("claimer", claim_id) == claim_id:
                approval["claimed_at"], call["status"] = AT, "running"
                approval["next"] = {"action": "execute", "message": "Run it."}
                return True
        if approval["claimed_at"]:
            approval["next"] = {"action": "done", "message": "It was claimed."}
        return False

    def claim(self, id, body):
        call_id = id[4:]
        approval = self.approvals[call_id]
        if self.take(approval, self.calls[call_id], body["claim_id"]):
            return 200, approval, {}
        return 409, self.problem(409, "already_claimed", approval), {}

    def decide(self, id, status, action, message="Decided.", **more):
        with self.lock:
            self.lock.wait_for(lambda: id in self.approvals, 5)
            self.approvals[id].update(more, status=status, next={"action": action, "message": message})
            self.calls[id]["status"] = status
            if action == "stop":
                self.run_status = "failed"
            self.lock.notify_all()

    def approve(self, id, **more):
        self.decide(id, "approved", "execute", **more)


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.fake = Fake()
        self.addCleanup(self.fake.close)
        self.ran = []

    def live(self, **options):
        """A process of its own, as far as Holdpoint can tell."""
        hp = Holdpoint(self.fake.url, "hpa_test", "tester", **{"patience": "10s", **options})
        hp._life = client._Life()
        return hp.run(id="r")

    def tool(self, params):
        self.ran.append(params)
        return {"refunded": 2400}

    def approve_with_an_edit(self, id, params, asked=PARAMS):
        edited = {"requested_digest": client._digest("refund", asked), "changes": [{"pointer": "/amount"}]}
        self.fake.approve(id, params=params, edited=edited, digest=client._digest("refund", params))

    def later(self, work, *args, **kwargs):
        future = client._spawn(lambda: work(*args, **kwargs))
        return lambda: future.result(timeout=20)


class GateTest(ClientTest):
    def test_what_needs_no_approval_runs_at_once(self):
        outcome = self.live().gate("lookup", PARAMS, self.tool, "c")
        self.assertEqual((outcome.kind, outcome.output, outcome.params), ("ran", {"refunded": 2400}, PARAMS))
        self.assertEqual((outcome.edited, outcome.replayed, outcome.approval), (False, False, None))
        self.assertEqual(self.fake.requests[1:], ["POST /approvals", "POST /runs/run_1/tool-calls/c/result"])

    def test_what_is_approved_runs_once_and_is_recorded(self):
        run = self.live()
        end = self.later(run.gate, "refund", PARAMS, self.tool, call_id="c")
        self.fake.approve("c")
        self.assertEqual(end().approval["id"], "apr_c")
        again = self.live().gate("refund", PARAMS, self.tool, "c")
        self.assertEqual((again.replayed, again.output), (True, {"refunded": 2400}))
        self.assertEqual((self.ran, self.fake.calls["c"]["status"]), ([PARAMS], "succeeded"))

    def test_what_was_asked_about_is_what_runs(self):
        given = {"order": {"id": 1}}
        end = self.later(self.live().gate, "refund", given, self.tool, "c")
        with self.fake.lock:
            self.fake.lock.wait_for(lambda: "c" in self.fake.approvals, 5)
        given["order"]["id"] = 2
        self.fake.approve("c")
        self.assertEqual((end().params, self.ran), ({"order": {"id": 1}}, [{"order": {"id": 1}}]))

    def test_an_edit_runs_as_the_person_said(self):
        end = self.later(self.live().gate, "refund", PARAMS, self.tool, "c")
        edit = {"amount": 5, "order_id": "ORD-1"}
        edited = {"requested_digest": client._digest("refund", PARAMS), "changes": []}
        self.fake.approve("c", params=edit, edited=edited, digest=client._digest("refund", edit))
        outcome = end()
        self.assertEqual((outcome.edited, outcome.params, self.ran), (True, edit, [edit]))
        self.assertTrue(outcome.message.endswith("It ran so, and this is what came of it."))

    def test_who_asks_to_be_told_of_an_edit_is_told_before_the_tool_runs(self):
        edit, told = {"amount": 5, "order_id": "ORD-1"}, []

        def on_edit(approval):
            told.append((approval["edited"]["changes"], list(self.ran)))

        end = self.later(self.live().gate, "refund", PARAMS, self.tool, "c", on_edit=on_edit)
        self.approve_with_an_edit("c", edit)
        self.assertTrue(end().edited)
        self.assertEqual(told, [([{"pointer": "/amount"}], [])])
        self.assertTrue(self.live().gate("refund", PARAMS, self.tool, "c", on_edit=on_edit).replayed)
        plain = self.later(self.live().gate, "refund", PARAMS, self.tool, "d", on_edit=on_edit)
        self.fake.approve("d")
        self.assertFalse(plain().edited)
        self.assertEqual(len(told), 1)

    def test_where_telling_of_an_edit_fails_the_tool_does_not_run(self):
        def on_edit(approval):
            raise RuntimeError("The books are closed.")

        end = self.later(self.live().gate, "refund", PARAMS, self.tool, "c", on_edit=on_edit)
        self.approve_with_an_edit("c", {"amount": 5, "order_id": "ORD-1"})
        self.assertEqual((end().kind, end().message, self.ran), ("failed", "The books are closed.", []))

    def test_what_the_model_is_told(self):
        ran = lambda output, words="": client.Outcome("ran", output, message=words)  # noqa: E731
        self.assertEqual([client.told(ran(output)) for output in ({"a": 1}, [1], "x", None)], [{"a": 1}, [1], "x", None])
        words = [client.told(ran(output, "Less.")) for output in ({"a": 1}, [1, "ü"], "x", None)]
        self.assertEqual(words, [{"a": 1, "holdpoint": "Less."}, 'Less.\n\n[1, "ü"]', "Less.\n\nx", "Less."])
        self.assertEqual(client.told(client.Outcome("rejected", message="No.")), "No.")
        with self.assertRaises(KeyError):
            error = client.ToolError("no such order")
            error.__cause__ = KeyError("no such order")
            client.told(client.Outcome("failed", error=error))

    def test_what_raises_is_recorded_as_failed_and_stays_so(self):
        def fail(params):
            raise KeyError("no such order")

        outcome = self.live().gate("lookup", PARAMS, fail, "c")
        self.assertEqual((outcome.kind, outcome.replayed), ("failed", False))
        self.assertIsInstance(outcome.error.__cause__, KeyError)
        again = self.live().gate("lookup", PARAMS, self.tool, "c")
        self.assertEqual((again.kind, again.replayed, again.error.recorded["name"]), ("failed", True, "KeyError"))
        self.assertEqual(self.ran, [])

    def test_a_no_that_goes_on_is_words_for_the_model(self):
        end = self.later(self.live().gate, "refund", PARAMS, self.tool, "c")
        self.fake.decide("c", "rejected", "continue", "Rejected by Ada: no.")
        outcome = end()
        self.assertEqual((outcome.kind, outcome.status, outcome.message), ("rejected", "rejected", "Rejected by Ada: no."))
        self.assertEqual(self.ran, [])

    def test_a_no_that_ends_the_run_refuses_this_call_and_all_others(self):
        run = self.live()
        end = self.later(run.gate, "refund", PARAMS, self.tool, "c")
        sibling = self.later(run.gate, "refund", PARAMS, self.tool, "d")
        with self.fake.lock:
            self.fake.lock.wait_for(lambda: "d" in self.fake.approvals, 5)
        self.fake.decide("c", "expired", "stop", "Nobody decided.")
        for one in (end, sibling, lambda: run.gate("lookup", PARAMS, self.tool, "e")):
            with self.assertRaises(Refused):
                one()
        self.assertEqual((run.status, run.signal.is_set(), self.ran), ("failed", True, []))
        with self.assertRaises(Refused):
            self.live().gate("lookup", PARAMS, self.tool, "f")

    def test_parked_is_handed_back_and_goes_on_in_another_process(self):
        parked = self.live().gate("refund", PARAMS, self.tool, "c", mode="park")
        self.assertEqual((parked.kind, parked.approval["status"]), ("parked", "pending"))
        self.fake.approve("c")
        run = self.live()
        self.assertEqual([(one.call_id, one.approval["id"]) for one in run._hp.resume(run)], [("c", "apr_c")])
        self.assertEqual(run.gate("refund", PARAMS, self.tool, "c").kind, "ran")
        self.assertEqual(list(run._hp.resume(run)), [])

    def test_who_asks_again_for_what_lapsed_uses_the_next_id(self):
        self.live().gate("refund", PARAMS, self.tool, "c", mode="park")
        self.fake.decide("c", "approved", "ask_again", "The grant has lapsed.")
        end = self.later(self.live().gate, "refund", PARAMS, self.tool, "c")
        self.fake.approve("c.2")
        self.assertEqual((end().approval["tool_call_id"], self.ran), ("c.2", [PARAMS]))

    def test_it_asks_five_times_at_most(self):
        for id in ("c", "c.2", "c.3", "c.4", "c.5"):
            self.live().gate("refund", PARAMS, self.tool, id, mode="park")
            self.fake.decide(id, "cancelled", "ask_again")
        with self.assertRaises(Problem) as caught:
            self.live().gate("refund", PARAMS, self.tool, "c")
        self.assertEqual((caught.exception.code, self.ran), ("cancelled", []))

    def test_nobody_knows_what_became_of_a_dead_process(self):
        def die(params):
            raise KeyboardInterrupt

        run = self.live()
        with self.assertRaises(KeyboardInterrupt):
            run.gate("lookup", PARAMS, die, "c")
        client._RESULT_SECONDS, before = 0.1, client._RESULT_SECONDS
        self.addCleanup(setattr, client, "_RESULT_SECONDS", before)
        for one in (run, self.live()):  # the same process does not know either
            with self.assertRaises(Indeterminate):
                one.gate("lookup", PARAMS, self.tool, "c")
        self.assertEqual(self.ran, [])
        booked = self.live().gate("lookup", PARAMS, self.tool, "c", earlier=lambda call: f"booked {call.tool_call_id}")
        self.assertEqual((booked.output, booked.replayed, self.ran), ("booked c", True, []))

    def test_what_never_ran_by_the_books_is_asked_again(self):
        client._RESULT_SECONDS, before = 0.1, client._RESULT_SECONDS
        self.addCleanup(setattr, client, "_RESULT_SECONDS", before)
        with self.assertRaises(SystemExit):
            self.live().gate("lookup", PARAMS, lambda params: exit(1), "c")
        outcome = self.live().gate("lookup", PARAMS, self.tool, "c", earlier=lambda call: NEVER_RAN)
        self.assertEqual((outcome.replayed, self.ran, "c.2" in self.fake.calls), (False, [PARAMS], True))

    def test_lost_answers_change_nothing(self):
        for pattern in ("/approvals", "/claim", "/result"):
            with self.subTest(pattern):
                id, self.ran, lost = f"c{pattern[1:]}", [], []

                def lose(handler, method, path, data):
                    return "lose" if path.endswith(pattern) and not (lost or lost.append(1)) else False

                run = self.live()
                self.live().gate("refund", PARAMS, self.tool, id, mode="park")
                self.fake.approve(id)
                self.fake.between = lose
                self.assertEqual(run.gate("refund", PARAMS, self.tool, id).replayed, False)
                self.assertEqual((len(self.ran), self.fake.calls[id]["status"]), (1, "succeeded"))

    def test_twenty_threads_run_it_once(self):
        def slow(params):
            time.sleep(0.1)
            return self.tool(params)

        run = self.live()
        ends = [self.later(run.gate, "refund", PARAMS, slow, "c") for _ in range(20)]
        self.fake.approve("c")
        outcomes = [end() for end in ends]
        self.assertEqual((len(self.ran), sum(not one.replayed for one in outcomes)), (1, 1))

    def test_two_names_of_one_call_run_it_once(self):
        def slow(params):
            time.sleep(0.5)
            return self.tool(params)

        for id in ("c", "c.2"):
            self.live().gate("refund", PARAMS, self.tool, id, mode="park")
        self.fake.decide("c", "cancelled", "ask_again")
        self.fake.approve("c.2")
        run = self.live()
        ends = [self.later(run.gate, "refund", PARAMS, slow, id) for id in ("c", "c.2")]
        self.assertEqual(sorted(end().replayed for end in ends), [False, True])
        self.assertEqual(len(self.ran), 1)
        self.assertEqual((run._hp._life.works, run._hp._life.begun), ({}, {}))

    def test_that_a_call_began_is_forgotten_with_the_last_open_call_of_its_run(self):
        run = self.live()
        open_call = self.later(run.gate, "refund", PARAMS, self.tool, "held")
        with self.fake.lock:
            self.fake.lock.wait_for(lambda: "held" in self.fake.approvals, 5)
        run.gate("lookup", PARAMS, self.tool, "c")
        life = run._hp._life
        life.begun["run_2 c"] = client._Work(life.ids)
        with self.assertRaises(Unavailable):
            short = Holdpoint("http://127.0.0.1:9", "hpa_test", patience="100ms")
            short._life = life
            client.Run(short, "r2", {**run.record, "id": "run_2"}).gate("lookup", PARAMS, self.tool, "c")
        self.assertEqual(list(life.begun), ["run_1 c"])
        self.fake.approve("held")
        self.assertEqual(open_call().kind, "ran")
        self.assertEqual((life.works, life.begun), ({}, {}))

    def test_ten_processes_run_it_once(self):
        runs = [self.live() for _ in range(10)]
        ends = [self.later(run.gate, "refund", PARAMS, self.tool, "c") for run in runs]
        self.fake.approve("c")
        self.assertEqual([end().output for end in ends], [{"refunded": 2400}] * 10)
        self.assertEqual(len(self.ran), 1)

    def test_a_result_that_could_not_be_told_is_told_the_next_time(self):
        events = []
        run = self.live(on_event=lambda event: events.append(event["type"]), patience="2s")
        self.fake.between = lambda handler, method, path, data: path.endswith("/result") and not handler.reply(503, {})
        self.assertEqual(run.gate("lookup", PARAMS, self.tool, "c").kind, "ran")
        self.assertIn("unreported", events)
        self.fake.between = None
        self.assertTrue(run.gate("lookup", PARAMS, self.tool, "c").replayed)
        self.assertEqual((len(self.ran), self.fake.calls["c"]["status"]), (1, "succeeded"))

    def test_what_is_called_off_does_not_run(self):
        signal = threading.Event()
        end = self.later(self.live().gate, "refund", PARAMS, self.tool, "c", signal=signal)
        with self.fake.lock:
            self.fake.lock.wait_for(lambda: "c" in self.fake.approvals, 5)
        signal.set()
        with self.assertRaises(client.CancelledError):
            end()
        self.assertEqual(self.ran, [])

    def call_off_when_granted(self, signal):
        """Sets the signal once the server has granted a call, a second before its answer arrives."""

        def between(handler, method, path, data):
            if path == "/approvals":
                status, body, _ = self.fake.answer(method, path, data, handler.headers)
                if body["next"]["action"] == "execute" and not signal.is_set():
                    signal.set()
                    time.sleep(1)
                return not handler.reply(status, body)

        self.fake.between = between

    def test_what_was_granted_just_when_it_was_called_off_is_given_back(self):
        for tool, id in (("refund", "held"), ("lookup", "free")):
            signal, run = threading.Event(), self.live()
            self.call_off_when_granted(signal)
            end = self.later(run.gate, tool, PARAMS, self.tool, id, signal=signal)
            if tool == "refund":
                self.fake.approve(id)
            with self.assertRaises(client.CancelledError):
                end()
            self.assertEqual(self.fake.calls[id]["error"]["code"], "did_not_run")
            self.assertEqual(self.ran, [])

    def test_what_was_granted_is_left_to_who_else_is_at_the_call(self):
        signal, run = threading.Event(), self.live()
        heard = self.later(run.gate, "refund", PARAMS, self.tool, "c", signal=signal)
        with self.fake.lock:
            self.fake.lock.wait_for(lambda: "c" in self.fake.approvals, 5)
        other = self.later(run.gate, "refund", PARAMS, self.tool, "c")
        key = next(iter(run._hp._life.works))
        while run._hp._life.works[key].count < 2:
            time.sleep(0.01)
        self.call_off_when_granted(signal)
        self.fake.approve("c")
        with self.assertRaises(client.CancelledError):
            heard()
        self.assertEqual((other().kind, len(self.ran), "c.2" in self.fake.calls), ("ran", 1, False))

    def test_other_params_under_the_same_id_are_refused(self):
        self.live().gate("lookup", PARAMS, self.tool, "c")
        with self.assertRaises(Problem) as caught:
            self.live().gate("lookup", {**PARAMS, "amount": 1}, self.tool, "c")
        self.assertEqual(caught.exception.code, "idempotency_mismatch")

    def test_a_function_may_have_its_call(self):
        outcome = self.live().gate("lookup", PARAMS, lambda params, call: call.tool_call_id, "Fall 7")
        self.assertRegex(outcome.output, r"^Fall_7\.[0-9a-f]{10}$")

    def test_what_has_no_json_has_run_all_the_same(self):
        for id, output in (("a", {1, 2}), ("b", math.nan), ("c", {(1, 2): 3}), ("d", "x" * 2_000_000)):
            self.assertEqual(self.live().gate("lookup", PARAMS, lambda params: output, id).kind, "ran")
            self.assertEqual(self.fake.calls[id]["status"], "succeeded")

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_fork_is_another_process(self):
        ids = client._life.ids
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writer, b"same" if client._life.ids == ids else b"other")
            os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual((os.read(reader, 9), client._life.ids), (b"other", ids))
        os.close(reader)
        os.close(writer)


class GatedTest(ClientTest):
    def test_arguments_by_name_and_defaults_are_the_params(self):
        run = self.live()

        @run.gated("lookup", describe=lambda params: "why")
        def lookup(order_id, amount=3, **more):
            self.ran.append((order_id, amount, more))
            return amount

        self.assertEqual((lookup("ORD-1"), lookup("ORD-1"), lookup(order_id="ORD-2", note="x")), (3, 3, 3))
        self.assertEqual(len(self.ran), 3)  # the second is another call
        self.assertRegex(list(self.fake.calls)[1], r"^lookup:[0-9a-f]{10}:2$")

    def test_it_raises_as_the_function_does_and_where_a_person_said_no(self):
        run = self.live()

        @run.gated("lookup", call_id="c")
        def fail():
            raise KeyError("no")

        with self.assertRaises(KeyError):
            fail()
        refund = run.gated("refund", call_id=lambda params: params["order_id"])(lambda order_id: self.ran.append(1))
        end = self.later(refund, "o1")
        self.fake.decide("o1", "rejected", "continue", "No.")
        with self.assertRaises(Rejected):
            end()
        soft = run.gated("refund", call_id="o1", on_rejected=lambda message, approval: message)
        self.assertEqual(soft(lambda order_id: 1)("o1"), "No.")

    def test_arguments_without_names_are_refused_at_once(self):
        with self.assertRaises(TypeError):
            self.live().gated("lookup")(lambda *all: all)


class DecidedTest(ClientTest):
    def setUp(self):
        super().setUp()
        poll, client._POLL_SECONDS = client._POLL_SECONDS, 0.01
        self.addCleanup(setattr, client, "_POLL_SECONDS", poll)

    def listen(self):
        heard = Holdpoint(self.fake.url, "hpa_test", "tester").decided()
        self.addCleanup(heard.close)
        return heard

    def await_reader(self):
        with self.fake.lock:
            self.assertTrue(self.fake.lock.wait_for(lambda: self.fake.readers > 0, 10))

    def looks(self):
        return [path for path in self.fake.requests if "sort=decided" in path]

    def test_all_that_was_decided_while_nobody_listened_is_heard_in_its_order_once(self):
        self.fake.decided = [f"apr_{n}" for n in range(550, 100, -1)]
        heard = self.listen()
        self.assertEqual([next(heard)["id"] for _ in range(450)], self.fake.decided[::-1])
        later = ["apr_001", *(f"apr_{n}" for n in range(800, 550, -1))]
        self.fake.decided = later + self.fake.decided
        self.assertEqual([next(heard)["id"] for _ in later], later[::-1])
        self.assertEqual(len(set(self.looks())), 8)

    def test_a_refusal_in_a_run_that_is_over_is_not_heard(self):
        self.fake.decided = ["apr_4", "apr_3", "apr_2", "apr_1"]
        self.fake.over, self.fake.actions = ("apr_1", "apr_3"), {"apr_3": "execute"}
        heard = self.listen()
        self.assertEqual([next(heard)["id"] for _ in range(3)], ["apr_2", "apr_3", "apr_4"])
        self.assertIn("run_status", self.looks()[0])

    def test_it_looks_no_further_back_than_before(self):
        self.fake.decided = [f"apr_{n}" for n in range(350, 100, -1)]
        self.fake.decided_at = {id: "2026-11-28T12:00:00.123Z" for id in self.fake.decided[1:]}
        heard = self.listen()
        self.assertEqual([next(heard)["id"] for _ in range(250)], self.fake.decided[::-1])
        self.assertEqual(len(self.looks()), 3)
        self.fake.decided = ["apr_351", *self.fake.decided]
        self.assertEqual(next(heard)["id"], "apr_351")
        self.assertTrue(all("cursor" not in path for path in self.looks()[3:]))

    def test_the_stream_tells_at_once_and_goes_on_behind_what_it_told(self):
        self.fake.events = []
        self.fake.decided = ["apr_1"]
        heard = self.listen()
        self.assertEqual(next(heard)["id"], "apr_1")
        self.await_reader()
        self.fake.tell("apr_2")
        self.assertEqual(next(heard)["id"], "apr_2")
        looks = len(self.looks())
        self.fake.tell("apr_3")
        self.assertEqual(next(heard)["id"], "apr_3")
        self.assertEqual(len(self.looks()), looks)
        self.fake.cut()
        self.fake.tell("apr_4")
        self.assertEqual(next(heard)["id"], "apr_4")
        self.fake.tell("apr_5")
        self.assertEqual(next(heard)["id"], "apr_5")
        self.assertEqual(self.fake.resumed, [None, "2"])
        asked = [path for path in self.fake.requests if "/stream" in path]
        self.assertEqual(asked[0], "GET /approvals/stream?events=approval.decided,approval.expired,agent.resumed")

    def test_what_a_pause_held_up_is_heard_when_the_agent_goes_on(self):
        self.fake.events = []
        self.fake.decided, self.fake.actions = ["apr_1", "apr_2", "apr_3"], {"apr_1": "wait", "apr_3": "ask_again"}
        heard = self.listen()
        self.assertEqual([next(heard)["id"] for _ in range(2)], ["apr_3", "apr_2"])
        self.await_reader()
        self.fake.actions["apr_1"] = "execute"
        self.fake.tell()
        self.assertEqual(next(heard), self.fake.decision("apr_1"))

    def test_streams_that_are_no_streams_are_as_none(self):
        def between(handler, method, path, data):
            if "/stream" not in path:
                return False
            how = sum("/stream" in one for one in self.fake.requests) % 4
            if how == 0:
                handler.reply(200, b"data: " + b"x" * 200_000)
            elif how == 1:
                handler.reply(302, b"", {"Location": "http://127.0.0.1:9/"})
            elif how == 2:
                handler.reply(200, b'id: \xff\ndata: {"id": "apr_/../x"}\n')
            else:
                handler.connection.shutdown(2)
            return True

        self.fake.between = between
        heard = self.listen()
        for n in range(1, 6):
            self.fake.decided = [f"apr_{n}", *self.fake.decided]
            self.assertEqual(next(heard)["id"], f"apr_{n}")

    def test_it_ends_with_its_signal_and_leaves_no_thread(self):
        self.fake.events = []
        signal = threading.Event()
        heard = self.later(lambda: list(Holdpoint(self.fake.url, "hpa_test").decided(signal=signal)))
        self.await_reader()
        signal.set()
        self.assertEqual(heard(), [])
        self.await_no_thread()

    def test_a_stream_that_connects_after_the_end_leaves_no_thread(self):
        self.fake.events = []
        signal, may_connect, connecting = threading.Event(), threading.Event(), threading.Event()
        connect = client._Http._connect

        def late(http, seconds):
            connection = connect(http, seconds)
            if seconds == client._IDLE_SECONDS:
                at_once = connection.connect
                connection.connect = lambda: (connecting.set(), may_connect.wait(10), at_once())
            return connection

        with unittest.mock.patch.object(client._Http, "_connect", late):
            heard = self.later(lambda: list(Holdpoint(self.fake.url, "hpa_test").decided(signal=signal)))
            self.assertTrue(connecting.wait(5))
            signal.set()
            self.assertEqual(heard(), [])
            may_connect.set()
            self.await_no_thread()

    def await_no_thread(self):
        for _ in range(100):
            if not any(thread.name == "holdpoint" for thread in threading.enumerate()):
                return
            time.sleep(0.05)
        self.fail("a thread still reads the stream")

    def test_an_approval_that_was_not_used_in_time_is_undone_until_it_is_asked_for_again(self):
        run = self.live()
        run.ask("refund", PARAMS, "c")
        self.fake.decide("c", "approved", "ask_again")
        self.assertEqual([one.call_id for one in run._hp.resume(run)], ["c"])
        run.ask("refund", PARAMS, "c")
        self.assertEqual(list(run._hp.resume(run)), [])
        self.fake.approve("c.2")
        self.assertEqual([one.call_id for one in run._hp.resume(run)], ["c"])


class AsyncTest(ClientTest):
    def test_the_twins(self):
        async def main():
            hp = Holdpoint(self.fake.url, "hpa_test", "tester", patience="10s")
            self.assertEqual((await hp.me_async())["kind"], "agent_key")
            run = await hp.run_async(id="async")
            name = threading.current_thread().name

            async def tool(params):
                await asyncio.sleep(0)
                return threading.current_thread().name == name

            gate = asyncio.ensure_future(run.gate_async("refund", PARAMS, tool, call_id="c"))
            await asyncio.get_running_loop().run_in_executor(None, self.fake.approve, "c")
            self.assertTrue((await gate).output)

            @run.gated("lookup")
            async def lookup(order_id):
                return order_id

            self.assertEqual(await lookup("x"), "x")
            await run.checkpoint.save_async(b"1")
            self.assertEqual((await run.checkpoint.load_async()).bytes, b"1")
            self.assertEqual(await hp.resume_async(run), [])
            await run.complete_async({"ok": True})
            self.assertEqual(run.status, "completed")

        asyncio.run(main())

    def test_decisions_for_asyncio_end_with_their_task(self):
        self.fake.events, self.fake.decided = [], ["apr_2", "apr_1"]
        heard = []

        async def main():
            hp = Holdpoint(self.fake.url, "hpa_test", "tester")

            async def listen():
                async for approval in hp.decided_async():
                    heard.append(approval["id"])

            listening = asyncio.ensure_future(listen())
            while len(heard) < 2:
                await asyncio.sleep(0.05)
            self.fake.tell("apr_3")
            while len(heard) < 3:
                await asyncio.sleep(0.05)
            listening.cancel()

        asyncio.run(main())
        self.assertEqual(heard, ["apr_1", "apr_2", "apr_3"])
        for _ in range(100):
            if not any(thread.name == "holdpoint" for thread in threading.enumerate()):
                return
            time.sleep(0.05)
        self.fail("a thread still listens")

    def test_a_batch_of_asynchronous_functions(self):
        async def main():
            run = await asyncio.to_thread(self.live)

            async def tool(params):
                await asyncio.sleep(0)
                return params["n"]

            calls = [{"tool": "refund", "params": {"n": n}, "fn": tool, "call_id": f"c{n}"} for n in (1, 2)]
            with self.assertRaises(TypeError):
                run.batch([{**calls[0], "fn": self.tool}, calls[1]])
            self.assertEqual(self.fake.requests, ["POST /runs"])
            going = asyncio.ensure_future(run.batch_async(calls))
            for n in (1, 2):
                await asyncio.to_thread(self.fake.approve, f"c{n}")
            self.assertEqual([outcome.output for outcome in await going], [1, 2])

        asyncio.run(main())
        self.assertEqual(self.ran, [])

    def test_who_is_told_of_edits_may_be_asynchronous(self):
        told = []

        async def on_edit(approval):
            await asyncio.sleep(0)
            told.append(approval["tool_call_id"])

        async def main():
            run = await asyncio.to_thread(self.live)
            calls = [{"tool": "refund", "params": {"n": 1}, "fn": self.tool, "call_id": "c1", "on_edit": on_edit}]
            gated = run.gated("refund", call_id="c2", on_edit=on_edit)

            @gated
            async def refund(n):
                return n

            going = [run.batch_async(calls), refund(2), run.gate_async("refund", {"n": 3}, self.tool, "c3", on_edit=on_edit)]
            tasks = [asyncio.ensure_future(one) for one in going]
            for n in (1, 2, 3):
                await asyncio.to_thread(self.approve_with_an_edit, f"c{n}", {"n": n + 10}, {"n": n})
            return await asyncio.gather(*tasks)

        self.assertEqual(asyncio.run(main())[1], 12)
        self.assertEqual((sorted(told), len(self.ran)), (["c1", "c2", "c3"], 2))
        end = self.later(self.live().gate, "refund", PARAMS, self.tool, "c4", on_edit=on_edit)
        self.approve_with_an_edit("c4", {"amount": 5})
        self.assertEqual((end().message, len(self.ran)), ("The function is asynchronous: use gate_async.", 2))

    def test_a_cancelled_task_runs_nothing_afterwards(self):
        async def main():
            run = await asyncio.to_thread(self.live)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(run.gate_async("refund", PARAMS, self.tool, "c"), 0.3)
            await asyncio.sleep(0.6)
            self.fake.approve("c")
            await asyncio.sleep(0.3)

        asyncio.run(main())
        self.assertEqual(self.ran, [])

    def test_a_tool_whose_task_was_cancelled_is_not_told_as_failed(self):
        async def main():
            run = await asyncio.to_thread(self.live)

            async def tool(params):
                raise asyncio.CancelledError

            with self.assertRaises(asyncio.CancelledError):
                await run.gate_async("lookup", PARAMS, tool, "c")

        asyncio.run(main())
        self.assertEqual(self.fake.calls["c"]["status"], "running")

    def test_the_plain_gate_takes_no_asynchronous_function(self):
        async def tool(params):
            self.ran.append(params)

        with self.assertRaises(TypeError):
            self.live().gate("lookup", PARAMS, tool, "c")
        self.assertEqual(self.live().gate("lookup", PARAMS, lambda params: tool(params), "c").kind, "failed")
        self.assertEqual(self.ran, [])


class RunTest(ClientTest):
    def test_checkpoints(self):
        one, other = self.live(), self.live()
        self.assertIsNone(one.checkpoint.load())
        self.assertIsNone(other.checkpoint.load())
        one.checkpoint.save("first")
        with self.assertRaises(StaleCheckpoint):
            other.checkpoint.save("second")
        self.assertEqual(other.checkpoint.load().bytes, b"first")
        other.checkpoint.save(b"third")
        one.checkpoint.save(b"any", if_match="*")
        with self.assertRaises(StaleCheckpoint):
            one.checkpoint.save(b"none", if_match=None)

    def test_a_lost_answer_to_a_save_is_no_other_process(self):
        run, lost = self.live(), []
        run.checkpoint.load()
        self.fake.between = lambda handler, method, path, data: (
            "lose" if method == "PUT" and not (lost or lost.append(1)) else False
        )
        self.assertEqual(run.checkpoint.save(b"mine"), '"1"')
        run.checkpoint.save(b"next")

    def test_a_run_without_end_is_not_followed_for_ever(self):
        run, pages = self.live(), []

        def between(handler, method, path, data):
            pages.append(path)
            return not handler.reply(200, {"id": "run_1", "steps": [], "next_cursor": str(len(pages))})

        self.fake.between = between
        with self.assertRaises(Unavailable) as caught:
            list(run._hp.resume(run))
        self.assertEqual((caught.exception.code, len(pages)), ("unavailable", 1000))

    def test_steps_and_ends(self):
        run = self.live()
        run.step("note", "thought", id="s 1", output={"x": {1}})
        run.fail(ValueError("no"))
        self.assertEqual(run.status, "failed")
        run.fail(ValueError("no"))  # as after a lost answer
        with self.assertRaises(Problem):
            run.complete()


class ReadmeTest(ClientTest):
    def test_it_names_only_what_there_is(self):
        text = Path(client.__file__).with_name("README.md").read_text("utf-8")
        run = self.live()
        known = {"hp": run._hp, "run": run, "run.checkpoint": run.checkpoint}
        named = re.findall(r"\b(hp|run(?:\.checkpoint)?)\.(\w+)", text)
        self.assertGreater(len(set(named)), 15)
        self.assertEqual([f"{owner}.{name}" for owner, name in named if not hasattr(known[owner], name)], [])
        blocks = re.findall(r"```python\n(.*?)```", text, re.S)
        imports = [node for block in blocks for node in ast.walk(ast.parse(block)) if isinstance(node, ast.ImportFrom)]
        ours = {alias.name for node in imports if node.module == "holdpoint_client" for alias in node.names}
        self.assertLessEqual({"Holdpoint", "told"}, ours)
        self.assertLessEqual(ours, set(client.__all__))


class InputTest(unittest.TestCase):
    def test_what_json_could_not_carry_or_would_change_is_refused_with_its_place(self):
        loop = {}
        loop["self"] = loop
        deep = []
        for _ in range(70):
            deep = [deep]
        cases = [
            ({"a": [1, math.nan]}, "/a/1"), ({"a/b": math.inf}, "/a~1b"), ({"a~": -math.inf}, "/a~0"),
            (loop, "/self"), ({"a": (1,)}, "/a"), ({"a": {1}}, "/a"), ({"a": b"x"}, "/a"), ({"a": object()}, "/a"),
            ({"a": "\ud800"}, "/a"), ({"\udc00": 1}, ""), ({1: 2}, ""), ({"a": 1e16}, "/a"), ({"a": 10**5000}, "/a"),
            ([1], ""), ("x", ""), (None, ""),
        ]  # fmt: skip
        for params, pointer in cases:
            with self.subTest(pointer), self.assertRaises(Problem) as caught:
                client._snapshot(params)
            self.assertEqual((caught.exception.code, caught.exception.errors[0]["pointer"]), ("invalid_input", pointer))
        with self.assertRaises(Problem):
            client._snapshot({"a": deep})

    def test_nothing_is_sent_of_it(self):
        fake = Fake()
        self.addCleanup(fake.close)
        run = Holdpoint(fake.url, "hpa_test", "tester").run(id="r")
        with self.assertRaises(Problem):
            run.gate("lookup", {"a": math.nan}, lambda params: 1, "c")
        self.assertEqual(fake.requests, ["POST /runs"])

    def test_the_same_object_twice_is_no_cycle(self):
        one = [1, 2**70, 0.1, -0.0, None, True, "ü\U0001f600"]
        copied = client._snapshot({"a": one, "b": one})
        self.assertEqual(copied["a"], copied["b"])
        self.assertIsNot(copied["a"], copied["b"])
        self.assertEqual(math.copysign(1, copied["a"][3]), 1)

    def test_canonical_numbers_are_those_of_rfc_8785(self):
        cases = {
            5e-324: "5e-324", 1.7976931348623157e308: "1.7976931348623157e+308", 9007199254740992.0: "9007199254740992",
            295147905179352830000.0: "295147905179352830000", 9.999999999999997e22: "9.999999999999997e+22",
            1e23: "1e+23", 1e21: "1e+21", 1e20: "100000000000000000000", 1e-6: "0.000001", 1e-7: "1e-7",
            333333333.3333332: "333333333.3333332", -0.0000033333333333333333: "-0.0000033333333333333333",
            0.1: "0.1", 1.0: "1", -1.5: "-1.5", 2**53 + 1: "9007199254740993",
        }  # fmt: skip
        for value, text in cases.items():
            self.assertEqual(client._canonical(value), text)
        self.assertEqual(client._canonical({"\ufb33": 1, "\U0001f600": 2, "\n": "\x7f"}), '{"\\n":"\x7f","\U0001f600":2,"\ufb33":1}')

    def test_ids(self):
        self.assertEqual(client._to_call_id("call_x|fc_y"), "call_x|fc_y")
        self.assertEqual(client._to_call_id("Überweisung 1"), "_berweisung_1.d7d6e6ba4f")
        for id in (".", "..", "a" * 1001, "\n", "a\n", "\ud800", "\U0001f600"):
            self.assertRegex(client._to_call_id(id), r"^[!-~]{1,911}\.[0-9a-f]{10}$")
        for none in ("", None):
            with self.assertRaises(TypeError):
                client._to_call_id(none)

    def test_settings(self):
        for url in ("ftp://x", "x", "http://", "http://a@b", "http://:80", "http://x:y", "http://x?q"):
            with self.assertRaises(ValueError, msg=url):
                Holdpoint(url, "k")
        for key in ("", "a b", "a\nb"):
            with self.assertRaises(ValueError):
                Holdpoint("http://x", key)
        for span in ("", "10", "0s", 0, -1, math.inf, math.nan, None):
            with self.assertRaises(ValueError):
                Holdpoint("http://x", "k", patience=span)

    def test_it_is_python_3_9(self):
        ast.parse(Path(client.__file__).read_text("utf-8"), feature_version=(3, 9))


def free(id, **more):
    return {"required": False, "run_id": "run_1", "tool_call_id": id, "replayed": False, "call": {"status": "running"},
            "next": {"action": "execute", "message": "Run it."}, **more}  # fmt: skip


def held(id, **more):
    return {"required": True, "id": f"apr_{id}", "run_id": "run_1", "tool_call_id": id, "tool": "refund",
            "params": PARAMS, "digest": client._digest("refund", PARAMS), "status": "approved", "claimed_at": AT,
            "next": {"action": "execute", "message": "Approved."}, **more}  # fmt: skip


def drip(handler, id):
    """A byte now and then, for ever: no socket would ever time out."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.05)


def drip_headers(handler, id):
    while True:
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


def half(handler, id):
    data = json.dumps(free(id)).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data[:-20])


def half_frozen(handler, id):
    half(handler, id)
    handler.wfile.flush()
    time.sleep(3)


def endless(handler, id):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * (1 << 20))


NO_ANSWERS = {
    "silent": lambda handler, id: time.sleep(3),
    "byte by byte": drip,
    "with nothing but 100": drip_headers,
    "that sends half a body": half,
    "that freezes in a body": half_frozen,
    "that hangs up": lambda handler, id: handler.connection.shutdown(2),
    "with nothing but 500": lambda handler, id: handler.reply(500, {"code": "internal", "status": 500}),
    "that is always too busy": lambda handler, id: handler.reply(
        429, {"code": "rate_limited", "status": 429, "detail": "Later."}, {"Retry-After": "99999999999"}
    ),
    "with a page": lambda handler, id: handler.reply(200, b"<p>Sign in</p>", type="text/html"),
    "with a page as JSON": lambda handler, id: handler.reply(200, b"<p>Sign in</p>"),
    "with a page that is not found": lambda handler, id: handler.reply(404, b"<p>No</p>", type="text/html"),
    "whose proxy forbids it": lambda handler, id: handler.reply(403, {"error": "forbidden"}),
    "whose proxy says something else than its status": lambda h, id: h.reply(403, {"code": "x", "status": 200}),
    "with JSON of another type": lambda handler, id: handler.reply(200, free(id), type="text/plain"),
    "that sends on": lambda handler, id: handler.reply(307, b"", {"Location": "/elsewhere"}),
    "with nothing": lambda handler, id: handler.reply(200, b""),
    "with null": lambda handler, id: handler.reply(200, b"null"),
    "with a list": lambda handler, id: handler.reply(200, b"[]"),
    "with lists in lists": lambda handler, id: handler.reply(200, b"[" * 200_000),
    "with broken UTF-8": lambda handler, id: handler.reply(200, json.dumps(free(id)).encode().replace(b"Run", b"\xff")),
    "with NaN": lambda handler, id: handler.reply(200, json.dumps(free(id, x=math.nan)).encode()),
    "with an endless body": endless,
    "with a bomb": lambda handler, id: handler.reply(200, gzip.compress(b" " * (50 << 20)), {"Content-Encoding": "gzip"}),
    "that is no HTTP": lambda handler, id: handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n"),
}

OTHER_ANSWERS = {
    'that says "false"': lambda id: free(id, required="false"),
    "that says nothing of approval": lambda id: free(id, required=None),
    "that says 0": lambda id: free(id, required=0),
    "with the answer to another call": lambda id: free("other"),
    "with the answer of another run": lambda id: free(id, run_id="run_2"),
    "that does not say what to do": lambda id: free(id, next=None),
    "with an unknown thing to do": lambda id: free(id, next={"action": "run", "message": ""}),
    "with a list of things to do": lambda id: free(id, next={"action": ["execute"], "message": ""}),
    "that holds what needs no approval": lambda id: free(id, next={"action": "wait", "message": ""}),
    "with an approval of another tool": lambda id: held(id, tool="lookup"),
    "with an approval of other params": lambda id: held(id, digest="sha256:0"),
    "that lets run what is pending": lambda id: held(id, status="pending"),
    "that lets run what was rejected": lambda id: held(id, status="rejected"),
    "with a status from nowhere": lambda id: held(id, status=["approved"]),
    "with an edit that does not add up": lambda id: held(
        id, params={"amount": 1}, edited={"requested_digest": client._digest("refund", PARAMS)}
    ),
    "that says 1": lambda id: held(id, required=1),
    "that lets run what has run": lambda id: free(id, call={"status": "succeeded", "output": 1}),
}


class HostileTest(ClientTest):
    def meet(self, where, answer, patience=0.3):
        """An ask that is answered so, or a claim that is."""

        def between(handler, method, path, data):
            if path.endswith("/claim" if where == "claim" else "/approvals"):
                answer(handler, "c")
                handler.close_connection = True
                return True
            if where == "claim" and path.endswith("/approvals"):
                handler.reply(200, held("c", claimed_at=None))
                return True
            self.assertNotIn("elsewhere", path)
            return False

        run = self.live()
        run._hp._http.patience = patience
        self.fake.between = between
        begun = time.monotonic()
        with self.assertRaises(Unavailable) as caught:
            run.gate("refund", PARAMS, self.tool, "c")
        self.assertEqual((caught.exception.code, self.ran), ("unavailable", []))
        self.assertLess(time.monotonic() - begun, 5)
        return caught.exception

    def test_what_is_pending_in_a_project_that_is_being_archived_stops_and_nothing_runs(self):
        next = {"action": "stop", "message": "The project was archived."}

        def between(handler, method, path, data):
            if not path.endswith("/approvals"):
                return False
            handler.reply(200, held("c", status="pending", next=next))
            return True

        run = self.live()
        self.fake.between = between
        with self.assertRaises(Refused) as caught:
            run.gate("refund", PARAMS, self.tool, "c")
        self.assertEqual((str(caught.exception), self.ran), (next["message"], []))

    def test_a_server_that_does_not_answer_is_away_and_nothing_runs(self):
        for where in ("ask", "claim"):
            for name, answer in NO_ANSWERS.items():
                with self.subTest(f"at the {where}, a server {name}"):
                    self.meet(where, answer)

    def test_what_cannot_be_an_answer_to_this_question_is_none(self):
        for where in ("ask", "claim"):
            for name, body in OTHER_ANSWERS.items():
                with self.subTest(f"at the {where}, a server {name}"):
                    told = body("c") if where == "ask" else {**body("c"), "claimed_at": AT}
                    self.meet(where, lambda handler, id: handler.reply(200, told))

    def test_a_redirect_is_named(self):
        error = self.meet("ask", NO_ANSWERS["that sends on"])
        self.assertIn("it sends on to /elsewhere, which is not followed", str(error))

    def test_a_redirect_is_named_where_patience_cuts_the_last_try_short(self):
        count = []

        def between(handler, id):
            count.append(id)
            return NO_ANSWERS["that sends on" if len(count) == 1 else "silent"](handler, id)

        error = self.meet("ask", between, 2)
        self.assertGreater(len(count), 1)
        self.assertIn("it sends on to /elsewhere", str(error))

    def test_no_thread_is_left_with_a_server_that_drips(self):
        self.meet("ask", drip)
        self.fake.between = None
        for _ in range(40):
            if not any(thread.name == "holdpoint" for thread in threading.enumerate()):
                return
            time.sleep(0.05)
        self.fail("a request still reads")

    def test_a_no_is_not_asked_twice(self):
        run = self.live()
        body = {"code": "agent_not_deployed", "status": 422, "detail": "Deploy it.", "errors": [{"pointer": "/agent"}]}
        self.fake.between = lambda handler, method, path, data: not handler.reply(422, body)
        count = len(self.fake.requests)
        with self.assertRaises(Problem) as caught:
            run.gate("refund", PARAMS, self.tool, "c")
        self.assertEqual((caught.exception.status, caught.exception.errors[0]["pointer"]), (422, "/agent"))
        self.assertEqual(len(self.fake.requests), count + 1)

    def test_too_many_waits_are_polled(self):
        client._POLL_SECONDS, before = 0.1, client._POLL_SECONDS
        self.addCleanup(setattr, client, "_POLL_SECONDS", before)

        def between(handler, method, path, data):
            if not handler.headers.get("Prefer"):
                return False
            handler.reply(429, {"code": "too_many_waits", "status": 429, "detail": "Too many."})
            return True

        self.fake.between = between
        end = self.later(self.live().gate, "refund", PARAMS, self.tool, "c")
        time.sleep(0.5)
        self.fake.approve("c")
        self.assertEqual(end().kind, "ran")
        self.assertGreater(len(self.fake.requests), 4)

    def test_retry_after_is_heeded(self):
        run, count = self.live(), []

        def between(handler, method, path, data):
            count.append(time.monotonic())
            if len(count) > 1:
                return False
            handler.reply(429, {"code": "rate_limited", "status": 429, "detail": "Later."}, {"Retry-After": "2"})
            return True

        self.fake.between = between
        self.assertEqual(run.gate("lookup", PARAMS, self.tool, "c").kind, "ran")
        self.assertGreaterEqual(count[1] - count[0], 1.9)

    def test_the_reason_ends_with_one_stop(self):
        busy = {"code": "rate_limited", "status": 429, "detail": "Later."}
        run = self.live(patience="0.3s")
        self.fake.between = lambda handler, method, path, data: not handler.reply(429, busy)
        with self.assertRaises(Unavailable) as caught:
            run.gate("lookup", PARAMS, self.tool, "c")
        self.assertRegex(caught.exception.message, r" counts: Later\.$")

    def test_a_paused_agent_waits_and_goes_on(self):
        run, count = self.live(), []

        def between(handler, method, path, data):
            count.append(path)
            if len(count) > 2:
                return False
            handler.reply(409, {"code": "agent_paused", "status": 409, "detail": "Paused."}, {"Retry-After": "1"})
            return True

        self.fake.between = between
        self.assertEqual(run.gate("lookup", PARAMS, self.tool, "c").kind, "ran")
        self.assertGreater(len(count), 2)


if __name__ == "__main__":
    unittest.main()
