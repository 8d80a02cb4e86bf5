"""The one settings file. The environment chooses; docs/operations.md lists every variable."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from teamhub import env

# --- core ---

BASE_DIR = Path(__file__).resolve().parent.parent
_project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
# Everything that the product writes: database, broker, uploads, run folders.
VAR_DIR = Path(env.text("TEAMHUB_VAR", str(BASE_DIR / "var"))).absolute()

DEBUG = env.flag("DEBUG", default=False)
# The embedded default makes var/secret_key on its first start (manage.py up).
_secret = env.secret("SECRET_KEY", file=VAR_DIR / "secret_key")
if _secret is None and not DEBUG:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set while DEBUG is off. Set SECRET_KEY (or SECRET_KEY_FILE), "
        "or start with `make run`, which makes one under var/."
    )
SECRET_KEY = _secret or "insecure-and-only-for-debug"
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_FAILURE_VIEW = "teamhub.web.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS")
# Addresses or networks whose X-Forwarded-For is believed; empty: nobody's.
TRUSTED_PROXIES = env.listing("TRUSTED_PROXIES")
ROOT_URLCONF = "teamhub.urls"
WSGI_APPLICATION = "teamhub.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "teamhub.accounts",
    "teamhub.audit",
    "teamhub.runs",
    "teamhub.panels",
    "teamhub.saved",
    "teamhub.web",
    "teamhub",
    "roles",
    "projects",
    "capacity",
    "models_ml",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "knox",
    "axes",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "teamhub.accounts.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "teamhub.web.middleware.ErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "teamhub.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "teamhub.web.templatetags.teamhub_tags",
            ],
        },
    }
]

# --- database ---

DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'teamhub.sqlite3'}")
try:
    DATABASES: dict[str, dict[str, Any]] = {
        "default": dict(dj_database_url.parse(DATABASE_URL, conn_max_age=60))
    }
except (ValueError, dj_database_url.ParseError) as error:
    raise ImproperlyConfigured(f"DATABASE_URL is not an address of a database: {error}") from None
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Measured with eight writers and eight readers: without these, "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,  # seconds
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000;",
    }
ATOMIC_REQUESTS = False

# --- Celery ---

REDIS_URL = env.text("REDIS_URL", "")
if not REDIS_URL and not DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    raise ImproperlyConfigured(
        "REDIS_URL is not set, but DATABASE_URL names a database server. "
        "The folder broker serves one host only; set REDIS_URL."
    )
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "folder://localhost"  # teamhub.runs.folder
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 4 * 3600,  # s; longer than the longest run, else Redis sends it twice
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "queue_order_strategy": "priority",
        "socket_keepalive": True,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        # A request must not wait for a broker that is down: one more try at once, then give up.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "health_check_interval": 25,
        "global_keyprefix": env.text("REDIS_KEY_PREFIX", "teamhub:"),
    }
    if REDIS_URL
    else {"folder": str(BROKER_DIR), "polling_interval": 0.2}
)
CELERY_RESULT_BACKEND = None  # the run's row is the result
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # rows tell what a worker does; Beat that it lives
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TIMEZONE = "UTC"

# --- log-in ---

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
_validation = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validation}UserAttributeSimilarityValidator"},
    {"NAME": f"{_validation}MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_validation}CommonPasswordValidator"},
    {"NAME": f"{_validation}NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # s
SESSION_COOKIE_SAMESITE = "Lax"
INVITATION_HOURS = env.integer("INVITATION_HOURS", 72, least=1)
RESET_LINK_HOURS = env.integer("RESET_LINK_HOURS", 4, least=1)

AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "teamhub.accounts.lockout.Handler"
AXES_LOCKOUT_CALLABLE = "teamhub.accounts.lockout.lockout_response"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a stranger cannot keep a name locked
AXES_DISABLE_ACCESS_LOG = True  # the audit has the log-ins
AXES_CLIENT_IP_CALLABLE = "teamhub.accounts.addresses.login_address"
LOGIN_ADDRESS_LIMIT = env.integer("LOGIN_ADDRESS_LIMIT", 50, least=1)  # failures per 15 minutes

# --- transport, cookies, content security ---

HTTPS = env.flag("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- languages, time, files ---

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
# Off: {{ row.pk }} in an id, a value or an address must stay 1234. The filters group their figures.
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "teamhub.formats"
TIME_ZONE = env.text("TIME_ZONE", "UTC")

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "files"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- e-mail: without EMAIL_HOST links are shown to an administrator instead of being sent ---------

EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10  # s
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "teamhub@localhost")

# --- API ---

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "teamhub.accounts.authentication.TokenAuthentication",
        "teamhub.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["teamhub.api.permissions.IsMember"],
    "DEFAULT_PAGINATION_CLASS": "teamhub.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["teamhub.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "teamhub.api.schema.AutoSchema",
    "DEFAULT_THROTTLE_RATES": {"token": env.text("TOKEN_THROTTLE", "30/min")},
    "EXCEPTION_HANDLER": "teamhub.api.errors.handle",
    "URL_FORMAT_OVERRIDE": None,  # ?format=csv is ours
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TeamHub",
    "DESCRIPTION": "Teams, roles and GPU capacity of data centers that serve large models.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": f"/{STATIC_URL}vendor/swagger-ui",
    "SWAGGER_UI_FAVICON_HREF": f"/{STATIC_URL}img/favicon.svg",
    "DISABLE_ERRORS_AND_WARNINGS": False,
    "ENUM_NAME_OVERRIDES": {
        "RunStatusEnum": "teamhub.runs.models.Status",
        "AssignmentStatusEnum": "projects.models.plan.Assignment.Status",
        "WorkloadKindEnum": "capacity.models.workload.Workload.Kind",
        "WorkloadStatusEnum": "capacity.models.workload.Workload.Status",
        "AcceleratorKindEnum": "capacity.models.estate.Accelerator.Kind",
    },
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 (the name of a model)
# Knox would make a table of its own beside ours; it points at users and stops PostgreSQL's flush.
MIGRATION_MODULES = {"knox": None}
TOKEN_DAYS = env.integer("TOKEN_DAYS", 90, least=1)  # unless its owner says otherwise
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_TTL": timedelta(days=TOKEN_DAYS),
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
}

# --- logging ---

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "WARNING")},
}

# --- ours ---

# What a run's row says about the code that computed it; a deployment may name its commit.
CODE_VERSION = env.text("CODE_VERSION", _project["version"])
RUN_DIR = VAR_DIR / "runs"  # one folder a running child
RUN_INPUT_DIR = VAR_DIR / "inputs"  # frozen problems under their sha256
RUN_HEARTBEAT_SECONDS = env.number("RUN_HEARTBEAT_SECONDS", 5, least=0.05)
RUN_LOST_AFTER_SECONDS = env.number("RUN_LOST_AFTER_SECONDS", 30, least=0.2)
RUN_MAX_ATTEMPTS = env.integer("RUN_MAX_ATTEMPTS", 3, least=1)
RUN_REPORT_SECONDS = env.number("RUN_REPORT_SECONDS", 0.5, least=0)
RUN_RING_SECONDS = env.number("RUN_RING_SECONDS", 5, least=0.05)  # first wait; doubles each time
RUN_RING_MAX_SECONDS = env.number("RUN_RING_MAX_SECONDS", 300, least=0.05)
CLOCK_SECONDS = env.number("CLOCK_SECONDS", 1, least=0.05)

COMPANY_WEEKLY_HOURS = env.integer("COMPANY_WEEKLY_HOURS", 40, least=1)  # hours of 1.00 FTE
COMPANY_CURRENCY = env.text("COMPANY_CURRENCY", "USD")
LOAD_FULL_PERCENT = env.integer("LOAD_FULL_PERCENT", 80, least=1)  # of availability
LOAD_OVER_PERCENT = env.integer("LOAD_OVER_PERCENT", 100, least=1)  # above this: over-allocated
STAFFING_SECONDS = env.integer("STAFFING_SECONDS", 20, least=1)  # default time limit of a proposal
STAFFING_MAX_SECONDS = env.integer("STAFFING_MAX_SECONDS", 600, least=1)
# A working day of 9 to 17 must still share an hour with the project's site.
STAFFING_MAX_OFFSET_HOURS = env.number("STAFFING_MAX_OFFSET_HOURS", 7, least=0)
# Dotted path of callable(problem) -> fit scores; empty: explicit skill fit.
STAFFING_FIT_BACKEND = env.text("STAFFING_FIT_BACKEND", "")
CAPACITY_SECONDS = env.integer("CAPACITY_SECONDS", 20, least=1)  # default limit of a plan
CAPACITY_MAX_SECONDS = env.integer("CAPACITY_MAX_SECONDS", 600, least=1)
DATASET_DIR = VAR_DIR / "datasets"  # uploaded data sets under their sha256
MODEL_DIR = VAR_DIR / "models"  # one folder a model version
TRAINING_DIR = VAR_DIR / "training"  # epochs of trainings at work: a later attempt goes on there
DATASET_MAX_MB = env.integer("DATASET_MAX_MB", 200, least=1)  # of the CSV text, unpacked
# Then a training ends as by "finish now".
TRAINING_SECONDS = env.integer("TRAINING_SECONDS", 3600, least=1)
TRAINING_THREADS = env.integer("TRAINING_THREADS", 1, least=1)
# One import is one transaction, and on SQLite nobody else writes meanwhile.
IMPORT_MAX_ROWS = env.integer("IMPORT_MAX_ROWS", 20_000, least=1)
IMPORT_MAX_BYTES = env.integer("IMPORT_MAX_BYTES", 10 * 1024 * 1024, least=1)
