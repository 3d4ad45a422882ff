"""The web app in its bucket: what browsers keep for ever comes first, then what names it, so that no page misses a part.

What earlier builds left stays: a page that is open still loads its parts by their old names. Nothing changed, nothing done.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.front import kept_how_long, kind_of

ASKED_AGAIN = ("/index.html", "/sw.js")  # the names that stay while their content changes


def upload(dist: Path, bucket: str, distribution: str, client: Callable[[str], Any]) -> list[str]:
    """Brings what is new or changed, and tells CloudFront when a lasting name has new content. Returns the names, in order."""
    s3 = client("s3")
    there = _there(s3, bucket)
    names = sorted((str(file.relative_to(dist).as_posix()) for file in dist.rglob("*") if file.is_file()), key=_late)
    changed = []
    for name in names:
        body = (dist / name).read_bytes()
        if there.get(name) == hashlib.md5(body, usedforsecurity=False).hexdigest():
            continue
        s3.put_object(
            Bucket=bucket, Key=name, Body=body, ContentType=kind_of(dist / name), CacheControl=kept_how_long(f"/{name}")
        )
        changed.append(name)
    if any(not name.startswith("assets/") for name in changed):
        paths = {"Quantity": len(ASKED_AGAIN), "Items": list(ASKED_AGAIN)}
        batch = {"Paths": paths, "CallerReference": str(time.time_ns())}
        client("cloudfront").create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    return changed


def _there(s3: Any, bucket: str) -> dict[str, str]:
    """Name → MD5 of what is there."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {found["Key"]: found["ETag"].strip('"') for page in pages for found in page.get("Contents", [])}


def _late(name: str) -> tuple[bool, bool, str]:
    """What is named comes before what names it: assets, everything else, the page and the worker in the end."""
    return not name.startswith("assets/"), f"/{name}" in ASKED_AGAIN, name
