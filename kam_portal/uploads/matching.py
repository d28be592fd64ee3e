"""The form beside the columns of a file: which of them is which of ours, and the rules that go with them."""

import re
from collections import Counter

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Import
from accounts.tables import Schema, Unusable
from kam_portal.imports import Rules, of_rules
from kam_portal.uploads import rules as written
from kam_portal.uploads.blanks import meaning
from kam_portal.uploads.forms import Chosen
from kam_portal.uploads.guesses import missing
from kam_portal.uploads.kinds import SCHEMAS
from profitability.imports.schemas import TAKEN

MOST_COLUMNS = 300
SHARE = "discount_share"  # not a column of the ledger, but what a column of the file may hold
OF_ORDER_LINES = ("sequence", "create_missing", "returns", "repeated")
LINES = ("returns", "skip", "defaults", "twice")  # several rules, one a line
RULES = ("sequence", "create_missing", "returns", "skip", "defaults", "repeated", "twice")


class MatchForm(Chosen):
    """Which column of the file is which of ours, and the rules that go with them."""

    sequence = forms.BooleanField(
        label=_("Number the lines of an order as they come"),
        required=False,
        help_text=_("For files without line numbers. Keep the order of the lines when you import the file again."),
    )
    create_missing = forms.BooleanField(
        label=_("Make accounts that do not exist yet"),
        required=False,
        help_text=_("Otherwise a line of an unknown account is refused."),
    )
    returns = forms.CharField(
        label=_("Rows that are returns"),
        required=False,
        help_text=_(
            "Our column: pattern. “order_id: ^C” marks orders that begin with C. Negative quantities are returns too."
        ),
    )
    skip = forms.CharField(
        label=_("Rows to leave out"),
        required=False,
        help_text=_("Our column: texts. “product_code: ADJUST, ADJUST2” leaves these rows out and counts them."),
    )
    defaults = forms.CharField(
        label=_("Values for empty cells"),
        required=False,
        help_text=_("Our column: value. “country: Germany” also fills a column that the file does not have."),
    )
    repeated = forms.CharField(
        label=_("Stated on each line, meant once an order"),
        required=False,
        help_text=_("Our columns. “freight_amount”, where the freight of the order stands on all its lines."),
    )
    twice = forms.CharField(
        label=_("Columns used a second time"),
        required=False,
        help_text=_("Our column: column of the file. “account_name: Customer”, where Customer is the code already."),
    )

    def __init__(self, draft: Import, user, data=None):
        self.draft = draft
        self.headers = draft.sample.get("headers", [])[:MOST_COLUMNS]
        kind = (data.get("kind") if data else None) or draft.kind
        self.schema: Schema | None = SCHEMAS.get(kind)
        super().__init__(draft, user, data, initial=self._initial(draft))
        self._trim()
        for place, header in enumerate(self.headers):
            self.fields[f"column_{place}"] = self._column(header)
            self.initial.setdefault(f"column_{place}", self.ours.get(header, ""))

    def _initial(self, draft: Import) -> dict:
        rules = draft.mapping
        self.ours: dict[str, str] = {}  # theirs: ours
        for ours, theirs in rules.get("columns", {}).items():
            self.ours.setdefault(theirs, ours)
        twice = {ours: theirs for ours, theirs in rules.get("columns", {}).items() if self.ours[theirs] != ours}
        if rules.get("discount_share"):
            self.ours.setdefault(rules["discount_share"], SHARE)
        return {
            "kind": draft.kind,
            "encoding": draft.encoding,
            "decimal": draft.decimal,
            "sequence": bool(rules.get("line_no")),
            "create_missing": bool(rules.get("create_missing_accounts")),
            "returns": written.written_pairs(rules.get("returns", {})),
            "skip": written.written_lists(rules.get("skip", {})),
            "defaults": written.written_pairs(rules.get("defaults", {})),
            "repeated": ", ".join(rules.get("once_per_order", [])),
            "twice": written.written_pairs(twice),
        }

    def _trim(self) -> None:
        """Rules that the kind does not know are not asked for."""
        if self.schema is None or self.schema.kind != "order_lines":
            for name in OF_ORDER_LINES:
                del self.fields[name]
        for name in LINES:
            if self.schema is None:
                self.fields.pop(name, None)
            elif name in self.fields:
                self.fields[name].widget = forms.Textarea({"rows": 2, "spellcheck": "false"})

    def _column(self, header: str) -> forms.ChoiceField:
        return forms.ChoiceField(label=header or gettext("(no name)"), required=False, choices=self._choices(header))

    def _choices(self, header: str) -> list:
        if self.schema is None:
            return [("", gettext("not imported"))]
        required = [(each.name, f"{each.name} *") for each in self.schema.columns if each.required]
        others = [(each.name, each.name) for each in self.schema.columns if not each.required]
        if self.schema.kind == "order_lines":
            others.append((SHARE, gettext("discount as a share of the list amount")))
        groups = [(gettext("Required"), required), (gettext("Optional"), others)]
        if self.schema.extra:
            groups.append((gettext("Further number"), [(name, name) for name in self._extras(header)]))
        return [("", gettext("not imported")), *groups]

    def _extras(self, header: str) -> list[str]:
        """A name for the column as a further number, and the one in use."""
        name = "x_" + (
            re.sub(r"\W+", "_", header.lower().removeprefix("x_"), flags=re.ASCII).strip("_")[:60] or "value"
        )
        name += "_value" if name in TAKEN else ""
        given = self.ours.get(header, "")
        names = [name] if self.schema.column(name) else []
        is_extra = given and given not in self.schema.by_name and given != SHARE
        return [*names, *([given] if is_extra and given not in names else [])]

    @property
    def columns(self) -> list[dict]:
        """The rows of the table: a column of the file, its first values, and what it becomes."""
        rows = self.draft.sample.get("rows", [])
        return [
            {
                "header": header,
                "values": list(dict.fromkeys(filter(None, (row[place] for row in rows if place < len(row)))))[:3],
                "field": self[f"column_{place}"],
            }
            for place, header in enumerate(self.headers)
        ]

    @property
    def rule_fields(self) -> list:
        return [self[name] for name in RULES if name in self.fields]

    @property
    def has_rules(self) -> bool:
        """Whether the rules deserve to be seen: there are some, or something is wrong with them."""
        return any(self[name].value() or self[name].errors for name in self.fields if name in RULES)

    @property
    def lacking(self) -> list[str]:
        """Required columns that nothing fills yet, before the form is sent."""
        return [] if self.is_bound or not self.schema else missing(self.draft.mapping, self.schema)

    @property
    def ours_explained(self) -> list[dict]:
        """Our columns with what goes into each, for the reader beside the table."""
        if not self.schema:
            return []
        return [{"column": column, "meaning": meaning(column)} for column in self.schema.columns]

    # What was chosen

    def clean(self):
        if self.errors or self.schema is None:
            return
        self.rules = self._rules()
        if not self.errors:
            self._refuse_incomplete()

    def _rules(self) -> Rules:
        columns = self._chosen()
        if self.cleaned_data.get("sequence") and "line_no" in columns:
            self.add_error("sequence", gettext("A column is line_no already: choose one of both."))
        found = {
            "columns": {**{ours: theirs for ours, theirs in columns.items() if ours != SHARE}, **self._read("twice")},
            "ignore": self._ignored(columns),
            "discount_share": columns.get(SHARE, ""),
            "line_no": "sequence" if self.cleaned_data.get("sequence") else "",
            "create_missing_accounts": bool(self.cleaned_data.get("create_missing")),
            "returns": self._read("returns"),
            "skip": self._read("skip", written.lists),
            "defaults": self._read("defaults"),
            "once_per_order": self._read("repeated", written.names),
        }
        return {rule: value for rule, value in found.items() if value}

    def _chosen(self) -> dict[str, str]:
        chosen = {place: self.cleaned_data.get(f"column_{place}", "") for place in range(len(self.headers))}
        for ours, count in Counter(filter(None, chosen.values())).items():
            if count > 1:
                last = max(place for place, each in chosen.items() if each == ours)
                self.add_error(f"column_{last}", gettext("Another column is %s already.") % ours)
        return {ours: self.headers[place] for place, ours in chosen.items() if ours}

    def _ignored(self, columns: dict[str, str]) -> list[str]:
        taken = set(columns.values())
        return [header for header in self.headers if header not in taken and self.schema.column(header)]

    def _read(self, name: str, read=written.pairs):
        try:
            return read(self.cleaned_data.get(name, ""), self.schema)
        except forms.ValidationError as error:
            self.add_error(name, error)
            return {}

    def _refuse_incomplete(self) -> None:
        unknown = [theirs for theirs in self.rules.get("columns", {}).values() if theirs not in self.headers]
        if unknown:
            self.add_error("twice", gettext("The file has no column “%s”.") % unknown[0])
        lacking = missing(self.rules, self.schema)
        if lacking:
            sentence = gettext("Still needed: %s. Choose the column that holds it, or a value for all rows below.")
            self.add_error(None, sentence % ", ".join(lacking))
        try:
            of_rules(self.rules)
        except Unusable as error:
            self.add_error("returns" if "returns" in error.sentence else None, error.sentence)
