"""Documents: YAML files of which each is one row, checked by the core that understands them."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml
from django.db import models
from django.utils.translation import gettext as _

from accounts.tables import Problem, Unusable

from .outcome import Outcome

LARGEST = 1 << 20
SHOWN = 120
Found = tuple[Any, Sequence[Any]]  # what a document states, or None, and its problems (path, message)


class StrictLoader(yaml.SafeLoader):
    """Plain values only; no key twice, no references (a few lines of them can unfold to gigabytes)."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, _("references (*name) are not read here"), mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _value in node.value:
            if key.value in seen:
                sentence = _("the key “%s” is there twice") % key.value
                raise yaml.constructor.ConstructorError(None, None, sentence, key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)


class Document:
    """A YAML file: what it says, and on which line it says what."""

    def __init__(self, path: Path):
        self.path = path
        text = self._text()
        try:
            self._node = yaml.compose(text, StrictLoader)
            self.value = yaml.load(text, StrictLoader)  # noqa: S506 - a SafeLoader
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise Unusable(path, _not_yaml(error)) from error

    def _text(self) -> str:
        if self.path.stat().st_size > LARGEST:
            raise Unusable(self.path, _("is larger than 1 MB, which no document of this kind is."))
        try:
            return self.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise Unusable(self.path, _("is not in UTF-8.")) from error

    def problem(self, path: str, message: str) -> Problem:
        node = self._at(path)
        line = node.start_mark.line + 1 if node else 1
        value = node.value[:SHOWN] if isinstance(node, yaml.ScalarNode) else ""
        return Problem(self.path.name, line, path, value, message)

    def _at(self, path: str) -> yaml.Node | None:
        """The node of a path such as `activities[3].shares.travel`, or the nearest one around it."""
        node, rest = self._node, path
        while rest and (step := _step(node, rest)):
            node, rest = step
        return node


def _step(node: yaml.Node, path: str) -> tuple[yaml.Node, str] | None:
    """Into the node of the path's first part, and the rest of the path. Names may have dots in them."""
    if isinstance(node, yaml.SequenceNode):
        place = re.match(r"\[(\d+)\]\.?", path)
        if place and int(place[1]) < len(node.value):
            return node.value[int(place[1])], path[place.end() :]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if path == key.value or path.startswith((f"{key.value}.", f"{key.value}[")):
                return value, path.removeprefix(key.value).removeprefix(".")
    return None


def _not_yaml(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = _(" (line %(line)s)") % {"line": mark.line + 1} if mark else ""
    reason = getattr(error, "problem", None) or _("it cannot be read")
    return _("is not valid YAML%(where)s: %(reason)s.") % {"where": where, "reason": reason}


def load(
    path: Path,
    model: type[models.Model],
    parse: Callable[[object], Found],
    to_document: Callable[[Any], dict],
    is_used: Callable[[models.Model], bool],
    **always: Any,
) -> Outcome:
    """Bring one document in. A version that nothing rests on yet is replaced; a used one is refused."""
    document = Document(path)
    found, problems = parse(document.value)
    if found is None:
        told = [document.problem(each.path, each.message) for each in problems]
        return Outcome(problems=sorted(told, key=lambda problem: problem.line))
    plain = to_document(found)
    stored = model.objects.filter(code=plain["code"], version=plain["version"]).first()
    if stored is None:
        model.objects.create(code=plain["code"], version=plain["version"], document=plain, **always)
        return Outcome(added=1)
    if stored.document == json.loads(json.dumps(plain)):
        return Outcome(unchanged=1)
    if is_used(stored):
        return Outcome(problems=[document.problem("version", _used(stored))])
    stored.document = plain
    stored.save()
    return Outcome(changed=1)


def _used(stored: models.Model) -> str:
    names = {"code": stored.code, "version": stored.version, "next": stored.version + 1}
    return _("%(code)s version %(version)s says something else and a run has used it; make it version %(next)s") % names


def latest(model: type[models.Model]) -> models.Model | None:
    """The document in force: the highest version of the code that was stored last."""
    last = model.objects.order_by("-created_at", "-pk").first()
    return last and model.objects.filter(code=last.code).order_by("-version").first()


def written(document: dict) -> str:
    """A document as a YAML file."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
