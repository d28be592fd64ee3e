"""The median of the accounts that one person sees was kept as everybody's benchmark: it goes, and is shown to each
reader as of the accounts that he sees."""

from django.db import migrations

OF_ONE_READER = "Median of the accounts of this segment"


def forget(apps, schema_editor):
    rows = apps.get_model("relationships", "Objective").objects.filter(benchmark_source=OF_ONE_READER)
    rows.update(benchmark=None, benchmark_source="")


class Migration(migrations.Migration):
    dependencies = [("relationships", "0016_revisions_of_promises")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
