"""Schemas of sessions and of one's own account."""

from __future__ import annotations

from chalicelib.api.schemas import CURSOR, EMAIL, TIME, answer, obj, one_of, text

STRING = {"type": "string"}
LANGUAGE = one_of("ja", "en")
PASSWORD = text(256)  # how good a new one must be is the user pool's to say
SIGN_IN_BODY = obj("email password", email=EMAIL, password=PASSWORD)
CHALLENGE_BODY = obj("email challenge_token password", email=EMAIL, challenge_token=text(2048, 20), password=PASSWORD)
_WHO = {"account": STRING, "email": STRING, "language": LANGUAGE, "roles": {"type": "array", "items": one_of("operator")}}
SIGNED_IN = answer("token expires_at account email language roles", token=STRING, expires_at=TIME, **_WHO)
CHALLENGE = answer("challenge challenge_token", challenge=one_of("new_password"), challenge_token=STRING)
SESSION = {"anyOf": [SIGNED_IN, CHALLENGE]}
ME = answer("account email language roles contracts", contracts={"type": "integer"}, **_WHO)

CODE = text(6, 6, pattern=r"^[0-9]{6}$")
SIGN_UP_BODY = obj("email password", email=EMAIL, password=PASSWORD, language=LANGUAGE)
ADDRESS_BODY = obj("email", email=EMAIL)
CONFIRM_BODY = obj("email code", email=EMAIL, code=CODE)
RESET_BODY = obj("email code password", email=EMAIL, code=CODE, password=PASSWORD)
RULES = answer("password", password=answer("ja en", ja=STRING, en=STRING))
SENT = answer("sent_to", sent_to=STRING)
ME_BODY = obj("language", language=LANGUAGE)
EMAIL_BODY = obj("email password", email=EMAIL, password=PASSWORD)
CODE_BODY = obj("code", code=CODE)
NEW_PASSWORD_BODY = obj("password new_password", password=PASSWORD, new_password=PASSWORD)
DELETE_BODY = obj("password", password=PASSWORD)
_BINDING = answer("contract service reason ja en", contract=STRING, service=STRING, reason=STRING, ja=STRING, en=STRING)
BOUND = answer("items", items={"type": "array", "items": _BINDING})
EXPORTED = answer("kind data", kind=STRING, contract=STRING, data={"type": "object"})
EXPORT_QUERY = {"cursor": CURSOR}
