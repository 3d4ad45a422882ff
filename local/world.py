"""The local world as one value: where everything is and who can sign in. Kept in `.local/stack.json` for `make demo`."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_string, policy
from pathlib import Path
from typing import Any

from local import claim, keys, people
from local.deploy import deploy
from local.front import Front
from local.package import package
from local.phones import Counter, Phones
from local.stack import Stack
from local.trouble import Trouble

STAGE = "local"


@dataclass(frozen=True, slots=True)
class World:
    """A deployed local stage."""

    stack: Stack
    api: str
    web: str  # where people's browsers go: the app, and the same API
    outputs: Mapping[str, str]
    users: people.Users
    phones: Phones  # LINE and browsers, as far as they are outside of AWS

    def token(self, who: str, app: str = "web") -> str:
        """A token as one of the apps gets it. Some services let phones do what a browser may not (LRH-MON-5)."""
        user, client = self.users[who], clients(self.outputs)[app]
        return people.sign_in(self.stack.client("cognito-idp"), client, user["email"], user["password"])


def clients(outputs: Mapping[str, str]) -> dict[str, str]:
    """The user pool's client of each kind of app."""
    return {"web": outputs["UserPoolClientId"], "android": outputs["AndroidClientId"], "ios": outputs["IosClientId"]}


def build(stack: Stack, *, where: Path | None = None, built: Path | None = None) -> World:
    """Packages the app, deploys it into the running stack, makes the users, writes `stack.json`. Safe to repeat.

    where: the folder to package in; built: what was packaged before (by `package`, for this stage and natively).
    """
    places = stack.places
    phones, front = _phones(stack), _front(places.web_port)
    built = built or package(STAGE, native=True, build=where)
    keys.make(STAGE, stack.client)
    keys.give(STAGE, stack.client, {"line-token": phones.line_token, "line-secret": phones.line_secret})
    parameters = {"Schedules": "DISABLED", "KeysUrl": places.endpoint, "PublicUrl": front.address}
    parameters |= {"AllowedOrigins": front.address, "LineApiUrl": phones.address}
    known = read(places.folder)
    outputs = deploy(STAGE, built, stack.client, parameters, pause=0.1)
    users = people.create(stack.client("cognito-idp"), outputs["UserPoolId"], known.get("users", {}))
    ca = places.folder / "iot-ca.pem"
    ca.write_bytes(stack.get("/_ministack/iot/ca.pem"))
    claim.make(stack, STAGE, outputs["ClaimPolicyName"])
    api = f"{places.endpoint}/_aws/execute-api/{outputs['RestAPIId']}/api"
    front.api = api
    phones.webhook = f"{api}/v1/line/webhook"
    facts = {
        "stage": STAGE,
        "web": front.address,
        "api": api,
        "phones": phones.address,
        "mqtt": {"host": "localhost", "port": places.mqtt_port, "ca": str(ca)},
        "ses": f"{places.endpoint}/_ministack/ses/messages",
        "cognito": {
            "endpoint": places.endpoint,
            "user_pool_id": outputs["UserPoolId"],
            "client_id": outputs["UserPoolClientId"],
            "clients": clients(outputs),
        },
        "users": users,
        "seeded": bool(known.get("seeded")) and known.get("cognito", {}).get("user_pool_id") == outputs["UserPoolId"],
    }
    write(places.folder, facts)
    return World(stack, api, front.address, outputs, users, phones)


def _phones(stack: Stack) -> Phones:
    """LINE, browsers and the page of what arrived. Raises Trouble when their port is taken."""
    places = stack.places
    phones = Phones(places.folder)
    try:
        Counter(phones, places.phones_port, lambda: [*_texts(stack), *_mails(stack)]).start()
    except OSError:
        port = places.phones_port
        raise Trouble(f"Port {port} is taken.", f"Choose another: make run PHONES_PORT={port + 10}.") from None
    return phones


def _front(port: int) -> Front:
    """The one address for browsers. Raises Trouble when its port is taken."""
    try:
        return Front(port).start()
    except OSError:
        raise Trouble(f"Port {port} is taken.", f"Choose another: make run WEB_PORT={port + 10}.") from None


def _texts(stack: Stack) -> list[dict[str, Any]]:
    """Text messages that left through SNS, as the page shows them."""
    by_number = json.loads(stack.get("/_ministack/sns/sms-messages"))["sms_messages"]
    return [
        {"way": "sms", "to": number, "text": one["Message"], "at": ""} for number, sent in by_number.items() for one in sent
    ]


def _mails(stack: Stack) -> list[dict[str, Any]]:
    """E-mail that left, ours and the user pool's own (the codes), as the page shows it."""

    def plain(mail: dict[str, Any]) -> str:
        letter = message_from_string(mail.get("RawData") or mail.get("RawMessage") or "", policy=policy.default)
        subject = str(letter["Subject"] or mail.get("Subject", ""))
        text = letter.get_content() if letter["Subject"] else mail.get("BodyText") or mail.get("BodyHtml", "")
        return f"{subject}\n\n{html.unescape(re.sub('<[^>]*>', ' ', text)).strip()}"

    return [
        {
            "way": "mail",
            "to": ", ".join(mail.get("To", mail.get("Destinations", []))),
            "text": plain(mail),
            "at": mail["Timestamp"],
        }
        for mail in stack.sent_mail()
    ]


def read(folder: Path) -> dict[str, Any]:
    """What the last start wrote, or nothing."""
    try:
        facts: dict[str, Any] = json.loads((folder / "stack.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return facts


def write(folder: Path, facts: Mapping[str, Any]) -> None:
    """Whole or not at all, and for this user only: passwords are in it."""
    half = folder / "stack.json.half"
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(facts, file, indent=1)
    half.replace(folder / "stack.json")
