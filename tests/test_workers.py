"""A real worker process takes tasks from the folder of this machine and from a real Redis."""

import pytest

from kam_portal.tasks import take_up_waiting
from tests.servers import wait_until


def log_of(folder):
    return "".join(path.read_text() for path in folder.glob("worker-*.log"))


def test_a_task_reaches_a_worker_through_the_folder(worker, tmp_path):
    worker()

    take_up_waiting.delay()

    wait_until(lambda: "take_up_waiting" in log_of(tmp_path) and "succeeded" in log_of(tmp_path))


def test_a_task_reaches_a_worker_through_redis(worker, redis_broker, tmp_path):
    worker(REDIS_URL=redis_broker)

    take_up_waiting.delay()

    wait_until(lambda: "take_up_waiting" in log_of(tmp_path) and "succeeded" in log_of(tmp_path))


@pytest.mark.parametrize("broker", ["folder", "redis"])
def test_a_task_that_was_sent_before_the_worker_started_is_not_lost(request, broker, worker, tmp_path):
    redis = {"REDIS_URL": request.getfixturevalue("redis_broker")} if broker == "redis" else {}
    take_up_waiting.delay()

    worker(**redis)

    wait_until(lambda: "succeeded" in log_of(tmp_path))
