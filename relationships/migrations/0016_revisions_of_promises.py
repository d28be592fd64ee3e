"""Commitments and service levels count their changes: nobody saves over somebody else unseen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("relationships", "0015_boxes_of_some_accounts")]

    operations = [
        migrations.AddField("commitment", "revision", models.PositiveIntegerField(default=1)),
        migrations.AddField("servicelevel", "revision", models.PositiveIntegerField(default=1)),
    ]
