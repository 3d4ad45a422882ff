"""`python -m fleet provision`: a device of the stock fetches an identity of its own (AWS IoT fleet provisioning by claim).

It connects with a claim certificate, the same in a whole production batch, which is good for nothing else. Two questions:
a certificate and its key (`CreateKeysAndCertificate`), then to be registered with them (`RegisterThing`). What the device is
called from then on the other side says. A stop at any place is cured by asking again: the provisioning file is written last,
a certificate that was never registered expires by itself, and one that was registered and then lost is switched off when
the device is claimed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet import identity
from fleet.errors import BadIdentity, Refused
from fleet.identity import Identity
from fleet.line import Line

_CREATE = "$aws/certificates/create/json"
_ENDS = ("accepted", "rejected")
_NAMED = "sn-"  # devices of the stock are called so, and then their serial number


def provision(claim: Identity, serial: str, into: Path, tell: Callable[[str], None], *, anew: bool = False) -> Path:
    """Fetches an identity for the device `serial` and returns its provisioning file in the folder `into`.

    A device that has one keeps it, unless `anew`. Raises Refused when the broker or the fleet does not want it, NoAnswer.
    """
    known = into / f"{_NAMED}{serial}.json"
    if not anew and _is_whole(known):
        tell(f"{serial} has its identity already.")
        return known
    register = f"$aws/provisioning-templates/mimamori-{claim.stage}/provision/json"
    line = Line(claim, tuple(f"{topic}/{end}" for topic in (_CREATE, register) for end in _ENDS), f"claim-{serial}")
    try:
        line.open()
        made = _asked(line, _CREATE, {}, serial)
        tell("A certificate is made.")
        question = {"certificateOwnershipToken": made["certificateOwnershipToken"], "parameters": {"SerialNumber": serial}}
        told = _asked(line, register, question, serial)
        tell(f"It is registered as {told['thingName']}.")
    finally:
        line.close()
    return identity.write(
        into,
        device=told["thingName"],
        stage=claim.stage,
        endpoint=claim.endpoint,
        port=claim.port,
        certificate_pem=made["certificatePem"],
        key_pem=made["privateKey"],
        ca_pem=claim.ca.read_text(encoding="utf-8") if claim.ca else "",
    )


def _is_whole(file: Path) -> bool:
    try:
        identity.load(file)
    except BadIdentity:
        return False
    return True


def _asked(line: Line, topic: str, question: dict[str, Any], serial: str) -> dict[str, Any]:
    """The answer to a question. What else arrives is a repeat of an earlier answer: QoS 1 may bring it twice."""
    line.say((topic, question))
    while True:
        where, answer = line.hear()
        if where == f"{topic}/accepted":
            return answer
        if where == f"{topic}/rejected":
            code = answer.get("errorCode", "no reason given")
            raise Refused(
                f"The fleet does not take in {serial} ({code}).",
                "Look at its state in the stock: only what is in stock or shipped may ask.",
            )
