"""Settings come from the environment, typed, and refuse what makes no sense."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from handoff import secret

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "DATABASE_URL": "postgres://app:secret@db.example.com/handoff",
    "DATABASE_OWNER_URL": "postgres://owner:secret@db.example.com/handoff",
    "SECRET_KEY": "k9-" + "aB3$xYz7" * 8,
    "BASE_URL": "https://handoff.example.com",
    "CELERY_BROKER_URL": "redis://broker.example.com/0",
    "EMAIL_URL": "smtp+tls://mail:secret@mail.example.com:587",
}


def run(*words: str, data_dir: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter with nothing of ours in its environment but `env`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(data_dir), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def setting(name: str, data_dir: Path, **env: str) -> str:
    done = run(
        "-c", f"from handoff import settings as s; print(s.{name})", data_dir=data_dir, **env
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"WEBHOOK_ALLOW": "10.0.0.1/8"}, "WEBHOOK_ALLOW"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"BASE_URL": "handoff.example.com"}, "BASE_URL"),
        ({"DATABASE_ROLE": "boss"}, "DATABASE_ROLE"),
        ({"DATABASE_POOL": "-1"}, "DATABASE_POOL"),
        ({**PRODUCTION, "DATABASE_URL": "sqlite:///x.db"}, "PostgreSQL"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY"),
    ],
)
def test_nonsense_is_refused_by_name(env: dict[str, str], said: str, tmp_path: Path) -> None:
    done = run("-c", "from handoff import settings", data_dir=tmp_path, **env)
    assert done.returncode != 0
    assert said in done.stderr.splitlines()[-1]


def test_production_passes_djangos_own_check(tmp_path: Path) -> None:
    words = ("-m", "django", "check", "--deploy", "--fail-level", "WARNING")
    env = {**PRODUCTION, "DJANGO_SETTINGS_MODULE": "handoff.settings", "PYTHONPATH": str(ROOT)}
    done = run(*words, data_dir=tmp_path, **env)
    assert done.returncode == 0, done.stderr


def test_production_keeps_cookies_to_https_and_this_host(tmp_path: Path) -> None:
    assert setting("SESSION_COOKIE_SECURE", tmp_path, **PRODUCTION) == "True"
    assert setting("CSRF_COOKIE_NAME", tmp_path, **PRODUCTION).startswith("__Host-")
    assert "unsafe" not in setting("CONTENT_SECURITY_POLICY", tmp_path, **PRODUCTION)


def test_plain_http_on_this_machine_works(tmp_path: Path) -> None:
    assert setting("SESSION_COOKIE_SECURE", tmp_path) == "False"
    assert setting("SECURE_SSL_REDIRECT", tmp_path) == "False"
    assert setting("DEBUG", tmp_path) == "False"


def test_migrations_run_as_the_owner(tmp_path: Path) -> None:
    name = "DATABASES['default']['USER']"
    assert setting(name, tmp_path, **PRODUCTION) == "app"
    assert setting(name, tmp_path, DATABASE_ROLE="owner", **PRODUCTION) == "owner"


def test_a_secret_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    first = setting("SECRET_KEY", tmp_path)
    path = tmp_path / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert setting("SECRET_KEY", tmp_path) == first == secret.kept(path)
    assert len(first) >= 50
