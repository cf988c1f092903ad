"""“-score” now is the highest first, as with every other column; saved views keep their order."""

from django.db import migrations

SWAPPED = """
UPDATE leads_savedview
SET query = regexp_replace(query, '(^|&)sort=-?score(&|$)',
    CASE WHEN query ~ '(^|&)sort=-score(&|$)' THEN '\\1sort=score\\2' ELSE '\\1sort=-score\\2' END)
WHERE query ~ '(^|&)sort=-?score(&|$)';
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0035_a_form_sent_twice_counts_once")]

    operations = [migrations.RunSQL(SWAPPED, SWAPPED)]
