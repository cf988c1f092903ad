"""How fast it is, beside what bare PostgreSQL does in the same run: `python -m tests.benchmarks`.

Runs on an embedded database of its own in `var/bench`, made anew each time, with the settings and
the role of production. What must be set before Django reads its settings is set here.
"""

import os
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "handoff.settings"
os.environ["DATA_DIR"] = os.environ.get("BENCH_DIR") or str(Path("var/bench").resolve())
os.environ["DATABASE_ROLE"] = "app"
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("API_CALLS_PER_SECOND", "1000000")
os.environ.setdefault("PORT", "8731")
os.environ.pop("DATABASE_URL", None)

django.setup()
