"""The one address of the web app and the API: what belongs to whom, and what is said with it."""

import gzip
import http.client
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.front import BODY_MAX, Front, security_headers
from local.template import load_file

INDEX = "<!doctype html><title>the app</title>"
SCRIPT = "console.log(1);" * 100


class Upstream(http.server.BaseHTTPRequestHandler):
    """An API that tells what it was asked, and answers as the path says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = {"method": self.command, "path": self.path, "body": body.decode(), "headers": dict(self.headers.items())}
        told = json.dumps(asked).encode()
        self.send_response(204 if self.path.endswith("/nothing") else 200)
        self.send_header("Set-Cookie", "one=1; HttpOnly")
        self.send_header("Set-Cookie", "two=2; Secure")
        self.send_header("ETag", '"7"')
        if self.path.endswith("/parts"):
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (b"first ", b"second"):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
            return
        if not self.path.endswith("/nothing"):
            self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        if not self.path.endswith("/nothing"):
            self.wfile.write(told)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/_aws/execute-api/abc/api"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dist = tmp_path_factory.mktemp("web") / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text(INDEX)
    (dist / "sw.js").write_text(SCRIPT)
    (dist / "manifest.webmanifest").write_text("{}")
    (dist / "assets" / "app-1a2b.js").write_text(SCRIPT)
    (dist / ".hidden").write_text("secret")
    (dist.parent / "outside.txt").write_text("secret")
    return dist


@pytest.fixture(scope="module")
def front(dist: Path, upstream: str) -> Iterator[Front]:
    front = Front(0, dist).start()
    front.api = upstream
    yield front
    front.stop()


def ask(front: Front, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
    line = http.client.HTTPConnection("127.0.0.1", int(front.address.rsplit(":", 1)[1]), timeout=10)
    line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    answer.text = answer.read()  # type: ignore[attr-defined]
    line.close()
    return answer


@pytest.mark.parametrize("path", ["/", "/days", "/homes/c-1/days/2026-11-22", "/console/contracts", "/invitation?x=1", "/v1x"])
def test_every_screen_is_the_app(front: Front, path: str) -> None:
    answer = ask(front, path)
    assert (answer.status, answer.text.decode()) == (200, INDEX)
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert answer.getheader("Cache-Control") == "no-cache"


def test_built_files_are_kept_for_ever_and_everything_else_is_asked_for_again(front: Front) -> None:
    kept = {path: ask(front, path).getheader("Cache-Control") for path in ("/assets/app-1a2b.js", "/sw.js")}
    assert kept == {"/assets/app-1a2b.js": "public, max-age=31536000, immutable", "/sw.js": "no-cache"}
    assert ask(front, "/manifest.webmanifest").getheader("Content-Type") == "application/manifest+json"


def test_a_file_comes_squeezed_to_whom_can_read_it_and_not_twice(front: Front) -> None:
    whole, squeezed = ask(front, "/sw.js"), ask(front, "/sw.js", Accept_Encoding="br, gzip")
    assert whole.text.decode() == gzip.decompress(squeezed.text).decode() == SCRIPT
    assert (whole.getheader("Content-Encoding"), squeezed.getheader("Content-Encoding")) == (None, "gzip")
    assert squeezed.getheader("Vary") == "Accept-Encoding"
    assert whole.getheader("ETag") != squeezed.getheader("ETag")
    again = ask(front, "/sw.js", Accept_Encoding="gzip", If_None_Match=squeezed.getheader("ETag"))
    assert (again.status, again.text) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/missing.js", "/assets/old-9z.js", "/.hidden", "/../outside.txt", "/%2e%2e/outside.txt", "/assets/../../outside.txt"],
)
def test_what_is_not_there_is_not_the_app_and_nothing_outside_is_shown(front: Front, path: str) -> None:
    answer = ask(front, path)
    assert (answer.status, answer.text) == (404, b"There is nothing here.\n")


def test_a_new_build_shows_at_once(front: Front, dist: Path) -> None:
    (dist / "new.txt").write_text("one")
    assert ask(front, "/new.txt").text == b"one"
    (dist / "new.txt").write_text("three")
    assert ask(front, "/new.txt").text == b"three"


def test_files_are_only_read(front: Front) -> None:
    assert ask(front, "/days", "POST", b"{}").status == 405
    head = ask(front, "/sw.js", "HEAD")
    assert (head.status, head.text, head.getheader("Content-Length")) == (200, b"", str(len(SCRIPT)))


def test_a_request_reaches_the_api_as_it_was_sent(front: Front) -> None:
    sent = {"Accept-Language": "ja", "Authorization": "Bearer t", "Cookie": "s=1", "If-Match": '"3"', "Idempotency-Key": "k"}
    told = ask(front, "/v1/contracts?cursor=a%2Fb", "POST", "{…}".encode(), Connection="keep-alive", **sent)
    asked = json.loads(told.text)
    assert (asked["method"], asked["path"]) == ("POST", "/_aws/execute-api/abc/api/v1/contracts?cursor=a%2Fb")
    assert asked["body"] == "{…}"
    assert sent.items() <= asked["headers"].items()
    assert "Connection" not in asked["headers"]
    assert asked["headers"]["Host"].startswith("127.0.0.1:")


def test_an_answer_comes_back_as_the_api_gave_it(front: Front) -> None:
    answer = ask(front, "/v1/x")
    assert answer.headers.get_all("Set-Cookie") == ["one=1; HttpOnly", "two=2; Secure"]
    assert answer.getheader("ETag") == '"7"'
    assert answer.getheader("Content-Security-Policy") is None  # the API's pages bring their own
    assert ask(front, "/v1/parts").text == b"first second"
    nothing = ask(front, "/v1/nothing", "DELETE")
    assert (nothing.status, nothing.text) == (204, b"")


def test_safari_keeps_the_session_of_an_address_without_https(front: Front) -> None:
    safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
    chrome = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
    cookies = {name: ask(front, "/v1/x", User_Agent=name).headers.get_all("Set-Cookie") for name in (safari, chrome)}
    assert cookies == {safari: ["one=1; HttpOnly", "two=2"], chrome: ["one=1; HttpOnly", "two=2; Secure"]}


def test_one_connection_carries_many_requests(front: Front) -> None:
    line = http.client.HTTPConnection("127.0.0.1", int(front.address.rsplit(":", 1)[1]), timeout=10)
    line.connect()
    socket = line.sock
    for path in ("/", "/v1/parts", "/v1/nothing", "/missing.js", "/sw.js", "/v1/x"):
        line.request("GET", path)
        line.getresponse().read()
    assert line.sock is socket
    line.close()


def test_too_much_is_refused_before_it_is_read(front: Front) -> None:
    line = http.client.HTTPConnection("127.0.0.1", int(front.address.rsplit(":", 1)[1]), timeout=10)
    line.putrequest("POST", "/v1/x")
    line.putheader("Content-Length", str(BODY_MAX + 1))
    line.endheaders()
    assert line.getresponse().status == 413
    line.close()


def test_an_api_that_is_not_there_is_said_so(dist: Path) -> None:
    lone = Front(0, dist).start()
    try:
        assert ask(lone, "/v1/x").status == 503
        lone.api = "http://127.0.0.1:9/api"  # nobody answers on the discard port
        assert ask(lone, "/v1/x").status == 502
    finally:
        lone.stop()


def test_without_a_build_the_cure_is_said(tmp_path: Path) -> None:
    bare = Front(0, tmp_path).start()
    try:
        answer = ask(bare, "/")
        assert (answer.status, answer.text) == (503, b"Not built yet. Run: make web\n")
    finally:
        bare.stop()


def test_a_browser_is_told_to_run_and_load_only_what_is_ours(front: Front) -> None:
    policy = dict(part.split(" ", 1) for part in ask(front, "/").getheader("Content-Security-Policy").split("; "))
    assert policy.pop("default-src") == "'none'"
    assert policy.pop("img-src") == "'self' data:"
    assert (policy.pop("base-uri"), policy.pop("frame-ancestors")) == ("'none'", "'none'")
    assert set(policy.values()) == {"'self'"}
    assert {"script-src", "style-src", "connect-src", "font-src", "worker-src", "manifest-src", "form-action"} == set(policy)
    for path in ("/", "/missing.js", "/assets/app-1a2b.js"):
        headers = ask(front, path)
        assert headers.getheader("X-Content-Type-Options") == "nosniff"
        assert headers.getheader("X-Frame-Options") == "DENY"


def test_what_is_said_here_is_what_cloudfront_says(root: Path) -> None:
    """Every kind of header that the one file names is also sent here, but for the one of HTTPS."""
    said = load_file(root / "infra" / "headers.yaml")["Resources"]["AppHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    assert set(said["SecurityHeadersConfig"]) == {
        "ContentSecurityPolicy",
        "ContentTypeOptions",
        "FrameOptions",
        "ReferrerPolicy",
        "StrictTransportSecurity",
    }
    assert len(security_headers()) == 4 + len(said["CustomHeadersConfig"]["Items"])
