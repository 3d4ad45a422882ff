"""The local world as one value: where everything is and who can sign in. Kept in `.local/stack.json` for `make demo`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import people
from local.deploy import deploy
from local.package import package
from local.stack import Stack

STAGE = "local"


@dataclass(frozen=True, slots=True)
class World:
    """A deployed local stage."""

    stack: Stack
    api: str
    outputs: Mapping[str, str]
    users: people.Users

    def token(self, who: str) -> str:
        user = self.users[who]
        return people.sign_in(
            self.stack.client("cognito-idp"), self.outputs["UserPoolClientId"], user["email"], user["password"]
        )


def build(stack: Stack, *, where: Path | None = None) -> World:
    """Packages the app, deploys it into the running stack, makes the users, writes `stack.json`. Safe to repeat."""
    places = stack.places
    built = package(STAGE, native=True, build=where)
    parameters = {"Schedules": "DISABLED", "KeysUrl": places.endpoint, "AllowedOrigins": "http://localhost:8000"}
    known = read(places.folder)
    parameters["PublicUrl"] = known.get("api", "")
    outputs = deploy(STAGE, built, stack.client, parameters, pause=0.1)
    users = people.create(stack.client("cognito-idp"), outputs["UserPoolId"], known.get("users", {}))
    ca = places.folder / "iot-ca.pem"
    ca.write_bytes(stack.get("/_ministack/iot/ca.pem"))
    api = f"{places.endpoint}/_aws/execute-api/{outputs['RestAPIId']}/api"
    if parameters["PublicUrl"] != api:  # only the first deployment knows where the API is
        deploy(STAGE, built, stack.client, {**parameters, "PublicUrl": api}, pause=0.1)
    facts = {
        "stage": STAGE,
        "api": api,
        "mqtt": {"host": "localhost", "port": places.mqtt_port, "ca": str(ca)},
        "ses": f"{places.endpoint}/_ministack/ses/messages",
        "cognito": {
            "endpoint": places.endpoint,
            "user_pool_id": outputs["UserPoolId"],
            "client_id": outputs["UserPoolClientId"],
        },
        "users": users,
        "seeded": bool(known.get("seeded")) and known.get("cognito", {}).get("user_pool_id") == outputs["UserPoolId"],
    }
    write(places.folder, facts)
    return World(stack, api, outputs, users)


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
