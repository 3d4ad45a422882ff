"""One address for browsers: the web app's files at `/`, the API at `/v1/`, as CloudFront serves them on AWS. Loopback only.

Files of `web/dist` are looked up anew at each request, so a new build shows at once. Addresses of the app's screens (no dot
in the last part) are answered with `index.html`; what is missing is a plain 404. Headers come from `infra/headers.yaml`.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import sys
import threading
import urllib.parse
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.stack import HOST, ROOT
from local.template import load_file

DIST = ROOT / "web" / "dist"
BODY_MAX = 10 * 1024 * 1024  # as API Gateway takes it
_CHUNK = 64 * 1024
_SQUEEZED_MIN = 1000  # bytes; CloudFront compresses from here
_UPSTREAM_S = 60.0
_IDLE_S = 60.0
# Of one connection only (RFC 9110, 7.6.1), or made anew here.
_OWN = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"}
_OWN |= {"upgrade", "host", "proxy-connection"}
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_SQUEEZED = (".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".txt")


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it is sent: whole, and squeezed where that is worth it."""

    body: bytes
    squeezed: bytes
    kind: str
    tag: str
    stamp: tuple[int, int]


class Front:
    """The server. Where the API is may be said later (`api`); until then `/v1/` answers 503."""

    def __init__(self, port: int = 0, dist: Path = DIST) -> None:
        self.api = ""
        self.files = Files(dist)
        self.headers = security_headers()
        handler = type("Handler", (_Handler,), {"front": self})
        self._server = _Server((HOST, port), handler)
        self.address = f"http://localhost:{self._server.server_address[1]}"

    def start(self) -> Front:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a browser asks for many things at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away in the middle is no news."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Files:
    """The files of one folder, kept in memory until they change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._kept: dict[Path, Found] = {}

    def find(self, path: str) -> Found | None:
        """What belongs to an address, or None."""
        name = urllib.parse.unquote(path).lstrip("/")
        if is_screen(name):
            name = "index.html"
        file = (self._folder / name).resolve()
        hidden = any(part.startswith(".") for part in Path(name).parts)
        if hidden or not file.is_relative_to(self._folder) or not file.is_file():
            return None
        return self._read(file)

    def _read(self, file: Path) -> Found:
        state = file.stat()
        stamp = (state.st_mtime_ns, state.st_size)
        known = self._kept.get(file)
        if known is None or known.stamp != stamp:
            body = file.read_bytes()
            worth = file.suffix in _SQUEEZED and len(body) >= _SQUEEZED_MIN
            squeezed = gzip.compress(body, 9, mtime=0) if worth else b""
            kind = kind_of(file)
            known = Found(body, squeezed, kind, hashlib.sha256(body).hexdigest()[:20], stamp)
            self._kept[file] = known
        return known


def is_screen(path: str) -> bool:
    """Whether an address is one of the app's screens, not a file. CloudFront's function in `infra/web.yaml` says the same."""
    return "." not in path.rsplit("/", 1)[-1]


def kind_of(file: Path) -> str:
    """The media type of a built file."""
    return KINDS.get(file.suffix, "application/octet-stream")


def kept_how_long(path: str) -> str:
    """Names of built files hold their content's hash; everything else is asked for again each time."""
    return "public, max-age=31536000, immutable" if path.startswith("/assets/") else "no-cache"


def security_headers() -> dict[str, str]:
    """What `infra/headers.yaml` says, but for what is of HTTPS only."""
    said = load_file(ROOT / "infra" / "headers.yaml")["Resources"]["AppHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = said["SecurityHeadersConfig"]
    headers = {
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
    }
    return headers | {item["Header"]: item["Value"] for item in said["CustomHeadersConfig"]["Items"]}


class _Handler(BaseHTTPRequestHandler):
    front: Front
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Mimamori", ""
    timeout = _IDLE_S
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = urllib.parse.urlsplit(self.path).path
        if path == "/v1" or path.startswith("/v1/"):
            return self._pass_on()
        if self.command not in ("GET", "HEAD"):
            self.close_connection = True  # what was sent along stays unread
            return self._say(405, "This address is only for reading.\n")
        found = self.front.files.find(path)
        if found is None:
            built = self.front.files.find("/") is not None
            return self._say(404, "There is nothing here.\n") if built else self._say(503, "Not built yet. Run: make web\n")
        return self._send(found, kept_how_long(path))

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def _send(self, found: Found, kept: str) -> None:
        squeezed = bool(found.squeezed) and "gzip" in self.headers.get("Accept-Encoding", "")
        tag = f'"{found.tag}{"-gz" if squeezed else ""}"'
        known = tag in (one.strip().removeprefix("W/") for one in self.headers.get("If-None-Match", "").split(","))
        body = b"" if known else found.squeezed if squeezed else found.body
        self.send_response(304 if known else 200)
        self._headers({"Cache-Control": kept, "ETag": tag, "Vary": "Accept-Encoding"})
        if not known:
            self._headers({"Content-Type": found.kind, "Content-Length": str(len(body))})
            if squeezed:
                self.send_header("Content-Encoding", "gzip")
        self._headers(self.front.headers)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _say(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self._headers(
            {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        )
        self._headers(self.front.headers)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _headers(self, headers: dict[str, str]) -> None:
        for name, value in headers.items():
            self.send_header(name, value)

    def _pass_on(self) -> None:
        """To the API and back. The body is read first: API Gateway does the same."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal() or int(length) > BODY_MAX:
            self.close_connection = True
            return self._say(413, "That is too much for one request.\n")
        body = self.rfile.read(int(length))
        if not self.front.api:
            return self._say(503, "The API is not there yet.\n")
        upstream = urllib.parse.urlsplit(self.front.api)
        line = http.client.HTTPConnection(upstream.hostname or HOST, upstream.port, timeout=_UPSTREAM_S)
        try:
            line.putrequest(self.command, upstream.path + self.path, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OWN:
                    line.putheader(name, value)
            line.endheaders(body or None)
            answer = line.getresponse()
        except (OSError, http.client.HTTPException):
            line.close()
            return self._say(502, "The API did not answer.\n")
        try:
            self._hand_back(answer)
        finally:
            line.close()

    def _hand_back(self, answer: http.client.HTTPResponse) -> None:
        silent = self.command == "HEAD" or answer.status in (204, 304)
        chunked = answer.length is None and not silent
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OWN:
                self.send_header(name, self._kept_by_safari(value) if name.lower() == "set-cookie" else value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while part := answer.read(_CHUNK):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _kept_by_safari(self, cookie: str) -> str:
        """Safari keeps no Secure cookie that came by HTTP, not even from localhost; other browsers get what AWS would send."""
        agent = self.headers.get("User-Agent", "")
        return cookie.replace("; Secure", "") if "Safari/" in agent and "Chrome/" not in agent else cookie

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses of the app are nobody's business."""
