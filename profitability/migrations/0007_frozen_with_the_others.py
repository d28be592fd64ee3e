from importlib import import_module

from django.db import migrations

states = import_module("profitability.migrations.0002_cost_model_states")


def thaw(apps, schema_editor):
    """The trigger is made after migrating from now on, with those of published runs: SQLite would lose it, or refuse
    to rebuild a table that it names."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {states.TRIGGER} ON {states.TABLE}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {states.TRIGGER}()")
    else:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {states.TRIGGER}")


class Migration(migrations.Migration):
    dependencies = [("profitability", "0006_month_closing")]

    operations = [migrations.RunPython(thaw, states.freeze)]
