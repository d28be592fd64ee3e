"""What every test may use, and which tests a session leaves out."""

import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.core.cache import caches
from django.test import TestCase, TransactionTestCase
from playwright.sync_api import expect

from tests import servers

# Playwright's event loop runs in the thread of the test, which Django would otherwise refuse to share.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long an example takes says more of the machine than of the law it tests.
hypothesis.settings.register_profile("laws", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("laws")

# Long enough for a busy machine; who does not wait for anything loses nothing by it.
expect.set_options(timeout=30_000)

NEEDS_SERVERS = {"page", "browser", "context", "redis_url", "worker", "live_server"}
NEEDS_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kam")
    group.addoption("--fast", action="store_true", help="leave out tests that need servers or a browser")
    group.addoption("--database-only", action="store_true", help="only tests that touch the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    out = [item for item in items if left_out(config, item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if not left_out(config, item)]


def left_out(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether this session leaves the test out."""
    if config.getoption("--fast") and takes_long(item):
        return True
    if config.getoption("--database-only") and not touches_database(item):
        return True
    return bool(item.get_closest_marker("postgres")) and not on_postgres()


def takes_long(item: pytest.Item) -> bool:
    """Whether it starts servers or a browser, kills processes, or says itself that it takes long."""
    return needs(item, NEEDS_SERVERS) or "faults" in item.path.parts or bool(item.get_closest_marker("servers"))


def needs(item: pytest.Item, fixtures: set[str]) -> bool:
    return bool(fixtures & set(getattr(item, "fixturenames", ())))


def touches_database(item: pytest.Item) -> bool:
    of_django = isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, (TestCase, TransactionTestCase))
    return of_django or bool(item.get_closest_marker("django_db")) or needs(item, NEEDS_DATABASE)


def on_postgres() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """On PostgreSQL an open session would keep the test database from being removed: under Playwright's event loop
    Django has connections of its own, which nobody closes."""
    yield
    if on_postgres():
        with django_db_blocker.unblock():
            end_other_sessions()


def end_other_sessions() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """What one test's run left behind is no answer for the next one."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A private Redis server, one for each test process."""
    with servers.redis_server() as url:
        yield url


@pytest.fixture
def redis_broker(redis_url: str) -> Iterator[str]:
    """Tasks of this process go through an emptied Redis; its URL, for `worker` processes."""
    import redis

    from kam_portal.celery import REDIS_OPTIONS

    redis.Redis.from_url(redis_url).flushall()
    with servers.broker_of_this_process(broker_url=redis_url, broker_transport_options=REDIS_OPTIONS):
        yield redis_url


@pytest.fixture
def worker(transactional_db, tmp_path, request):
    """Start real worker processes: `worker()`, or `worker(REDIS_URL=redis_broker)`."""
    from contextlib import ExitStack

    servers.forget_messages()
    with ExitStack() as stack:
        yield lambda *options, **environment: stack.enter_context(
            servers.celery_worker(tmp_path / f"worker-{servers.free_port()}.log", *options, **environment)
        )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Debian's Chromium, not a download."""
    chromium = servers.program("chromium", "chromium-browser", "google-chrome")
    return {**browser_type_launch_args, "executable_path": chromium, "args": servers.CHROMIUM_FLAGS}
