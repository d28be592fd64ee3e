"""The sections of a key account plan: what each holds, which fields one types, and what some readers do not see."""

from dataclasses import dataclass

from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relationships.models import (
    Action,
    Benefit,
    Competitor,
    Investment,
    Need,
    Objective,
    Plan,
    PlanLink,
    Risk,
    Shortcoming,
    SwotPoint,
    ValueMetric,
)


@dataclass(frozen=True)
class Section:
    """One section. Its entries are rows of `model`; `fields` are those one edits, in their order on the page.

    `group`: the field whose values the entries are shown under. `money`: what only those see who see profitability.
    """

    code: str
    label: str | Promise
    adding: str | Promise
    model: type[Model]
    fields: tuple[str, ...]
    group: str = ""
    money: frozenset[str] = frozenset()

    @property
    def is_of_plan(self) -> bool:
        """Whether its fields are the plan's own."""
        return self.model is Plan

    def field(self, name: str) -> Field:
        return self.model._meta.get_field(name)

    def rows(self, plan: Plan):
        """The entries of a plan, in their order."""
        if self.is_of_plan:
            return Plan.objects.filter(pk=plan.pk)
        return self.model._default_manager.filter(plan=plan).order_by("place", "pk")


def rows_of(section: Section, plan: Plan):
    """The entries with what their fields point to."""
    fields = [section.field(name) for name in section.fields]
    one = [field.name for field in fields if field.many_to_one]
    many = [field.name for field in fields if field.many_to_many]
    rows = section.rows(plan).prefetch_related(*many)
    return rows.select_related(*one) if one else rows  # without names it would join all


def _named(*sections: Section) -> dict[str, Section]:
    return {section.code: section for section in sections}


SECTIONS: dict[str, Section] = _named(
    Section("purpose", _("Purpose"), "", Plan, ("purpose", "visibility", "from_on", "until_on", "people")),
    Section(
        "objectives",
        _("Objectives"),
        _("Add an objective"),
        Objective,
        (
            "text", "measure", "unit", "direction", "baseline", "baseline_on", "target", "benchmark",
            "benchmark_source", "from_on", "until_on", "owner",
        ),
    ),
    Section(
        "actions",
        _("Joint actions"),
        _("Add an action"),
        Action,
        ("text", "objective", "owner", "customer_owner", "start_on", "due_on", "state", "needs"),
    ),
    Section("needs", _("Needs"), _("Add a need"), Need, ("text", "kind", "contact", "is_met"), group="kind"),
    Section(
        "value",
        _("What the customer counts"),
        _("Add something the customer counts"),
        ValueMetric,
        ("text", "unit", "today", "target", "worth"),
    ),
    Section(
        "swot",
        _("Strengths, weaknesses, opportunities, threats"),
        _("Add a point"),
        SwotPoint,
        ("text", "kind"),
        group="kind",
    ),
    Section(
        "competitors",
        _("Competitors"),
        _("Add a competitor"),
        Competitor,
        ("text", "strengths", "weaknesses", "wallet_share", "move"),
    ),
    Section(
        "shortcomings",
        _("Deficiencies of today’s solution"),
        _("Add a deficiency"),
        Shortcoming,
        ("text", "consequence", "cost"),
    ),
    Section(
        "investments",
        _("Investments"),
        _("Add an investment"),
        Investment,
        (
            "text", "kind", "from_on", "until_on", "expected_cost", "actual_cost", "expected_profit", "actual_profit",
        ),
        money=frozenset({"expected_cost", "actual_cost", "expected_profit", "actual_profit"}),
    ),
    Section(
        "benefits",
        _("Benefits given and received"),
        _("Add a benefit"),
        Benefit,
        ("text", "direction", "kind", "worth"),
        group="direction",
        money=frozenset({"worth"}),
    ),
    Section("risks", _("Risks"), _("Add a risk"), Risk, ("text", "likelihood", "impact", "answer", "owner")),
    Section("links", _("Documents elsewhere"), _("Add a document"), PlanLink, ("text", "url")),
)  # fmt: skip
OF_MODEL: dict[type[Model], str] = {section.model: code for code, section in SECTIONS.items() if not section.is_of_plan}
OBJECTIVE_MONEY = frozenset({"baseline", "target", "benchmark"})  # of a measure that rests on profit
