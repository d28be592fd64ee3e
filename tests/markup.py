"""What a page says, taken from its HTML."""

import json
import re
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPACE = re.compile(r"[\s\u202f]+")
SECRETS = (rb'nonce="[^"]*"', rb'name="csrf-token" content="[^"]*"', rb'name="csrfmiddlewaretoken" value="[^"]*"')


class Element:
    """One element with the elements and texts in it."""

    def __init__(self, name: str, attributes: dict[str, str | None], parent: "Element | None"):
        self.name, self.attributes, self.parent = name, attributes, parent
        self.content: list[Element | str] = []

    def all(self, name: str, **attributes: str) -> list["Element"]:
        """Every element of that name inside, with these attributes."""
        found = []
        for each in self.content:
            if isinstance(each, Element):
                found += [each] if each.name == name and attributes.items() <= each.attributes.items() else []
                found += each.all(name, **attributes)
        return found

    def one(self, name: str, **attributes: str) -> "Element":
        (found,) = self.all(name, **attributes)
        return found

    @property
    def text(self) -> str:
        return SPACE.sub(" ", self.raw).strip()

    @property
    def raw(self) -> str:
        return "".join(each if isinstance(each, str) else each.raw for each in self.content)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.here = Element("", {}, None)

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), self.here)
        self.here.content.append(element)
        if tag not in VOID:
            self.here = element

    def handle_endtag(self, tag):
        if tag in VOID or tag == "path":
            return
        while self.here.name != tag and self.here.parent is not None:
            self.here = self.here.parent
        self.here = self.here.parent or self.root

    def handle_startendtag(self, tag, attrs):
        self.here.content.append(Element(tag, dict(attrs), self.here))

    def handle_data(self, data):
        self.here.content.append(data)


def page_of(response) -> Element:
    reader = Reader()
    reader.feed(response.content.decode())
    return reader.root


def rows_of(page: Element, caption: str) -> list[list[str]]:
    """The body and foot of the table with that caption: the texts of the cells, row by row."""
    tables = [table for table in page.all("table") if any(each.text == caption for each in table.all("caption"))]
    (table,) = tables
    rows = [row for part in (*table.all("tbody"), *table.all("tfoot")) for row in part.all("tr")]
    return [[cell.text for cell in row.content if isinstance(cell, Element)] for row in rows]


def chart_of(page: Element, name: str) -> dict:
    """The data of a chart."""
    (script,) = page.all("script", id=f"{name}-data")
    return json.loads("".join(part for part in script.content if isinstance(part, str)))


def without_secrets(content: bytes) -> bytes:
    """Without what differs between any two answers."""
    for secret in SECRETS:
        content = re.sub(secret, b"", content)
    return content
