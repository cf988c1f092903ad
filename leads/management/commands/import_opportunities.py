"""Import a file of opportunities, as in the browser: `manage.py import_opportunities FILE --mapping
FILE`."""

from leads.management.commands import import_leads
from leads.models import ImportBatch


class Command(import_leads.Command):
    """As `import_leads`; the mapping says `of: opportunities`."""

    help = (
        "Import a CSV or XLSX file of opportunities; the last line counts what became of its rows."
    )
    of = ImportBatch.Of.OPPORTUNITIES
