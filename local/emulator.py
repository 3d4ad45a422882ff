"""Starts ministack, in the environment `.venv-local`, as a child of `local.stack`.

Some things are changed from outside. Its MQTT port listens on loopback only, as everything here does. It stops when its
parent is gone, so that a killed supervisor leaves no orphan that holds the ports. And three rights are asked for as AWS
asks: a batch of SQS messages needs the right to the single action, since batches are no actions of their own; attaching an
IoT policy is checked against the certificate, and sending mail against the sender's identity, not against everything.
What a function wrote is read up to a mark that its worker sets, not for 50 ms each time: calls take half as long.
A queue's URL is a name in the stored state, so it must not change with the port. And the records of a table's stream are
stored too: it stores only how far its readers have come, and they would wait for as many new records after a start.
"""

import asyncio
import copy
import json
import os
import queue
import signal
import threading
import time

_create_server = asyncio.base_events.BaseEventLoop.create_server


async def _on_loopback(self, protocol_factory, host=None, port=None, **options):  # type: ignore[no-untyped-def]
    return await _create_server(self, protocol_factory, "127.0.0.1" if host == "0.0.0.0" else host, port, **options)  # noqa: S104


def _as_single_actions(of_request):  # type: ignore[no-untyped-def]
    def action(service, *request):  # type: ignore[no-untyped-def]
        found = of_request(service, *request)
        return found.removesuffix("Batch") if found and service == "sqs" else found

    return action


def _with_targets(of_request):  # type: ignore[no-untyped-def]
    def resource(service, method, path, headers, body, query, region, account):  # type: ignore[no-untyped-def]
        if service == "iot" and path.startswith("/target-policies/"):
            return json.loads(body or b"{}").get("target", "*")
        if service == "ses" and (sender := query.get("Source")):
            address = sender[0] if isinstance(sender, list) else sender
            return f"arn:aws:ses:{region}:{account}:identity/{address}"
        return of_request(service, method, path, headers, body, query, region, account)

    return resource


def _with_streams(dynamodb):  # type: ignore[no-untyped-def]
    state_of, load = dynamodb.get_state, dynamodb.load_persisted_state
    parts = ("_stream_records", "_stream_trimmed")

    def state():  # type: ignore[no-untyped-def]
        return state_of() | {part: copy.deepcopy(getattr(dynamodb, part)) for part in parts}

    def loaded(data):  # type: ignore[no-untyped-def]
        load(data)
        for part in parts:
            getattr(dynamodb, part).update(data.get(part, {}))

    dynamodb.get_state, dynamodb.load_persisted_state = state, loaded


_WRITTEN = "-- all of it is written --"
_ANSWERED = "        _real_stdout.flush()\n\nrun()"  # the end of what a worker does for each call
_WRITTEN_S = 0.25


def _read_to_the_mark(runtime):  # type: ignore[no-untyped-def]
    script = runtime._PYTHON_WORKER_SCRIPT
    if script.count(_ANSWERED) != 1:
        raise SystemExit("This ministack's workers are others: see local/emulator.py, _read_to_the_mark.")
    mark = f"        print({_WRITTEN!r}, file=sys.__stderr__, flush=True)\n"
    runtime._PYTHON_WORKER_SCRIPT = script.replace(_ANSWERED, mark + _ANSWERED)

    def written(worker, **waits):  # type: ignore[no-untyped-def]
        lines, until = [], time.monotonic() + _WRITTEN_S
        try:
            while (line := worker._stderr_queue.get(timeout=max(0.0, until - time.monotonic()))) != _WRITTEN:
                lines.append(line)
        except queue.Empty:
            pass  # it died before it could set the mark
        return "\n".join(lines)

    runtime.Worker._drain_stderr_bounded = written


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    asyncio.base_events.BaseEventLoop.create_server = _on_loopback  # type: ignore[method-assign]
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    from ministack.app import main
    from ministack.core import iam_actions, lambda_runtime
    from ministack.services import dynamodb, sqs

    _with_streams(dynamodb)
    _read_to_the_mark(lambda_runtime)
    sqs.DEFAULT_PORT = "4566"
    sqs._CANONICAL_NETLOC = f"{sqs.DEFAULT_HOST}:{sqs.DEFAULT_PORT}"
    iam_actions.extract_iam_action = _as_single_actions(iam_actions.extract_iam_action)
    iam_actions.extract_resource_arn = _with_targets(iam_actions.extract_resource_arn)

    main()
