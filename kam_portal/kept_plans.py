"""What was submitted of a plan cannot be changed: the database itself refuses it, whoever asks and by whatever way.

A version is added in review, and from then on only goes its way: approved, returned or withdrawn, and superseded once
it was approved. Its document, its number and whose it is stay, and it is never removed. What an approver said of it
stays too, and nobody speaks of a version that is decided.
"""

# ruff: noqa: S608 (all texts in these statements are our own)

from collections.abc import Iterator, Set

from django.db import connection

from kam_portal.triggers import function, on_row, refusal, trigger
from relationships.models import PlanApproval, PlanVersion

VERSIONS, APPROVALS = PlanVersion._meta.db_table, PlanApproval._meta.db_table
REFUSED = "what was submitted of a plan cannot be changed"
REFUSED_WORD = "what was said of a submitted plan cannot be changed"
GOES = ("state", "decided_at")  # the columns that change on its way
WAYS = (
    "(OLD.state = 'in_review' AND NEW.state IN ('approved', 'returned', 'withdrawn'))"
    " OR (OLD.state = 'approved' AND NEW.state = 'superseded')"
)
IS_NEW = f"""NEW.state <> 'in_review' OR EXISTS (SELECT 1 FROM {VERSIONS} WHERE id = NEW.id
 OR (plan_id = NEW.plan_id AND (number = NEW.number OR state = 'in_review')))"""
IS_DECIDED = f"EXISTS (SELECT 1 FROM {VERSIONS} WHERE id = NEW.version_id AND state <> 'in_review')"
SAID_BEFORE = f"""EXISTS (SELECT 1 FROM {APPROVALS} WHERE id = NEW.id
 OR (version_id = NEW.version_id AND side = NEW.side))"""


def statements(there: Set[str]) -> Iterator[str]:
    """The triggers, if the tables are there."""
    if there >= {VERSIONS, APPROVALS}:
        yield from _postgres() if connection.vendor == "postgresql" else _sqlite()


def _columns() -> list[str]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, VERSIONS)
    return [column.name for column in described if column.name not in GOES]


def _sqlite() -> Iterator[str]:
    same = " AND ".join(f'OLD."{name}" IS NEW."{name}"' for name in _columns())
    yield on_row("version_update", "UPDATE", VERSIONS, f"NOT ({same} AND ({WAYS}))", REFUSED)
    yield on_row("version_delete", "DELETE", VERSIONS, "TRUE", REFUSED)
    yield on_row("version_insert", "INSERT", VERSIONS, IS_NEW, REFUSED)
    yield on_row("word_update", "UPDATE", APPROVALS, "TRUE", REFUSED_WORD)
    yield on_row("word_delete", "DELETE", APPROVALS, "TRUE", REFUSED_WORD)
    yield on_row("word_insert", "INSERT", APPROVALS, f"{IS_DECIDED} OR {SAID_BEFORE}", REFUSED_WORD)


def _postgres() -> Iterator[str]:
    """Tables of few rows: a look at each. Whether one is there already, the unique constraints say here."""
    new, old = (f"to_jsonb({row}) - '{GOES[0]}' - '{GOES[1]}'" for row in ("NEW", "OLD"))
    yield function("refuse_version", refusal(f"{new} IS DISTINCT FROM {old} OR NOT ({WAYS})", REFUSED, "NEW"))
    yield function("refuse_new_version", refusal("NEW.state <> 'in_review'", REFUSED, "NEW"))
    yield function("refuse_version_gone", refusal("TRUE", REFUSED))
    yield function("refuse_word", refusal(IS_DECIDED, REFUSED_WORD, "NEW"))
    yield function("refuse_word_gone", refusal("TRUE", REFUSED_WORD))
    yield trigger("version_update", f"BEFORE UPDATE ON {VERSIONS} FOR EACH ROW", "refuse_version")
    yield trigger("version_insert", f"BEFORE INSERT ON {VERSIONS} FOR EACH ROW", "refuse_new_version")
    yield trigger("word_insert", f"BEFORE INSERT ON {APPROVALS} FOR EACH ROW", "refuse_word")
    yield trigger("word_update", f"BEFORE UPDATE ON {APPROVALS} FOR EACH ROW", "refuse_word_gone")
    for name, table in (("version", VERSIONS), ("word", APPROVALS)):
        yield trigger(f"{name}_delete", f"BEFORE DELETE ON {table} FOR EACH ROW", f"refuse_{name}_gone")
        yield trigger(f"{name}_truncate", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT", f"refuse_{name}_gone")
