"""The folder `infra/` as one CloudFormation value: YAML with its short tags, read strictly, files joined."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import yaml

from local.trouble import Trouble

Template = dict[str, Any]
_LONG = {"Ref": "Ref", "Condition": "Condition"}


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation writes it; a key given twice is an error, not the last one's win."""


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> Template:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {_LONG.get(suffix, f"Fn::{suffix}"): value}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Template:
    own = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
    for key in own:
        if own.count(key) > 1:
            raise Trouble(f"infra: the key {key} is given twice, at {node.start_mark}", "Keep one of them.")
    loader.flatten_mapping(node)
    return cast(Template, loader.construct_mapping(node, deep=True))


_Loader.add_multi_constructor("!", _short_tag)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load_file(file: Path) -> Template:
    """One file of the folder."""
    found: Template = yaml.load(file.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader underneath
    return found


def load(folder: Path) -> Template:
    """All files of the folder as one template. A section's entry may come from one file only."""
    joined: Template = {}
    for file in sorted(folder.glob("*.yaml")):
        part = load_file(file)
        for section, content in part.items():
            if not isinstance(content, dict):
                joined[section] = content
                continue
            known = joined.setdefault(section, {})
            twice = known.keys() & content.keys()
            if twice:
                raise Trouble(f"{file.name}: {section} {min(twice)} is already in another file of infra", "Keep one.")
            known.update(content)
    return joined
