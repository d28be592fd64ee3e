"""The folder broker, with several processes at once."""

import multiprocessing
from pathlib import Path
from queue import Empty

from kombu import Connection

from kam_portal import broker

MESSAGES, SENDERS, READERS = 150, 3, 3
START = multiprocessing.get_context("spawn")


def connect(folder: Path) -> Connection:
    return Connection(f"{broker.SCHEME}://localhost", transport_options=broker.options(folder))


def names(folder: Path) -> list[str]:
    return [path.name for path in (folder / "messages").iterdir()]


def send(folder: Path, sender: int) -> None:
    with connect(folder) as connection:
        channel = connection.channel()
        for number in range(MESSAGES):
            channel._put("celery", {"body": f"{sender}-{number}", "padding": "x" * 20_000})


def read(folder: Path, stop, found) -> None:
    got = []
    with connect(folder) as connection:
        channel = connection.channel()
        while True:
            last_look = stop.is_set()
            try:
                got.append(channel._get("celery")["body"])
            except Empty:
                if last_look:
                    break
    found.put(got)


def bind(folder: Path, number: int) -> None:
    with connect(folder) as connection:
        for sub in range(20):
            connection.channel()._queue_bind("shared", "key", "", f"queue-{number}-{sub}")


def together(*processes) -> None:
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0


def test_of_many_readers_and_writers_each_message_reaches_exactly_one(tmp_path):
    stop, found = START.Event(), START.Queue()
    readers = [START.Process(target=read, args=(tmp_path, stop, found)) for _ in range(READERS)]
    for reader in readers:
        reader.start()

    together(*(START.Process(target=send, args=(tmp_path, sender)) for sender in range(SENDERS)))
    stop.set()
    got = [body for _ in readers for body in found.get(timeout=60)]

    assert sorted(got) == sorted(f"{sender}-{number}" for sender in range(SENDERS) for number in range(MESSAGES))
    assert names(tmp_path) == []


def test_a_message_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    seen = []
    replace = Path.replace

    def look_first(draft, path):
        seen.append((reader_finds_something(tmp_path), draft.read_text()))
        return replace(draft, path)

    monkeypatch.setattr(Path, "replace", look_first)
    channel = connect(tmp_path).channel()
    channel._put("celery", {"body": "whole"})

    assert seen == [(False, '{"body": "whole"}')]
    assert channel._get("celery") == {"body": "whole"}


def reader_finds_something(folder: Path) -> bool:
    channel = connect(folder).channel()
    return channel._size("celery") > 0


def test_messages_come_in_the_order_they_were_sent(tmp_path):
    channel = connect(tmp_path).channel()
    for number in range(20):
        channel._put("celery", {"body": number})

    assert [channel._get("celery")["body"] for _ in range(20)] == list(range(20))


def test_a_reader_takes_only_its_own_queue(tmp_path):
    channel = connect(tmp_path).channel()
    channel._put("celery", {"body": "run"})
    channel._put("celery@host.celery.pidbox", {"body": "ping"})

    assert channel._get("celery@host.celery.pidbox") == {"body": "ping"}
    assert channel._get("celery") == {"body": "run"}


def test_a_damaged_message_is_dropped_and_the_next_one_is_read(tmp_path):
    channel = connect(tmp_path).channel()
    (tmp_path / "messages" / f"{0:020d}_0.celery.msg").write_text("")
    channel._put("celery", {"body": "good"})

    assert channel._get("celery") == {"body": "good"}
    assert names(tmp_path) == []


def test_bindings_made_at_once_are_all_kept(tmp_path):
    together(*(START.Process(target=bind, args=(tmp_path, number)) for number in range(3)))

    rows = connect(tmp_path).channel().get_table("shared")

    assert sorted(row.queue for row in rows) == sorted(f"queue-{n}-{sub}" for n in range(3) for sub in range(20))


def test_a_deleted_queue_loses_its_binding_and_its_messages(tmp_path):
    channel = connect(tmp_path).channel()
    for queue in ("first", "second"):
        channel._queue_bind("shared", "key", "", queue)
        channel._put(queue, {"body": queue})

    channel._delete("first", "shared", "key", "")

    assert [row.queue for row in channel.get_table("shared")] == ["second"]
    assert channel._size("first") == 0 and channel._size("second") == 1


def test_a_celery_application_sends_and_receives_through_the_folder(tmp_path):
    with connect(tmp_path) as sender, connect(tmp_path) as receiver:
        sender.SimpleQueue("runs").put({"run": 7})
        message = receiver.SimpleQueue("runs").get(timeout=5)
        message.ack()

    assert message.payload == {"run": 7}
