"""What quiet hours held is found by the letter that brought it; dropping that letter asks."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0018_promises_are_kept_beside"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("sent_in__isnull", False)),
                fields=["sent_in"],
                name="message_sent_in",
            ),
        ),
    ]
