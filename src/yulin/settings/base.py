"""Settings of a running instance. Every choice is a `YULIN_*` variable; docs/settings.md is the whole list."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from yulin.kit.postgres import server_url
from yulin.settings.environment import (
    database,
    home_folder,
    read_flag,
    read_list,
    read_networks,
    read_number,
    read_text,
    secret_key,
    upload_limits,
)

PACKAGE = Path(__file__).resolve().parent.parent
YULIN_HOME = home_folder()

DEBUG = read_flag("YULIN_DEBUG", default=False)
SECRET_KEY = secret_key(YULIN_HOME)
YULIN_URL = read_text("YULIN_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [*read_list("YULIN_HOSTS", "localhost,127.0.0.1,[::1]"), urlsplit(YULIN_URL).hostname or ""]
CSRF_TRUSTED_ORIGINS = read_list("YULIN_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "yulin.kit",
    "yulin.people",
    "yulin.rules",
    "yulin.ledger",
    "yulin.exchange",
    "yulin.atlas",
    "yulin.pool",
    "yulin.brain",
    "yulin.demo",
    "yulin.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yulin.kit.middleware.CompressionMiddleware",
    "yulin.kit.middleware.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yulin.kit.middleware.CurrencyMiddleware",
    "yulin.people.middleware.ActorMiddleware",
    "yulin.kit.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "yulin.urls"
WSGI_APPLICATION = "yulin.settings.wsgi.application"

_PROCESSORS = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.contrib.messages.context_processors.messages",
    "yulin.people.adapters.context.people",
    "yulin.web.context.navigation",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        # The shell and the navigation belong to `web`, which is built on top of everything here.
        "OPTIONS": {
            "context_processors": [
                name for name in _PROCESSORS if "web" not in name or find_spec(name.rsplit(".", 1)[0])
            ]
        },
    }
]

# Truth: PostgreSQL, the embedded server of YULIN_HOME unless a URL is given.
DATABASES = {
    "default": database(
        read_text("DATABASE_URL") or server_url(YULIN_HOME),
        pool_size=read_number("YULIN_DATABASE_POOL", 10),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People and sign-in.
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_ADAPTER = "yulin.people.adapters.sign_in.ClosedDoorAdapter"
ACCOUNT_FORMS = {"login": "yulin.people.adapters.sign_in.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_DISPLAY = "yulin.people.adapters.sign_in.display_name"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Yulin"
YULIN_REQUIRE_SECOND_STEP = read_flag("YULIN_REQUIRE_SECOND_STEP", default=False)
SESSION_COOKIE_AGE = read_number("YULIN_SESSION_HOURS", 10) * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Language and time: the business zone is the scheme's.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Static files, documents, uploads.
STATIC_URL = "/static/"
STATIC_ROOT = YULIN_HOME / "static"
MEDIA_ROOT = YULIN_HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "yulin.kit.static.HashedFiles"
    },
}
# Files that packages bring and no page loads: copying and compressing them would double the time of a first start.
STATIC_FILES_LEFT_OUT = ["redoc*", "django_htmx"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "jpg", "webp", "woff", "woff2", "gz", "br", "zip"]
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = read_text("YULIN_UPLOAD_FOLDER") or None
YULIN_UPLOAD_LIMIT_MB, YULIN_UPLOAD_LIMIT_ROWS = upload_limits()
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Terms in working days that no scheme's text states; a pool that has agreed on others sets them.
YULIN_OBJECTION_WORKDAYS = read_number("YULIN_OBJECTION_WORKDAYS", 5, least=1)
YULIN_ANSWER_WORKDAYS = read_number("YULIN_ANSWER_WORKDAYS", 15, least=1)
YULIN_RETURN_WORKDAYS = read_number("YULIN_RETURN_WORKDAYS", 5, least=1)

# Which sources the clock pulls, and where they answer.
YULIN_PULLS = read_text("YULIN_PULLS") or str(YULIN_HOME / "pulls.yaml")

# Messages to partners' systems go to public addresses; to private ones only where the operator names their networks.
YULIN_WEBHOOK_NETWORKS = read_networks("YULIN_WEBHOOK_NETWORKS")

# A model outside that may propose criteria of policies; without an address there is none.
YULIN_MODEL_URL = read_text("YULIN_MODEL_URL").strip().rstrip("/")
YULIN_MODEL_NAME = read_text("YULIN_MODEL_NAME")
YULIN_MODEL_KEY = read_text("YULIN_MODEL_KEY")
YULIN_MODEL_SECONDS = read_number("YULIN_MODEL_SECONDS", 60, least=1)

# Doors.
IS_HTTPS = YULIN_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "yulin.kit.views.forged_form"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
if read_flag("YULIN_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

# Mail (notices stand on the pages; mail is an extra).
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if read_text("YULIN_MAIL_HOST")
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = read_text("YULIN_MAIL_HOST")
EMAIL_PORT = read_number("YULIN_MAIL_PORT", 25)
DEFAULT_FROM_EMAIL = read_text("YULIN_MAIL_FROM", "yulin@localhost")

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What processes share; of more than so many values a third goes.
    "kept": {
        "BACKEND": "yulin.kit.kept.KeptFiles",
        "LOCATION": YULIN_HOME / "cache",
        "TIMEOUT": 7 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "yulin.kit.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": read_text("YULIN_LOG_LEVEL", "WARNING")},
    "loggers": {
        "yulin": {"level": read_text("YULIN_LOG_LEVEL", "INFO")},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
