"""A lead is found by how its phone number begins inside its country, and by how it ends."""

from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

COUNTRY_CODE = (
    r"^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(2[1-689]|3[578]|42|5[09]|6[7-9]|8[035789]|9[679])[0-9])"
)
NATIONAL = models.Func(
    "phone",
    template=(
        f"ltrim(regexp_replace(regexp_replace(%(expressions)s, '{COUNTRY_CODE}', ''),"
        r" '\D', '', 'g'), '0')"
    ),
    output_field=models.TextField(),
)
BACKWARDS = models.Func(
    "phone",
    template=r"reverse(regexp_replace(%(expressions)s, '\D', '', 'g'))",
    output_field=models.TextField(),
)
KNOWN = models.Q(("phone", ""), _negated=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leads", "0023_queues_by_what_is_due_next")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                OpClass(NATIONAL, name="text_pattern_ops"),
                condition=KNOWN,
                name="lead_by_phone_begin",
            ),
        ),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                OpClass(BACKWARDS, name="text_pattern_ops"),
                condition=KNOWN,
                name="lead_by_phone_end",
            ),
        ),
    ]
