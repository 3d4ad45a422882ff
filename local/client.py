"""The API from outside, as any client sees it: JSON over HTTP with a bearer token."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


class Answered(Exception):
    """The API said no: status and problem document."""

    def __init__(self, method: str, path: str, status: int, problem: Any) -> None:
        super().__init__(f"{method} {path} answered {status}: {json.dumps(problem, ensure_ascii=False)}")
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Api:
    """One caller's view of the API at `url`. An empty token is nobody's."""

    url: str
    token: str = ""

    def get(self, path: str) -> Any:
        return self._call("GET", path, None, {})

    def post(self, path: str, body: dict[str, Any], key: str) -> Any:
        """key: the Idempotency-Key; the same key and body again are answered as before."""
        return self._call("POST", path, body, {"Idempotency-Key": key})

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("PUT", path, body, {})

    def patch(self, path: str, body: dict[str, Any], version: int) -> Any:
        """version: the one that was read."""
        return self._call("PATCH", path, body, {"If-Match": f'"{version}"'})

    def _call(self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        sent = {"Accept-Language": "en", "Content-Type": "application/json", **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method, headers=sent)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                raw = answer.read()
        except urllib.error.HTTPError as refused:
            raw = refused.read()
            try:
                problem = json.loads(raw)
            except ValueError:
                problem = raw.decode(errors="replace")
            raise Answered(method, path, refused.code, problem) from None
        return json.loads(raw) if raw else None
