"""How fast it is, beside what bare PostgreSQL does in the same run: `python -m tests.benchmarks`."""
