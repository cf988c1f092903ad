"""The shape of the house: who may import whom, and the sizes that keep it calm."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ("handoff", "leads", "reviews")
FILES = sorted(
    path for app in ORDER for path in (ROOT / app).rglob("*.py") if "__pycache__" not in path.parts
)
CODE = [path for path in FILES if "migrations" not in path.parts]
MIGRATIONS = [path for path in FILES if "migrations" in path.parts and path.name[0].isdigit()]

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
LONGEST_SETTINGS = 250

INNER_LAYERS = {
    "models": {
        "journey",
        "measures",
        "views",
        "forms",
        "tables",
        "filters",
        "tasks",
        "api",
        "admin",
    },
    "journey": {"views", "forms", "tables", "filters", "tasks", "api", "admin"},
    "measures": {"views", "forms", "tables", "filters", "tasks", "admin"},
    "tasks": {"views", "forms", "tables", "filters", "api", "admin"},
    "api": {"views", "forms", "tables", "filters", "tasks", "admin"},
}
"""What each part of an app may not import from its own app."""


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module a file imports, also lazily, under its full name, with the line."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            yield source, node.lineno
            for name in node.names:
                yield f"{source}.{name.name}", node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value), node.lineno


def test_apps_import_only_what_is_to_their_left() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in FILES
        for name, line in imports(path)
        if (top := name.split(".")[0]) in ORDER
        and ORDER.index(top) > ORDER.index(path.relative_to(ROOT).parts[0])
    ]
    assert not wrong, "\n".join(wrong)


def test_inside_an_app_models_come_first_and_pages_last() -> None:
    wrong = []
    for path in CODE:
        app, *parts = path.relative_to(ROOT).with_suffix("").parts
        forbidden = INNER_LAYERS.get(parts[0], set())
        for name, line in imports(path):
            where = name.split(".")
            if where[0] == app and len(where) > 1 and where[1] in forbidden:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_rules_and_business_time_know_no_model() -> None:
    pure = [ROOT / "handoff" / "business_time.py", *(ROOT / "handoff" / "rules").rglob("*.py")]
    banned = ("handoff.models", "django.db.models", "django.apps", "leads", "reviews")
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in pure
        for name, line in imports(path)
        if any(name == one or name.startswith(f"{one}.") for one in banned)
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_imported_inside_a_function() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{inner.lineno} in {node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_signal_and_no_star() -> None:
    banned = ("django.dispatch", "django.db.models.signals")
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in CODE
        for name, line in imports(path)
        if name.startswith(banned) or name.endswith(".*")
    ]
    assert not wrong, "\n".join(wrong)


def test_every_package_in_use_is_pinned() -> None:
    """A package that only comes along with another, or with the tests, may be gone tomorrow."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all("==" in pin for pin in pins)
    pinned = {re.split(r"[\[=]", pin)[0].lower().replace("_", "-") for pin in pins}
    provided = packages_distributions()
    missing = {
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in [*CODE, ROOT / "manage.py"]
        for name, line in imports(path)
        if (top := name.split(".")[0]) in provided
        and not pinned & {name.lower().replace("_", "-") for name in provided[top]}
    }
    assert not missing, "\n".join(sorted(missing))


def test_no_drawer_for_odds_and_ends() -> None:
    odd = {"utils.py", "helpers.py", "services.py", "common.py", "misc.py"}
    assert not [path for path in FILES if path.name in odd]


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_migration_imports_no_code_of_ours(path: Path) -> None:
    """Code moves on; what a migration did must not move with it."""
    ours = [name for name, _ in imports(path) if name.split(".")[0] in ORDER and name not in ORDER]
    assert not ours


def test_files_and_functions_stay_small() -> None:
    wrong = []
    for path in CODE:
        text = path.read_text()
        limit = LONGEST_SETTINGS if path.name == "settings.py" else LONGEST_FILE
        if (lines := text.count("\n")) > limit:
            wrong.append(f"{path.relative_to(ROOT)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")
    assert not wrong, "\n".join(wrong)


def test_the_top_of_the_house_is_tidy() -> None:
    allowed = {
        *("handoff", "leads", "reviews", "templates", "static", "tests", "docs"),
        *("manage.py", "requirements.txt", "README.md", "Makefile", "pyproject.toml", "Procfile"),
        *("var", "LICENSE"),
    }
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found <= allowed, found - allowed
