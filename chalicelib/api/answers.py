"""The page behind the link of a question: is all well? One sentence, one big button, no sign-in.

Looking changes nothing: mail scanners look at every link. The button is a plain form, since the page runs no script.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Any

from chalicelib.api.base import Answer, Request, Resource
from chalicelib.errors import NotFound

resource = Resource("answers")
HTML: dict[str, Any] = {"type": "string", "contentMediaType": "text/html"}
PATH = "/v1/answers/{answer}"
STYLE = """
body { margin: 0 auto; padding: 2rem 1.2rem; max-width: 34rem; color: #1c1c1c; background: #fff;
  font: 1.4rem/1.7 "Hiragino Sans", "Noto Sans CJK JP", "Yu Gothic", "Meiryo", sans-serif; overflow-wrap: anywhere;
  word-break: auto-phrase; text-wrap: pretty; }
h1 { font-size: max(1.4rem, min(1.9rem, 7.9vw)); line-height: 1.4; }
button { width: 100%; margin: 1rem 0; padding: 1.6rem 1rem; font: inherit; font-size: 2rem; font-weight: bold; color: #fff;
  background: #1d6b4f; border: 0; border-radius: .8rem; }
.small { font-size: 1.1rem; color: #444; }
"""
POLICY = (
    "default-src 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@resource.route("GET", PATH, action="answers.view", answer=HTML, media="text/html")
def view_answer(request: Request) -> Answer:
    """The page that asks whether all is well. Looking at it does nothing."""
    from chalicelib.flows import answering

    try:
        asked = answering.asked_by(request.store, request.now, request.params["answer"])
    except NotFound:
        return _page(request.language, "gone", status=404)
    return _page(request.language, "question" if asked["wanted"] else "over", asked["sentence"][request.language])


@resource.route("POST", PATH, action="answers.give", answer=HTML, media="text/html", keyless=True)
def give_answer(request: Request) -> Answer:
    """All is well, says who was asked. Pressing twice is pressing once."""
    from chalicelib.flows import answering

    try:
        answering.by_link(request.store, request.now, request.params["answer"])
    except NotFound:
        return _page(request.language, "gone", status=404)
    return _page(request.language, "thanks")


def _page(language: str, kind: str, sentence: str = "", *, status: int = 200) -> Answer:
    from chalicelib.flows import sentences

    book: dict[str, Any] = sentences.texts()["page"]

    def word(name: str) -> str:
        return escape(str(book[name][language]))

    button = f'<form method="post"><button type="submit">{word("button")}</button></form>' if kind == "question" else ""
    news = f'<p class="small">{escape(sentence)}</p>' if sentence else ""
    html = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<title>{word('title')}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{word(kind)}</h1>\n{button}\n{news}\n<p>{word(kind + '_more')}</p>\n</main>\n</body>\n</html>\n"
    )
    return Answer(html, status, policy=POLICY)
