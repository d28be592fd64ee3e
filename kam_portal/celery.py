"""The Celery application and the whole schedule.

The database row of a run is its queue of record. Messages only wake a worker: a lost or doubled one does no harm.
"""

import logging
import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam_portal.settings")

from django.conf import settings

from kam_portal import broker

TASK_LIMIT_SECONDS = 2 * 60 * 60
EACH_MINUTE = "kam_portal.tasks.take_up_waiting"
REDIS_OPTIONS = {
    "visibility_timeout": TASK_LIMIT_SECONDS + 600,  # longer than the longest run, else it is delivered twice
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 10,
    "socket_timeout": 5,
    "socket_keepalive": True,
}


def schedule() -> dict[str, dict[str, Any]]:
    """What happens when: a name, the task, its time (in TIME_ZONE)."""
    hour, minute = settings.NIGHTLY_AT.split(":")
    signals_hour, signals_minute = settings.SIGNALS_AT.split(":")
    return {
        "nightly run": {"task": "kam_portal.tasks.nightly", "schedule": crontab(hour=hour, minute=minute)},
        "signals": {
            "task": "kam_portal.tasks.find_signals",
            "schedule": crontab(hour=signals_hour, minute=signals_minute),
        },
        "e-mails of what needs attention": {
            "task": "kam_portal.tasks.send_digests",
            "schedule": digest_rounds(settings.DIGEST_AT),
        },
        "waiting runs": {
            "task": EACH_MINUTE,
            "schedule": timedelta(seconds=60),
            "options": {"expires": 55},  # no use in answering the same question twice after a pause
        },
    }


def digest_rounds(at: str) -> crontab:
    """On working days at that time, and each hour of the morning after it for those whose mail could not be sent."""
    hour, minute = map(int, at.split(":"))
    hours = ",".join(str(each) for each in range(hour, min(hour + 6, 24)))
    return crontab(minute=minute, hour=hours, day_of_week="mon-fri")


def settings_of_broker() -> dict[str, Any]:
    """Redis where it is set, else a folder of this machine."""
    if settings.REDIS_URL:
        return {"broker_url": settings.REDIS_URL, "broker_transport_options": REDIS_OPTIONS}
    return {
        "broker_url": f"{broker.SCHEME}://localhost",
        "broker_transport_options": broker.options(settings.BROKER_DIR),
    }


def worth_a_line(record: logging.LogRecord) -> bool:
    """The look for waiting runs comes each minute: its log lines would bury the others."""
    return record.levelno > logging.INFO or EACH_MINUTE not in record.getMessage()


for name in ("celery.worker.strategy", "celery.app.trace"):
    logging.getLogger(name).addFilter(worth_a_line)

app = Celery("kam_portal")
app.conf.update(
    settings_of_broker(),
    beat_schedule=schedule(),
    timezone=settings.TIME_ZONE,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=TASK_LIMIT_SECONDS,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
    broker_connection_max_retries=None,
    broker_connection_retry_on_startup=True,
)
app.autodiscover_tasks()


@worker_ready.connect
def take_up_at_once(**_signal: Any) -> None:
    """What a killed worker left behind is taken up by the next one that starts, not only at the next minute."""
    app.send_task("kam_portal.tasks.take_up_waiting", expires=55)
