import django.db.models.deletion
from django.db import migrations, models

import accounts.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("profitability", "0002_cost_model_states"),
    ]

    operations = [
        migrations.CreateModel(
            name="MethodCost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempt", models.PositiveSmallIntegerField()),
                ("two_stage", accounts.models.fields.MoneyField()),
                ("revenue", accounts.models.fields.MoneyField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="method_costs",
                        to="accounts.account",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="method_costs",
                        to="profitability.run",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["run", "account"], name="method_cost_run_account")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "attempt", "account"), name="one_method_cost_per_account")
                ],
            },
        ),
    ]
