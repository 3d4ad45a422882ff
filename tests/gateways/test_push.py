"""Web push: closed as RFC 8291's own example says, signed for one push service, and to push services only."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chalicelib import settings
from chalicelib.errors import Invalid
from chalicelib.gateways import delivery, push, secrets
from chalicelib.gateways.delivery import NotDelivered
from local.phones import Phones, opened
from tests.flows_iot.far_ends import push_key


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
BROWSER = raw("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
AUTH, SALT = raw("BTBZMqHH6r4Tts7J_aSIgg"), raw("DGv6ra1nlYgDCS1FRnbzlw")
CLOSED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95b"
    "Qpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_a_message_is_closed_as_the_rfc_does_it() -> None:
    own = ec.derive_private_key(SENDER, ec.SECP256R1())
    assert push.encrypt(PLAIN, BROWSER, AUTH, salt=SALT, own=own) == raw(CLOSED)


def test_every_message_is_closed_anew_and_only_its_browser_opens_it() -> None:
    phones = Phones()
    made, other = phones.open_browser(), phones.open_browser()
    mine, others = (phones.browsers[one["endpoint"].rsplit("/", 1)[1]] for one in (made, other))
    keys = made["keys"]
    first, second = (push.encrypt(PLAIN, raw(keys["p256dh"]), raw(keys["auth"])) for _ in range(2))
    assert first != second
    assert opened(first, mine["key"], raw(mine["auth"])) == PLAIN
    with pytest.raises(InvalidTag):
        opened(first, others["key"], raw(others["auth"]))


GOOD = {"p256dh": urlsafe_b64encode(BROWSER).decode().rstrip("="), "auth": "BTBZMqHH6r4Tts7J_aSIgg"}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://sg2p.notify.windows.com/w/?token=abc",
    ],
)
def test_the_browsers_push_services_are_known(endpoint: str) -> None:
    push.check(endpoint, GOOD["p256dh"], GOOD["auth"])


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.example.com/x",
        "https://fcm.googleapis.com@example.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://notify.windows.com.example.com/x",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8722/push/x",
        "https://localhost/x",
        "file:///etc/passwd",
        "https://[::1]/x",
        "https://P[",
        "https://web.push.apple.com:port/x",
    ],
)
def test_no_other_address_is_ever_called(endpoint: str) -> None:
    with pytest.raises(Invalid, match="endpoint"):
        push.check(endpoint, GOOD["p256dh"], GOOD["auth"])


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("AAAA", GOOD["auth"]), (GOOD["p256dh"], "AAAA"), ("*" * 87, GOOD["auth"]), ("BA" + "A" * 85, GOOD["auth"])],
    ids=["short key", "short secret", "no base64", "no point of the curve"],
)
def test_keys_that_no_browser_makes_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(Invalid):
        push.check("https://web.push.apple.com/abc", p256dh, auth)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict[str, str], int]]]:
    """What would go out, and what is answered: the last figure, which a test may set."""
    calls: list[tuple[str, dict[str, str], int]] = []
    pem = push_key()
    monkeypatch.setenv("MAIL_FROM", "home@example.com")
    settings.current.cache_clear()
    monkeypatch.setattr(secrets, "secret", lambda name: pem)

    def post(url: str, headers: dict[str, str], body: bytes) -> delivery.Answered:
        calls.append((url, headers, len(body)))
        return delivery.Answered(ANSWER[0], b"")

    monkeypatch.setattr(delivery, "post", post)
    yield calls
    settings.current.cache_clear()


ANSWER = [201]
TO = {"endpoint": "https://web.push.apple.com/abc", **GOOD}


def test_each_message_says_who_sends_and_for_which_service_only(sent: list[tuple[str, dict[str, str], int]]) -> None:
    ANSWER[0] = 201
    push.send("k1", TO, {"title": "t", "body": "b"}, urgent=True)
    push.send("k1", TO, {"title": "t", "body": "b"}, urgent=False)
    (url, first, _), (_, second, _) = sent
    assert url == TO["endpoint"]
    assert (first["Urgency"], second["Urgency"]) == ("high", "normal")
    assert first["Topic"] == second["Topic"]  # a repeat replaces what still waits
    token, key = first["Authorization"].removeprefix("vapid t=").split(", k=")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(key))
    claims = jwt.decode(token, public, algorithms=["ES256"], audience="https://web.push.apple.com")
    assert claims["sub"] == "mailto:home@example.com"
    own = load_pem_private_key(secrets.secret("push-key").encode(), None)
    assert public.public_numbers() == own.public_key().public_numbers()  # type: ignore[union-attr]


def test_the_longest_message_fits_one_record(sent: list[tuple[str, dict[str, str], int]]) -> None:
    ANSWER[0] = 201
    push.send("k1", TO, {"title": "あ" * 60, "body": "あ" * (push.TEXT_MAX // 3), "contract": "c" * 64}, urgent=False)
    assert sent[0][2] < push.RECORD


@pytest.mark.parametrize(
    ("status", "outcome"), [(404, "gone"), (410, "gone"), (429, "failed"), (503, "failed"), (400, "refused"), (302, "refused")]
)
def test_what_a_push_service_answers(sent: list[tuple[str, dict[str, str], int]], status: int, outcome: str) -> None:
    ANSWER[0] = status
    with pytest.raises(NotDelivered) as error:
        push.send("k1", TO, {"title": "t", "body": "b"}, urgent=False)
    assert error.value.outcome == outcome
