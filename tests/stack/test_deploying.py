"""`make deploy` with the web app, into an embedded AWS that plays the account: files in their order, links that lead to the app."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.deploy import deploy_app
from local.package import package
from local.stack import Places, Stack, start
from tests.stack.conftest import free_ports

pytestmark = pytest.mark.stack
STAGE = "test"
GIVEN = {"Schedules": "DISABLED"}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = start(Places(tmp_path_factory.mktemp("account"), *free_ports(2)))
    try:
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package(STAGE, native=True, build=tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dist = tmp_path_factory.mktemp("dist")
    (dist / "assets").mkdir()
    for name, text in (("index.html", "<title>one</title>"), ("sw.js", "1"), ("icon.svg", "<svg/>"), ("assets/app-1.js", "1")):
        (dist / name).write_text(text)
    return dist


class Watched:
    """The account's clients, with a note of what was put and invalidated."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.put: list[str] = []
        self.invalidated: list[list[str]] = []

    def __call__(self, service: str) -> Any:
        client = self._stack.client(service)
        client.meta.events.register("before-parameter-build.s3.PutObject", lambda params, **_: self.put.append(params["Key"]))
        client.meta.events.register("before-parameter-build.cloudfront.CreateInvalidation", self._invalidated)
        return client

    def _invalidated(self, params: dict[str, Any], **_: Any) -> None:
        self.invalidated.append(params["InvalidationBatch"]["Paths"]["Items"])

    @property
    def files(self) -> list[str]:
        return [key for key in self.put if not key.endswith((".zip", ".json"))]


def test_the_app_goes_out_parts_first_and_links_lead_to_it(account: Stack, built: Path, dist: Path) -> None:
    seen = Watched(account)
    outputs = deploy_app(STAGE, built, dist, seen, GIVEN, pause=0.1)
    assert seen.files == ["assets/app-1.js", "icon.svg", "index.html", "sw.js"]
    assert seen.invalidated == [["/index.html", "/sw.js"]]
    url = outputs["AppUrl"]
    assert url.startswith("https://") and url.endswith(".cloudfront.net")
    function = account.client("lambda").get_function_configuration(FunctionName=f"mimamori-{STAGE}-outbox-worker")
    settings = function["Environment"]["Variables"]
    assert (settings["PUBLIC_URL"], settings["ALLOWED_ORIGINS"]) == (url, url)
    s3 = account.client("s3")
    kept = {name: s3.head_object(Bucket=outputs["AppBucketName"], Key=name) for name in ("index.html", "assets/app-1.js")}
    assert [(one["CacheControl"], one["ContentType"]) for one in kept.values()] == [
        ("no-cache", "text/html; charset=utf-8"),
        ("public, max-age=31536000, immutable", "text/javascript; charset=utf-8"),
    ]


def test_a_deployment_without_a_change_brings_nothing(account: Stack, built: Path, dist: Path) -> None:
    seen = Watched(account)
    deploy_app(STAGE, built, dist, seen, GIVEN, pause=0.1)
    assert (seen.put, seen.invalidated) == ([], [])


def test_a_new_build_brings_only_what_is_new_and_takes_nothing_away(account: Stack, built: Path, dist: Path) -> None:
    (dist / "assets" / "app-1.js").unlink()
    (dist / "assets" / "app-2.js").write_text("2")
    (dist / "index.html").write_text("<title>two</title>")
    seen = Watched(account)
    outputs = deploy_app(STAGE, built, dist, seen, GIVEN, pause=0.1)
    assert seen.files == ["assets/app-2.js", "index.html"]
    assert seen.invalidated == [["/index.html", "/sw.js"]]
    there = account.client("s3").list_objects_v2(Bucket=outputs["AppBucketName"])["Contents"]
    assert "assets/app-1.js" in {one["Key"] for one in there}, "a page that is open still asks for it"


def test_who_says_another_address_keeps_it(account: Stack, built: Path, dist: Path) -> None:
    own = {**GIVEN, "PublicUrl": "https://mimamori.example", "AllowedOrigins": "https://mimamori.example"}
    deploy_app(STAGE, built, dist, account.client, own, pause=0.1)
    function = account.client("lambda").get_function_configuration(FunctionName=f"mimamori-{STAGE}-outbox-worker")
    assert function["Environment"]["Variables"]["PUBLIC_URL"] == "https://mimamori.example"
