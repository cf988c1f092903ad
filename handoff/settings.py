"""Settings, read from the environment: typed, and refused where they make no sense.

docs/operations.md has the table. With nothing set, Handoff runs on this machine alone: embedded
database, the same database as broker, mail into files, a secret key of its own in DATA_DIR.
"""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from handoff import embedded, logs, outside, secret

django_stubs_ext.monkeypatch()
env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules

DEBUG: bool = env.bool("DEBUG", False)
DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "var").resolve()
HOST: str = env.str("HOST", "127.0.0.1")
"""Where `manage.py up` listens; 0.0.0.0 lets other machines in."""
PORT: int = env.int("PORT", 8000, validate=validate.Range(min=1, max=65535))
BASE_URL: str = env.str("BASE_URL", "").rstrip("/") or f"http://localhost:{PORT}"
WEB_WORKERS: int = env.int("WEB_WORKERS", 2, validate=validate.Range(min=1))
WEB_THREADS: int = env.int("WEB_THREADS", 4, validate=validate.Range(min=1))
WORKER_THREADS: int = env.int("WORKER_THREADS", 4, validate=validate.Range(min=1))
DEMO: bool = env.bool("DEMO", True)
"""Whether `manage.py up` fills an empty house with a demo company."""
CURRENCY: str = env.str("CURRENCY", "USD", validate=validate.Regexp("^[A-Z]{3}$"))

_base = urlsplit(BASE_URL)
if _base.scheme not in ("http", "https") or not _base.hostname:
    raise ImproperlyConfigured("BASE_URL must be like https://handoff.example.com.")
HTTPS = _base.scheme == "https"
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
ALLOWED_HOSTS = list(dict.fromkeys(filter(None, [*ALLOWED_HOSTS, _base.hostname, *LOOPBACK])))
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]

# Database: the owner changes tables, the application's role cannot rewrite history.
EMBEDDED = None if env.str("DATABASE_URL", "") else embedded.place(DATA_DIR)
DATABASE_ROLE: str = env.str("DATABASE_ROLE", "app", validate=validate.OneOf(("app", "owner")))
AS_OWNER = DATABASE_ROLE == "owner"
POOL: int = env.int("DATABASE_POOL", 8, validate=validate.Range(min=0))
"""Connections kept by each process; 0 opens one a thread."""

if EMBEDDED is not None:
    _database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": embedded.DATABASE,
        "USER": embedded.OWNER if AS_OWNER else embedded.APP,
        "HOST": str(EMBEDDED.socket_dir),
        "PORT": str(embedded.PORT),
    }
else:
    _url = "DATABASE_OWNER_URL" if AS_OWNER and env.str("DATABASE_OWNER_URL", "") else None
    _database = dict(env.dj_db_url(_url or "DATABASE_URL"))
    if "postgresql" not in _database["ENGINE"]:
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database.")
_database["CONN_MAX_AGE"] = 0
_plans = "-c jit=off -c plan_cache_mode=force_generic_plan"
_database.setdefault("OPTIONS", {}).setdefault("options", _plans)
if POOL:
    _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": POOL, "timeout": 20.0}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY: str = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if EMBEDDED is None and not DEBUG:
        raise ImproperlyConfigured(
            "Set SECRET_KEY to 50 or more random characters. Only the embedded database and "
            "DEBUG make one of their own."
        )
    SECRET_KEY = secret.kept(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])

INSTALLED_APPS = [
    "handoff",
    "leads",
    "reviews",
    "handoff.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "template_partials",
    "pgtrigger",
    "pghistory",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_structlog",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "handoff.middleware.SoundAddresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "handoff.middleware.ViewerZone",
    "handoff.changes.Changes",
    "axes.middleware.AxesMiddleware",
]
METRICS_TOKEN: str = env.str("METRICS_TOKEN", "")
"""Whoever shows it as a bearer token may read /metrics; without one there is no such page."""
if METRICS_TOKEN:
    INSTALLED_APPS.append("django_prometheus")
    MIDDLEWARE.insert(0, "django_prometheus.middleware.PrometheusBeforeMiddleware")
    MIDDLEWARE.append("django_prometheus.middleware.PrometheusAfterMiddleware")

ROOT_URLCONF, WSGI_APPLICATION = "handoff.urls", "handoff.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leads.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "handoff.drawing.Renderer"

# People
AUTH_USER_MODEL = "handoff.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
_validators = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validators}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_validators}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_validators}.CommonPasswordValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "home"
ACCOUNT_ADAPTER = "handoff.signing_in.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES, MFA_TOTP_ISSUER = ["totp", "recovery_codes"], "Handoff"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "handoff.signing_in.tried_as"
AXES_LOCKOUT_TEMPLATE = "account/account_locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False

# What leaves the browser, and what it may load
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "handoff_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "handoff_csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_IPWARE_META_PRECEDENCE_ORDER = ("HTTP_X_FORWARDED_FOR", "REMOTE_ADDR")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "uploads"
_hashed = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _plain if TESTING else _hashed},
}
WHITENOISE_USE_FINDERS = TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
"""A definition is saved as one form."""

if env.str("CACHE_URL", ""):
    _cache = dict(env.dj_cache_url("CACHE_URL"))
else:
    _backend = "locmem.LocMemCache" if TESTING else "db.DatabaseCache"
    _cache = {"BACKEND": f"django.core.cache.backends.{_backend}", "LOCATION": "handoff_cache"}
CACHES = {"default": _cache}

# Mail: into files unless told where to send it, so that none is lost.
if env.str("EMAIL_URL", ""):
    vars().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL: str = env.str("FROM_EMAIL", f"Handoff <handoff@{_base.hostname}>")
EMAIL_TIMEOUT = 20

API_CALLS_PER_SECOND: float = env.float("API_CALLS_PER_SECOND", 1000.0)
CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", "")
"""Redis or RabbitMQ; unset means a queue in PostgreSQL (handoff/broker.py)."""
WEBHOOK_ALLOW: list[outside.Network | str] = env.list("WEBHOOK_ALLOW", [], subcast=outside.entry)

USE_TZ, USE_I18N, TIME_ZONE = True, False, "UTC"
FORMAT_MODULE_PATH = "handoff.formats"

LOGGING_CONFIG = None
logs.configure(env.str("LOG_LEVEL", "INFO").upper(), readable=DEBUG or TESTING)
DJANGO_STRUCTLOG_CELERY_ENABLED, DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = True, False
