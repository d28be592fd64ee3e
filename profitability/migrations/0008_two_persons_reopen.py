import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def name_steps(apps, schema_editor):
    apps.get_model("profitability", "MonthClosing").objects.filter(is_closing=False).update(step="reopened")


def forget_requests(apps, schema_editor):
    """Before, a closing and a reopening were all there was."""
    closings = apps.get_model("profitability", "MonthClosing").objects
    apps.get_model("profitability", "ClosedMonth").objects.update(asked=None)
    closings.exclude(step__in=["closed", "reopened"]).delete()
    closings.filter(step="reopened").update(is_closing=False)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("profitability", "0007_frozen_with_the_others"),
    ]

    operations = [
        migrations.AddField(
            model_name="closedmonth",
            name="asked",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="profitability.monthclosing",
            ),
        ),
        migrations.AddField(
            model_name="monthclosing",
            name="asked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="monthclosing",
            name="step",
            field=models.CharField(
                choices=[
                    ("closed", "closed"),
                    ("asked", "asked to reopen"),
                    ("reopened", "reopened"),
                    ("declined", "declined to reopen"),
                    ("withdrawn", "no longer asked to reopen"),
                ],
                default="closed",
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(model_name="monthclosing", name="reopening_has_a_reason"),
        migrations.AlterField(
            model_name="monthclosing", name="is_closing", field=models.BooleanField(default=True)
        ),
        migrations.RunPython(name_steps, forget_requests),
        migrations.RemoveField(model_name="monthclosing", name="is_closing"),
        migrations.AddConstraint(
            model_name="monthclosing",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("step__in", ["asked", "reopened"]), _negated=True), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="reopening_has_a_reason",
                violation_error_message="Say why the month is reopened.",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthclosing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step", "reopened"), _negated=True),
                    ("asked_by__isnull", True),
                    models.Q(("asked_by", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="two_persons_reopen",
                violation_error_message="Another person has to confirm.",
            ),
        ),
    ]
