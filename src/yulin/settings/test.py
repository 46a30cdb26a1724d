"""Settings of the tests: the same instance, with fast passwords, plain static files and no pool."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# A test never touches a real instance's folder, nor is it reached by its settings; the folder goes with the process.
os.environ["YULIN_HOME"] = tempfile.mkdtemp(prefix="yulin-test-", dir="/tmp")
atexit.register(shutil.rmtree, os.environ["YULIN_HOME"], ignore_errors=True)
os.environ["YULIN_DATABASE_POOL"] = "0"
# Playwright leaves its event loop in the process; the tests that follow it there are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from yulin.settings.base import *  # noqa: E402, F403 - a settings module is the base plus its differences

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # noqa: F405 - from the base settings
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False
