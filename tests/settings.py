"""The product's settings in a temporary folder, with nothing taken over from the caller but the database."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for name in (
    "REDIS_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DEBUG",
    "TIME_ZONE",
    "CURRENCY",
    "COMPANY",
    "EMAIL_URL",
    "DEMO",
):
    os.environ.pop(name, None)
    os.environ.pop(f"{name}_FILE", None)

# Each test process has its own folder; a subprocess started by a test makes or is given another one.
folder = tempfile.mkdtemp(prefix="kam-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["VAR_DIR"] = folder

from kam_portal.settings import *  # noqa: E402, F403
from kam_portal.settings import CACHES, DATABASES, MIDDLEWARE  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: worker processes and live servers of a test then see the same database, through WAL.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(folder) / "test.sqlite3")}
else:
    # A statement that never ends fails its test by name instead of holding up all the others.
    patience = "-c statement_timeout=300s -c lock_timeout=120s"
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {"options": patience}

MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # it would search all files for each client
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
CACHES["runs"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "runs"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
