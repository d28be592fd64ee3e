"""A first look into an upload, by a worker: its columns, its first rows, and what it probably is."""

from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from accounts.models import Import
from accounts.tables import Mapping, Unusable
from kam_portal.uploads.guesses import Guess, guess, has_decimal_comma, rules_of
from kam_portal.uploads.kinds import DOCUMENTS, SCHEMAS, kinds_of

ROWS_SHOWN = 5
TEXT_SHOWN = 80
LOOKED_AT = 1_000  # distinct texts of a column
Sample = dict[str, object]


def look_into(draft_id: int) -> None:
    """Note in a draft what its file holds. Does nothing when that is noted, or the draft is gone."""
    draft = Import.objects.filter(pk=draft_id, state=Import.State.DRAFT, sample={}).first()
    if draft is None:
        return
    try:
        sample = sample_of(draft)
    except Unusable as error:
        sample = {"message": error.sentence}
    except OSError as error:
        sample = {"message": _("cannot be read: %s.") % error.strerror}
    if headers := sample.get("headers"):
        found = Guess(draft.kind, draft.mapping) if draft.mapping else guessed(draft, headers)
        draft.kind, draft.mapping = found.kind, found.rules
        sample |= {"source": found.source, "source_name": found.name}
        if draft.decimal == "." and has_decimal_comma(numbers_in(draft)):
            draft.decimal = sample["decimal"] = ","
    unseen = Import.objects.filter(pk=draft_id, state=Import.State.DRAFT, sample={})
    unseen.update(sample=sample, kind=draft.kind, mapping=draft.mapping, decimal=draft.decimal)


def guessed(draft: Import, headers: list[str]) -> Guess:
    kinds = [draft.kind] if draft.kind else kinds_of(draft.created_by)
    return guess(headers, draft.kind, kinds, taken_before(headers, kinds))


def taken_before(headers: list[str], kinds: list[str]) -> Guess | None:
    """The rules by which a file with these columns last went in."""
    done = Import.objects.filter(kind__in=kinds, state=Import.State.DONE, sample__headers=headers)
    last = done.exclude(mapping={}).order_by("-pk").first()
    return Guess(last.kind, last.mapping, "before", last.file_name) if last else None


def sample_of(draft: Import) -> Sample:
    """Headers and first rows as texts. Raises Unusable in words."""
    path = Path(draft.file.path)
    if path.suffix in (".yaml", ".yml"):
        return document(path, draft)
    from accounts.tables.reading import opened

    source = opened(path, draft.kind, draft.encoding)
    places = list(range(len(source.headers)))
    first = next(source.pieces(places), None)
    rows = [[] for _row in range(min(ROWS_SHOWN, first.length if first else 0))]
    for place in places:
        for row, text in zip(rows, islice(first.columns[place], ROWS_SHOWN) if first else [], strict=False):
            row.append(str(text.as_py() or "")[:TEXT_SHOWN])
    return {"headers": source.headers, "rows": rows}


def numbers_in(draft: Import) -> list[str]:
    """Distinct texts, from the start of a CSV file, of the columns that its rules take for numbers."""
    path = Path(draft.file.path)
    schema = SCHEMAS.get(draft.kind)
    if schema is None or not path.name.lower().endswith((".csv", ".csv.gz")):
        return []
    from accounts.tables.reading import opened
    from accounts.tables.schema import DECIMALS

    source = opened(path, draft.kind, draft.encoding)
    columns = draft.mapping.get("columns", {})
    numbers = {columns[name] for name in columns if (ours := schema.column(name)) and ours.type in DECIMALS}
    places = [place for place, header in enumerate(source.headers) if header in numbers]
    first = next(source.pieces(places), None) if places else None
    texts = [first.columns[place].dictionary[:LOOKED_AT].to_pylist() for place in places] if first else []
    return [text.strip() for column in texts for text in column if text]


def document(path: Path, draft: Import) -> Sample:
    """A YAML file is taken as a whole; only that it is no map is looked at."""
    if draft.kind and draft.kind not in DOCUMENTS:
        return {
            "message": _("is a YAML file; only cost models and criteria sets are. A table is CSV, XLSX or Parquet.")
        }
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        is_map = bool(rules_of(Mapping.of(text)))
    except Unusable:
        is_map = False
    if is_map:
        return {"message": _("holds the rules of a map. Upload the table that it is for, then choose the map.")}
    if not draft.kind:
        draft.kind = "cost_model" if "\npools:" in text else "criteria" if "\nattractiveness:" in text else ""
    return {"document": True}
