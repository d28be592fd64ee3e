from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from kam_portal.frozen import thawed
from kam_portal.recompute import recompute
from profitability.models import ArchivedMonth, ClosedMonth, OrderLine, RolledMonth, Run
from profitability.rollup import archive, closed, roll_up
from tests.ledger import imported
from tests.profitability.test_runs import ACCOUNTS, COSTS, EVENTS, LINES, MODEL

pytestmark = pytest.mark.django_db(transaction=True)
DATABASE, COLUMNAR = "database", "columnar"


@pytest.fixture
def ledger(tmp_path):
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **tables)


def close(month: int) -> ArchivedMonth:
    ClosedMonth.objects.create(month=month)
    return archive.write(month)


def reopen(month: int) -> None:
    archive.drop(month)
    ClosedMonth.objects.get(month=month).delete()


def net_revenue(engine: str) -> int:
    return int(roll_up(202601, 202602, engine).measures["net_revenue"].sum())


def test_every_engine_gives_the_same_run_with_open_and_with_closed_months(ledger):
    runs = [recompute(202601, 202602, engine=engine) for engine in (DATABASE, COLUMNAR)]
    close(202601)
    runs += [recompute(202601, 202602, engine=engine) for engine in (DATABASE, COLUMNAR, DATABASE)]

    assert {(run.state, run.message) for run in runs[:-1]} == {(Run.State.PUBLISHED, "")}
    assert len({run.result_hash for run in runs}) == 1
    assert len({run.input_fingerprint for run in runs}) == 1


def test_the_command_takes_the_name_of_the_engine(ledger, capsys):
    call_command("recompute", "--from", "2026-01", "--to", "2026-02", "--engine", COLUMNAR)

    assert Run.objects.get().engine == COLUMNAR


def test_a_closed_month_is_read_once(ledger):
    close(202601)
    before = net_revenue(DATABASE)
    with thawed():  # nothing of ours does this to a closed month
        OrderLine.objects.filter(month=202601).update(net_amount=1)

    assert net_revenue(DATABASE) == net_revenue(COLUMNAR) == before


def test_the_file_of_a_month_is_the_same_each_time_it_is_written(ledger):
    first, second = close(202601), archive.write(202601)

    assert (first.path, first.sha256, first.rows) == (second.path, second.sha256, 6)  # 4 lines, 2 events
    assert archive.verified(second).read_bytes()[:4] == b"PAR1"
    assert list(archive.folder().glob("unfinished-*")) == []


def test_a_reopened_month_is_read_from_the_ledger_again(ledger, tmp_path):
    path = archive.path_of(close(202601))
    before = net_revenue(DATABASE)

    reopen(202601)
    more = "order_id line_no ordered_on account_code quantity net_amount\n9 1 2026-01-09 A 1 0.0001"
    imported(tmp_path / "more", order_lines=more)

    assert not path.exists()
    assert net_revenue(DATABASE) == net_revenue(COLUMNAR) == before + 1
    close(202601)
    assert net_revenue(DATABASE) == net_revenue(COLUMNAR) == before + 1


def test_a_file_from_before_the_latest_closing_is_not_used(ledger, tmp_path):
    close(202601)
    before = net_revenue(DATABASE)
    ClosedMonth.objects.get(month=202601).delete()  # and its file was forgotten
    more = "order_id line_no ordered_on account_code quantity net_amount\n9 1 2026-01-09 A 1 0.0001"
    imported(tmp_path / "more", order_lines=more)

    assert net_revenue(DATABASE) == before + 1
    again = ClosedMonth.objects.create(month=202601)
    ClosedMonth.objects.filter(pk=again.pk).update(closed_at=timezone.now() + timedelta(seconds=1))
    assert net_revenue(DATABASE) == net_revenue(COLUMNAR) == before + 1


def test_an_open_month_has_no_file(ledger):
    with pytest.raises(ClosedMonth.DoesNotExist):
        archive.write(202601)

    assert not ArchivedMonth.objects.exists()


@pytest.mark.parametrize("engine", [DATABASE, COLUMNAR])
def test_a_damaged_file_stops_the_run_and_is_named(ledger, engine):
    good = recompute(202601, 202602)
    path = archive.path_of(close(202601))
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    bad = recompute(202601, 202602, engine=engine)

    assert bad.state == Run.State.FAILED
    assert path.relative_to(settings.VAR_DIR).as_posix() in bad.message
    assert "damaged" in bad.message
    good.refresh_from_db()
    assert good.state == Run.State.PUBLISHED


@pytest.mark.parametrize("engine", [DATABASE, COLUMNAR])
def test_a_missing_file_stops_the_run_and_is_named(ledger, engine):
    path = archive.path_of(close(202601))
    path.unlink()

    bad = recompute(202601, 202602, engine=engine)

    assert bad.state == Run.State.FAILED
    assert path.name in bad.message
    assert "missing" in bad.message


def test_other_measures_make_what_was_kept_worthless(ledger, monkeypatch):
    close(202601)
    before = net_revenue(DATABASE)
    RolledMonth.objects.update(measures=closed.packed({"account": [], "month": []}))
    monkeypatch.setattr(closed, "QUESTIONS", ("another question",))

    assert net_revenue(DATABASE) == before
