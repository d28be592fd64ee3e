"""A real worker process takes tasks from the folder of this machine and from a real Redis."""

import pytest

from kam_portal.tasks import calculate, wake
from tests.servers import wait_until

NO_SUCH_RUN = 0


def done(folder):
    """Whether a worker says that it has finished the task."""
    log = "".join(path.read_text() for path in folder.glob("worker-*.log"))
    return "kam_portal.tasks.calculate" in log and "succeeded" in log


def test_a_task_reaches_a_worker_through_the_folder(worker, tmp_path):
    worker()

    calculate.delay(NO_SUCH_RUN)

    wait_until(lambda: done(tmp_path))


def test_a_task_reaches_a_worker_through_redis(worker, redis_broker, tmp_path):
    worker(REDIS_URL=redis_broker)

    calculate.delay(NO_SUCH_RUN)

    wait_until(lambda: done(tmp_path))


@pytest.mark.parametrize("broker", ["folder", "redis"])
def test_a_task_that_was_sent_before_the_worker_started_is_not_lost(request, broker, worker, tmp_path):
    redis = {"REDIS_URL": request.getfixturevalue("redis_broker")} if broker == "redis" else {}
    calculate.delay(NO_SUCH_RUN)

    worker(**redis)

    wait_until(lambda: done(tmp_path))


def test_a_worker_that_cannot_be_told_is_no_error(monkeypatch, caplog):
    def broken(ids, **options):
        raise ConnectionError

    monkeypatch.setattr(calculate, "apply_async", broken)

    assert wake(calculate, NO_SUCH_RUN) is False
    assert f"calculate({NO_SUCH_RUN},)" in caplog.text
