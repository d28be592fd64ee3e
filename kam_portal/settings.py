"""Every setting. With nothing set the portal runs on one machine: SQLite and all working files in var/."""

import secrets
from decimal import Decimal
from pathlib import Path

import environ
from babel.numbers import get_currency_precision
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # NAME, or NAME_FILE with the path of a file that holds the value

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def own_secret(path: Path) -> str:
    """A key that this machine makes once for itself; a public start sets SECRET_KEY instead."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(60))
    return path.read_text()


DEBUG = env.bool("DEBUG", default=False)
PUBLIC = "ALLOWED_HOSTS" in env.ENVIRON or "ALLOWED_HOSTS_FILE" in env.ENVIRON
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
SECRET_KEY = env.str("SECRET_KEY", default="") or own_secret(VAR_DIR / "secret_key")
DEMO = env.bool("DEMO", default=False)  # shows the demo logins on the sign-in page

# The business
COMPANY = env.str("COMPANY", default="Adventure Works Cycles" if DEMO else "")  # as customers know it
CURRENCY = env.str("CURRENCY", default="USD")
CURRENCY_DIGITS = get_currency_precision(CURRENCY)
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_THOUSAND_SEPARATOR = False
# Practical minutes of one person a month, to count unused capacity in whole people: 20 days × 8 hours × 80 %
MINUTES_PER_PERSON = env.int("MINUTES_PER_PERSON", default=7680)
# Bounds of low, moderate and high concentration. HHI: US merger guidelines 2023, guideline 1, by analogy; shares of the
# largest 1, 3 and 10 customers: a guide for owners who sell their company (eaglerockcfo.com, customer concentration).
CONCENTRATION_HHI = tuple(env.list("CONCENTRATION_HHI", cast=Decimal, default=[Decimal(1000), Decimal(1800)]))
CONCENTRATION_TOP_1 = tuple(env.list("CONCENTRATION_TOP_1", cast=Decimal, default=[Decimal("0.1"), Decimal("0.2")]))
CONCENTRATION_TOP_3 = tuple(env.list("CONCENTRATION_TOP_3", cast=Decimal, default=[Decimal("0.25"), Decimal("0.4")]))
CONCENTRATION_TOP_10 = tuple(env.list("CONCENTRATION_TOP_10", cast=Decimal, default=[Decimal("0.4"), Decimal("0.6")]))
# Which kinds of touchpoints count as activity events of which type, for the cost to serve; empty: none do
TOUCHPOINT_EVENTS = env.dict("TOUCHPOINT_EVENTS", default={"visit": "sales_visit", "meeting": "kam_meeting"})
MATRIX_ORIENTATION = env.str("MATRIX_ORIENTATION", default="strong_right")  # or strong_left (McDonald's drawing)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "csp",
    "knox",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "profitability",
    "relationships",
    "kam_portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "kam_portal.uploads.limit.UploadLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "kam_portal.middleware.PolicyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kam_portal.urls"
WSGI_APPLICATION = "kam_portal.wsgi.application"
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
                "kam_portal.navigation.frame",
            ],
            "builtins": [
                "kam_portal.templatetags.kam",
                "kam_portal.templatetags.trails",
                "django.templatetags.i18n",
            ],
        },
    }
]

# Data
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'kam_portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a write waits for its turn instead of failing with "database is locked"
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = VAR_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a year of costs, or a large cost model, in one form
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=512 * 1024 * 1024)

# Celery: Redis in production, a folder of this machine when REDIS_URL is not set
REDIS_URL = env.str("REDIS_URL", default="")
BROKER_DIR = VAR_DIR / "broker"
NIGHTLY_AT = env.str("NIGHTLY_AT", default="02:00")  # in TIME_ZONE
SIGNALS_AT = env.str("SIGNALS_AT", default="05:30")  # what needs attention is looked for once a day, run or no run
DIGEST_AT = env.str("DIGEST_AT", default="06:30")  # it is sent by e-mail on working days
RUN_LEASE_SECONDS = env.int("RUN_LEASE_SECONDS", default=30)
RUN_ATTEMPTS = 3
SETTLED_FROM = Decimal(env.str("SETTLED_FROM", default="0.90"))  # of all weightings hold a box: it is settled
PDF_CHROMIUM = env.str("PDF_CHROMIUM", default="")  # path of a Chromium that makes PDFs of review packs
WEBHOOKS_TO_PRIVATE = env.bool("WEBHOOKS_TO_PRIVATE", default=DEBUG)  # into private networks: only on purpose
ON_REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
CACHES = {
    "default": ON_REDIS if REDIS_URL else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What follows from a published run: workers prepare it for web processes, so it lies where both find it
    "runs": ON_REDIS
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "kept",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}")  # of links in e-mails
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="kam-portal@localhost")
SENDS_EMAIL = DEMO or "EMAIL_URL" in env.ENVIRON or "EMAIL_URL_FILE" in env.ENVIRON  # the demo: to the terminal

# Who signs in, and how
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
SESSION_COOKIE_AGE = 12 * 60 * 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # the owner elsewhere is not locked out
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # the trail of sign-ins is not for editing
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_HTTP_RESPONSE_CODE = 429

# Static files: built by `npm run build` into static_build/; hashed names once collectstatic has run
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [directory for directory in [BASE_DIR / "static_build"] if directory.exists()]
HASHED_STATIC = (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not HASHED_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if HASHED_STATIC
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# Browser security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PUBLIC
SESSION_COOKIE_NAME = "__Host-session" if PUBLIC else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PUBLIC else "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PUBLIC else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PUBLIC
SECURE_REDIRECT_EXEMPT = [r"^api/"]  # a client that speaks http must notice, not be sent on: middleware answers 403
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None

# REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "kam_portal.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["kam_portal.api.policy.DeclaredPolicy"],
    "DEFAULT_RENDERER_CLASSES": ["kam_portal.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "kam_portal.api.schema.ApiSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="1200/min"), "anon": "60/min"},
    "EXCEPTION_HANDLER": "kam_portal.api.problems.problem_details",
    "COERCE_DECIMAL_TO_STRING": False,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": None,
    "AUTO_REFRESH": False,
    "TOKEN_PREFIX": "kam_",
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105  (a model, no secret)
MIGRATION_MODULES = {"knox": None}  # its own table would stand beside ours, unused
SPECTACULAR_SETTINGS = {
    "TITLE": "KAM Portal API",
    "DESCRIPTION": "Account scores, profitability, rankings and the runs behind them.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["kam_portal.api.policy.DeclaredPolicy"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"refusals": {"()": "kam_portal.logs.RefusalsInOneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.request": {"filters": ["refusals"]},
        "weasyprint": {"level": "ERROR"},  # where it makes PDFs it tells each of its steps
        "fontTools": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
