"""Django's settings. Every value that an installation may change comes from `env`; the rest is decided here."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from portolan.config import env, local

ROOT = Path(__file__).resolve().parent.parent.parent
STATE = ROOT / ".portolan"

DEBUG = env.DEBUG.read()
SECRET_KEY = env.SECRET_KEY.read() or local.secret(STATE / "secret_key")
VAULT_KEYS = env.VAULT_KEYS.read() or (local.vault_key(STATE / "vault_key"),)
ALLOWED_HOSTS = list(env.HOSTS.read())
CSRF_TRUSTED_ORIGINS = list(env.ORIGINS.read())
DEMO = env.DEMO.read()
SIGNUP_OPEN = env.SIGNUP_OPEN.read()
PRIVATE_ADDRESSES_ALLOWED = env.PRIVATE_ADDRESSES_ALLOWED.read()
# The one private address that connections may lead to all the same, in demo mode only.
SANDBOX_JIRA_NOTE = STATE / "sandbox_jira.json"
SANDBOX_ADDRESSES = local.SandboxAddresses(SANDBOX_JIRA_NOTE) if DEMO else frozenset[str]()

INSTALLED_APPS = [
    "portolan.demo",
    "portolan.insights",
    "portolan.integrations",
    "portolan.portfolio",
    "portolan.accounts",
    "portolan.tenancy",
    "portolan.ui",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portolan.config.text.TextMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portolan.accounts.middleware.OrganizationMiddleware",
]

ROOT_URLCONF = "portolan.config.urls"
WSGI_APPLICATION = "portolan.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TENANCY_ORGANIZATION_MODEL = "accounts.Organization"
# Django forbids mixing rules that the database runs with rules that it runs itself. Here every tenant row goes with its
# organization by the database, and references that Django nulls are nullable columns of rows that go the same way: no
# chain depends on a rule that does not run. (A composite ON DELETE SET NULL would not survive sharding.)
SILENCED_SYSTEM_CHECKS = ["fields.E323", "models.E050"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["portolan.ui.templatetags.ui", "portolan.ui.templatetags.formats"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portolan.accounts.context.organization",
            ],
        },
    }
]


# --- Database and Redis -------------------------------------------------------------------------------------------


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://. Portolan knows no other database.")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "portolan",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 600,
        "OPTIONS": {**query, "application_name": "portolan"},
        "ATOMIC_REQUESTS": False,
    }


_addresses = local.addresses(STATE)
DATABASES = {"default": _database(env.DATABASE_URL.read() or _addresses.database_url)}
REDIS_URL = env.REDIS_URL.read() or _addresses.redis_url

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- Jobs ---------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = local.celery_broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = "json"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    # Looks every minute so that a dead worker's run is taken over soon; a connection is due every five.
    "sync what is due": {"task": "integrations.dispatch", "schedule": 60.0, "options": {"expires": 55}},
}

# --- People -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
# The first page of an organization, by name: accounts sends people there and lies below the room that draws it.
ORGANIZATION_HOME = "insights:overview"
ACCOUNT_ADAPTER = "portolan.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "portolan.accounts.forms.PersonForm"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

MAILERS: dict[str, dict[str, object]] = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
if _mail := env.EMAIL_URL.read():
    _parts = urlsplit(_mail)
    MAILERS["default"] = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _parts.hostname or "localhost",
            "port": _parts.port or 587,
            "username": unquote(_parts.username or ""),
            "password": unquote(_parts.password or ""),
            "use_tls": _parts.scheme == "smtp" and _parts.port != 25,
            "use_ssl": _parts.scheme == "smtps",
            "timeout": 10,
        },
    }
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.EMAIL_FROM.read()

# --- API ----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portolan.accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portolan.config.text.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "portolan.config.pagination.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portolan.config.problems.answer",
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Portolan",
    "VERSION": "1",
    "DESCRIPTION": "Products, delivery and decisions of one organization. A token belongs to one person and one organization.",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portolan.config.problems.document",
    ],
    "ENUM_NAME_OVERRIDES": {
        "MemberRole": "portolan.accounts.models.Role",
        "PortfolioRole": "portolan.portfolio.models.PortfolioRole",
    },
}

# --- Language, time, files ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Named by content. Compressing them takes half a minute, so the image does it and a first `make up` does not.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# --- Security -----------------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if env.HTTPS.read():
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {"keys": {"()": "portolan.config.keys.LeftOut"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["keys"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Their INFO lines print full request URLs, and a URL may carry a secret.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
