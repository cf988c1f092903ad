# make run     everything: environment, database, web, worker, beat; prints the address
# make test    the whole suite
# make bench   the benchmarks, as one table
# make check   formatting, lint, types, missing migrations
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
TESTS ?= tests

.PHONY: run test bench check
.DEFAULT_GOAL := run

run: $(VENV)/runtime
	@$(PY) manage.py up

# Side by side, but for what cannot run beside others.
test: $(VENV)/tests
ifeq ($(TESTS),tests)
	$(PY) -m pytest -n 2 --dist loadfile $(PYTEST) -m "not alone" tests
	$(PY) -m pytest $(PYTEST) -m alone tests
else
	$(PY) -m pytest $(PYTEST) $(TESTS)
endif

bench: $(VENV)/tests
	$(PY) -m tests.benchmarks $(BENCH)

check: $(VENV)/tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Handoff needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV)."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.txt | $(PY)
	@echo "Installing (once, and when requirements.txt changes)."
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/tests: requirements.txt tests/requirements.txt | $(PY)
	@echo "Installing what tests need."
	@$(PY) -m pip install -qq --disable-pip-version-check -r tests/requirements.txt
	@touch $@ $(VENV)/runtime
