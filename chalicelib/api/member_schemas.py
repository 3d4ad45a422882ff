"""Schemas of invitations, members and consents."""

from __future__ import annotations

from chalicelib.api.schemas import BOOLEAN, DATE, EMAIL, ID, SAID, TIME, answer, many, obj, one_of, text
from chalicelib.members import roles

STRING = {"type": "string"}
WORD = text(40, pattern=r"^[a-z][a-z_]*$")
CONSENT_NAME = text(64, pattern=r"^[A-Za-z0-9_.-]+$")

INVITATION_BODY = obj(
    "email role person",
    email=EMAIL,
    role=one_of(*roles.INVITED),
    person=text(40, pattern=r"^\S(.*\S)?$"),  # as their family calls them, in any script
    relation=WORD,
    by_marriage=BOOLEAN,
    language=one_of("ja", "en"),
    devices=many(ID, 100, 1),
)
INVITATION = answer(
    "invitation person role state invited_at expires_at sent",
    invitation=STRING,
    person=STRING,
    called={**SAID, "description": "As a sentence names them."},
    role=STRING,
    state=one_of("open", "accepted", "revoked", "expired"),
    invited_at=TIME,
    expires_at=TIME,
    invited_by=STRING,
    sent={"type": "integer"},
    relation=STRING,
    by_marriage=BOOLEAN,
)
ALLOWANCE_BODY = obj("email", email=EMAIL)
ACCEPT_BODY = obj("token", token=text(400), consents=many(CONSENT_NAME, 30))
JOINED = answer("contract member role", contract=ID, member=STRING, person=STRING, role=STRING, since=TIME)
LOOK_BODY = obj("token", token=text(400))
BOTH = answer("ja en", ja=STRING, en=STRING)
_ROLE = {"role": STRING, "label": BOTH, "more": BOTH, "can": {"type": "array", "items": BOTH}}
ROLE = answer(
    "role label more can may_invite asks_devices",
    **_ROLE,
    may_invite=BOOLEAN,
    asks_devices=BOOLEAN,
    relation_degree_max={
        "type": "integer",
        "description": "How near a relative must be; absent where the terms name no nearness.",
    },
    by_marriage=BOOLEAN,
    rule=STRING,
)
RELATION = answer("relation label degree", relation=STRING, label=BOTH, degree={"type": ["integer", "null"]})
ROLES = answer(
    "items mine relations",
    items={"type": "array", "items": ROLE},
    mine=STRING,
    relations={"type": "array", "items": RELATION},
)
_ASKED = answer("consent label", consent=STRING, label=BOTH, means={"anyOf": [BOTH, {"type": "null"}]})
INVITED = answer(
    "service title inviter person role consents until",
    service=STRING,
    title=BOTH,
    inviter=BOTH,
    person=STRING,
    role=answer("role label more can", **_ROLE),
    consents={"type": "array", "items": _ASKED},
    until=DATE,
)
MEMBER = answer(
    "member role sees_data",
    member=STRING,
    person=STRING,
    called={**SAID, "description": "As a sentence names them."},
    role=STRING,
    since={"type": ["string", "null"]},
    relation=STRING,
    by_marriage=BOOLEAN,
    devices={"type": "array", "items": STRING},
    sees_data=BOOLEAN,
)
WITHDRAW_BODY = obj("consent", consent=CONSENT_NAME)
CONSENT = answer(
    "kind consent edition by at in_force",
    kind=one_of("given", "withdrawn"),
    consent=STRING,
    edition=STRING,
    by=STRING,
    at=TIME,
    in_force=BOOLEAN,
    to=STRING,
    to_label=BOTH,
    person=STRING,
    label=BOTH,
    means={"anyOf": [BOTH, {"type": "null"}]},
    texts={"type": "array", "items": {"type": "object"}},
)
