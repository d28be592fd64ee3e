"""Inputs of a form that is edited for long, and what is told beside them while it is."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Told:
    """One message and the input it belongs to; a warning keeps nothing from being ready.

    `mend` is a value that would settle it, offered as a button.
    """

    input: str
    message: str
    is_warning: bool = False
    mend: str = ""

    @property
    def field_id(self) -> str:
        return id_of(self.input)


def id_of(name: str) -> str:
    """The id of an input: `pools[0].code` is pools-0-code."""
    return name.replace("[", "-").replace("]", "").replace(".", "-").replace(":", "-")


@dataclass(frozen=True)
class Field:
    """One input: its name, what it holds, what it is called, and what is wrong with it."""

    name: str
    value: str
    label: str
    told: list[Told] = field(default_factory=list)
    choices: list[tuple[str, str]] | None = None
    list_id: str = ""  # of the datalist that proposes values
    is_number: bool = False
    hint: str = ""
    has_focus: bool = False

    @property
    def id(self) -> str:
        return id_of(self.name)

    @property
    def is_invalid(self) -> bool:
        return any(not each.is_warning for each in self.told)
