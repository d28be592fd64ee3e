"""Documents: YAML written by people, read strictly, with the line on which each thing stands."""

import re
from pathlib import Path

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .problems import Problem, Unusable

LARGEST = 1 << 20
TOO_LARGE = gettext_lazy("is larger than 1 MB, which no document of this kind is.")
SHOWN = 120


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
    """A YAML text: what it says, and on which line it says what."""

    def __init__(self, name: str, content: bytes):
        self.name = name
        text = self._text(content)
        try:
            self._node = yaml.compose(text, StrictLoader)
            self.value = yaml.load(text, StrictLoader)  # noqa: S506 - a SafeLoader
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise Unusable(name, _not_yaml(error)) from error

    @classmethod
    def of_file(cls, path: Path) -> "Document":
        if path.stat().st_size > LARGEST:
            raise Unusable(path, TOO_LARGE)
        return cls(path.name, path.read_bytes())

    def _text(self, content: bytes) -> str:
        if len(content) > LARGEST:
            raise Unusable(self.name, TOO_LARGE)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Unusable(self.name, _("is not in UTF-8.")) from error

    def problem(self, path: str, message: str) -> Problem:
        node = self._at(path)
        line = node.start_mark.line + 1 if node else 1
        value = node.value[:SHOWN] if isinstance(node, yaml.ScalarNode) else ""
        return Problem(self.name, line, path, value, message)

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


def written(document: dict) -> str:
    """A document as a YAML file."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
