"""The broker of one machine without Redis: kombu's folder of messages, made safe for several processes.

Kombu writes each file in place, so a reader can take it while it is empty; that ends the worker and loses
the message. Here a file appears complete or not at all, and of several readers exactly one gets it.
"""

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)
SCHEME = "folder"
TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"

Binding = tuple[str, str, str]


def options(folder: Path) -> dict[str, Any]:
    """Transport options for a broker that lives in this folder."""
    messages = str(folder / "messages")
    return {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "control_folder": str(folder / "control"),
        "polling_interval": 0.2,
    }


def write_whole(path: Path, text: str) -> None:
    """Write a file that no reader ever sees half-written."""
    draft = path.with_name(f".{uuid.uuid4().hex}.draft")
    draft.write_text(text)
    draft.replace(path)


class Channel(filesystem.Channel):
    """One connection's view of the folder."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.messages = Path(self.data_folder_in)
        for folder in (self.messages, self.control_folder):
            folder.mkdir(parents=True, exist_ok=True)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        write_whole(self.messages / name, dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for name in sorted(os.listdir(self.messages)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            text = claim(self.messages / name)
            if text is None:
                continue
            try:
                return loads(text)
            except ValueError:
                # A power cut can leave a file without its content. The run's row knows what was asked.
                log.error("Message %s is damaged and was dropped.", name)
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda rows: rows if row in rows else [row, *rows])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda rows: [other for other in rows if other != row])

    def _change_table(self, exchange: str, change: Callable[[list[Binding]], list[Binding]]) -> None:
        with exclusive(self.control_folder / ".lock"):
            before = self.get_table(exchange)
            after = change(before)
            if after != before:
                write_whole(self._exchange_file(exchange), dumps(after))


class Transport(filesystem.Transport):
    """The folder as kombu sees it; the URL is `folder://`."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Wait half a second at most: between two waits a worker looks whether it should stop."""
        super().drain_events(connection, timeout=timeout and min(timeout, 0.5))


def claim(path: Path) -> str | None:
    """Take one message out of the folder; None when another reader was first. Who can delete it, owns it."""
    try:
        text = path.read_text()
        path.unlink()
    except FileNotFoundError:
        return None
    return text


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Let one process at a time into the block."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
