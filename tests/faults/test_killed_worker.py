"""A worker that is killed in the middle of a run loses nothing: the run is done again, with the same result."""

import os
import signal
from contextlib import contextmanager

import pytest
from django.db import connection, connections
from redis import Redis

from kam_portal.recompute import perform, request_run
from profitability.models import MonthResult, Publication, Ranking, Result, Run
from relationships.models import Position
from tests.ledger import imported
from tests.profitability.test_runs import ACCOUNTS, COSTS, EVENTS, LINES, MODEL
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
INHERITED: list = []  # connections of the parent, in a process of its own


@pytest.fixture
def ledger(tmp_path):
    imported(
        tmp_path / "in",
        accounts=ACCOUNTS,
        order_lines=LINES,
        activity_events=EVENTS,
        resource_costs=COSTS,
        cost_model=MODEL,
    )


@contextmanager
def killed_at(statement: int):
    """Kill this process, as the system would, before its nth statement."""
    seen = 0

    def count(execute, sql, params, many, context):
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def in_a_process_killed_at(statement: int, run: Run) -> bool:
    """Do the run in a process of its own; whether it was killed before it had finished."""
    connections.close_all()
    child = os.fork()
    if not child:
        leave_inherited_connections()
        with killed_at(statement):
            perform(run.pk)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def leave_inherited_connections() -> None:
    """Have this process make its own. A loop that runs in the parent, such as the browser's, hides those of before it
    from `close_all()`; on such a one the database would not notice that this process is killed, and keep its locks."""
    for each in connections.all(initialized_only=True):
        INHERITED.append(each.connection)  # dropped, it would be closed for the parent too
        each.connection = None


def test_a_run_killed_before_any_of_its_statements_is_done_again_with_the_same_result(ledger):
    untouched = request_run(month_from=202601, month_to=202602)
    assert perform(untouched.pk)
    untouched.refresh_from_db()
    statement, killed = 1, True

    while killed:
        run = request_run(month_from=202601, month_to=202602)
        killed = in_a_process_killed_at(statement, run)
        published = Publication.objects.get().run_id
        assert published == run.pk if not killed else published in (run.pk, run.pk - 1)
        perform(run.pk)

        run.refresh_from_db()
        assert run.state == Run.State.PUBLISHED
        assert run.result_hash == untouched.result_hash
        assert Publication.objects.get().run_id == run.pk
        for table in (Result, MonthResult, Ranking, Position):
            assert set(table.objects.filter(run=run).values_list("attempt", flat=True)) <= {run.attempts}
        assert Result.objects.filter(run=run).count() == 5
        statement += 1

    assert statement > 30  # it was killed at every one of them


def test_a_real_worker_takes_up_a_run_that_another_one_left_behind(ledger, redis_broker, worker):
    run = request_run(month_from=202601, month_to=202602)
    assert in_a_process_killed_at(25, run)
    Redis.from_url(redis_broker).flushall()  # the message is lost too

    worker(REDIS_URL=redis_broker)  # looks for what others left behind as soon as it is ready

    wait_until(lambda: Run.objects.get(pk=run.pk).state == Run.State.PUBLISHED, what="publication")
    assert Run.objects.get(pk=run.pk).attempts == 2
