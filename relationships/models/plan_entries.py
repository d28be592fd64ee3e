"""What stands in the sections of a key account plan: one table a kind of entry, all with a version check."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import LedgerField, ShareField
from relationships.models.contact import Contact
from relationships.models.plan import Plan


class PlanEntry(models.Model):
    """One line of a plan. `revision` rises with each change: it tells who edits an outdated copy."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="%(class)ss")
    place = models.PositiveIntegerField(default=0)  # among the entries of its kind
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return getattr(self, "text", "")


class Objective(PlanEntry):
    """What the plan is to reach: a measure with where it stood, where it is to come, by when.

    The value of a `measure` is that of the published run; one without measure has readings typed in.
    """

    class Direction(models.TextChoices):
        UP = "up", _("More is better")
        DOWN = "down", _("Less is better")

    text = models.CharField(_("objective"), max_length=300)
    measure = models.CharField(_("measure"), max_length=64, blank=True)  # of relationships/plans/measures.py
    unit = models.CharField(_("unit"), max_length=32, blank=True)  # of what is not measured by a run
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.UP)
    baseline = LedgerField(_("baseline"), null=True, blank=True)
    baseline_on = models.DateField(_("baseline of"), null=True, blank=True)
    target = LedgerField(_("target"), null=True, blank=True)
    benchmark = LedgerField(_("benchmark"), null=True, blank=True)
    benchmark_source = models.CharField(_("source of the benchmark"), max_length=200, blank=True)
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("by"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="objective_ends_after_it_begins",
                violation_error_message=_("An objective ends after it begins."),
            )
        ]


class ObjectiveReading(models.Model):
    """The value of an objective's own measure on one day, as somebody read it."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="readings")
    value = LedgerField(_("value"))
    read_on = models.DateField(_("on"))
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["objective", "read_on"], name="one_reading_per_day")]

    def __str__(self) -> str:
        return f"{self.objective}: {self.value}"


class Need(PlanEntry):
    """Something the customer, or one person there, needs."""

    class Kind(models.TextChoices):
        KNOWN = "known", _("Known")
        UNKNOWN = "unknown", _("Not known to them yet")
        COMPETITOR = "competitor", _("Raised by a competitor")
        PERSONAL = "personal", _("Personal")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.KNOWN)
    text = models.CharField(_("need"), max_length=500)
    contact = models.ForeignKey(
        Contact, verbose_name=_("whose"), null=True, blank=True, on_delete=models.SET_NULL, related_name="needs"
    )
    is_met = models.BooleanField(_("met"), default=False)


class ValueMetric(PlanEntry):
    """By what the customer counts value, and what we are worth to him by it."""

    text = models.CharField(_("what the customer counts"), max_length=300)
    unit = models.CharField(_("unit"), max_length=32, blank=True)
    today = LedgerField(_("today"), null=True, blank=True)
    target = LedgerField(_("target"), null=True, blank=True)
    worth = LedgerField(_("worth to the customer a year"), null=True, blank=True)


class SwotPoint(PlanEntry):
    """A strength, weakness, opportunity or threat, ours at this customer."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", _("Strength")
        WEAKNESS = "weakness", _("Weakness")
        OPPORTUNITY = "opportunity", _("Opportunity")
        THREAT = "threat", _("Threat")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    text = models.CharField(_("point"), max_length=500)


class Competitor(PlanEntry):
    """Somebody else who sells to this customer, or tries to."""

    text = models.CharField(_("competitor"), max_length=200)
    strengths = models.CharField(_("better than us in"), max_length=500, blank=True)
    weaknesses = models.CharField(_("worse than us in"), max_length=500, blank=True)
    wallet_share = ShareField(_("share of wallet"), null=True, blank=True)
    move = models.CharField(_("expected next move"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wallet_share__isnull=True) | Q(wallet_share__range=(0, 1)),
                name="wallet_share_is_0_to_1",
                violation_error_message=_("A share runs from 0 to 100 %."),
            )
        ]


class Shortcoming(PlanEntry):
    """What is wrong with today's solution."""

    text = models.CharField(_("deficiency"), max_length=500)
    consequence = models.CharField(_("what it leads to"), max_length=500, blank=True)
    cost = LedgerField(_("cost to the customer a year"), null=True, blank=True)


class Investment(PlanEntry):
    """What we put into the relationship, and what it is to bring: both as expected and as it came."""

    class Kind(models.TextChoices):
        PEOPLE = "people", _("People")
        EQUIPMENT = "equipment", _("Equipment")
        DEVELOPMENT = "development", _("Development")
        SERVICE = "service", _("Extra service")
        PRICE = "price", _("Price concession")
        OTHER = "other", _("Other")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OTHER)
    text = models.CharField(_("investment"), max_length=300)
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    expected_cost = LedgerField(_("expected cost"), null=True, blank=True)
    actual_cost = LedgerField(_("cost so far"), null=True, blank=True)
    expected_profit = LedgerField(_("expected profit"), null=True, blank=True)  # contribution before this cost
    actual_profit = LedgerField(_("profit so far"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(expected_cost__isnull=True) | Q(expected_cost__gte=0))
                & (Q(actual_cost__isnull=True) | Q(actual_cost__gte=0)),
                name="investment_is_not_negative",
                violation_error_message=_("A cost is not negative."),
            )
        ]


class Benefit(PlanEntry):
    """What one side gives the other beyond the goods."""

    class Direction(models.TextChoices):
        GIVEN = "given", _("We give")
        RECEIVED = "received", _("We receive")

    class Kind(models.TextChoices):
        FINANCIAL = "financial", _("Financial")
        STRUCTURAL = "structural", _("Structural")
        RELATIONAL = "relational", _("Relational")

    direction = models.CharField(_("direction"), max_length=16, choices=Direction, default=Direction.GIVEN)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.FINANCIAL)
    text = models.CharField(_("benefit"), max_length=500)
    worth = LedgerField(_("worth a year"), null=True, blank=True)


class Risk(PlanEntry):
    """What may go wrong, how likely and how bad that is, and what is done about it."""

    text = models.CharField(_("risk"), max_length=500)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    answer = models.CharField(_("what we do about it"), max_length=500, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(likelihood__isnull=True) | Q(likelihood__range=(1, 5)))
                & (Q(impact__isnull=True) | Q(impact__range=(1, 5))),
                name="risk_scales_hold",
                violation_error_message=_("Likelihood and impact run from 1 to 5."),
            )
        ]


class PlanLink(PlanEntry):
    """A document that lies elsewhere."""

    text = models.CharField(_("name"), max_length=200)
    url = models.URLField(_("address"), max_length=500)
