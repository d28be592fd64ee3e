"""The boxes of some accounts in a run are found by one index; reading them was reading the whole run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("relationships", "0014_supplier_rank")]

    operations = [
        migrations.AddIndex(
            model_name="position",
            index=models.Index(fields=["account", "run", "box"], name="position_account_run_box"),
        ),
    ]
