"""Lists as files: every row the reader may see, with the columns, filters and order of the list."""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice

from django.http import FileResponse, Http404, StreamingHttpResponse

from accounts.rest import paging
from accounts.rest.columns import RowReader
from accounts.tables.writing import csv_lines, ndjson_lines, write
from profitability.api import groups, rankings, statements
from relationships import api as relationships

PIECE = 2000  # rows
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
LINES = {"csv": csv_lines, "ndjson": ndjson_lines}


class Export:
    """Turns a list into a file of all its rows. CSV and NDJSON go out as they are read; XLSX and Parquet, whose
    index stands at the end, are first written to a file that disappears with the answer."""

    file_name: str
    media_types = list(MEDIA_TYPES.values())

    def parameters(self, request):
        return {name: each for name, each in super().parameters(request).items() if name not in paging.PARAMETERS}

    def get(self, request, file_type):
        if file_type not in MEDIA_TYPES:
            raise Http404
        run = self.run(request)
        sort = self.sorts(request.user)[self.asked.get("ordering") or self.ordering]
        queryset = sort.in_order(self.filtered(self.rows_of(request, run)), forward=True)
        return self.attached(file_type, self.all_rows(request.user, queryset, run))

    def attached(self, file_type: str, rows: Iterable[list]):
        response = self.file(file_type, rows)
        response.headers["Content-Disposition"] = f'attachment; filename="{self.file_name}.{file_type}"'
        return response

    def all_rows(self, user, queryset, run) -> Iterator[list]:
        names = [column.name for column in self.columns]
        rows = RowReader(self.columns_for(user), user).rows(queryset)
        while piece := list(islice(rows, PIECE)):
            for row in self.finished(piece, run):
                yield [row[name] for name in names]

    def file(self, file_type: str, rows: Iterable[list]):
        names = [column.name for column in self.columns]
        if file_type in LINES:
            lines = LINES[file_type](names, rows)
            return StreamingHttpResponse(in_pieces(lines), content_type=MEDIA_TYPES[file_type])
        with tempfile.NamedTemporaryFile(suffix=f".{file_type}") as file:
            if file_type == "parquet":
                from kam_portal.api.parquet import write_parquet  # loads pyarrow, which a web process starts without

                write_parquet(file.name, self.columns, rows)
            else:
                write(file.name, names, rows)
            content = open(file.name, "rb")  # noqa: SIM115  (stays readable when the name is gone)
        return FileResponse(content, content_type=MEDIA_TYPES[file_type])

    def answer_schema(self, method):
        return {"type": "string", "format": "binary"}


def in_pieces(lines: Iterable[str]) -> Iterator[str]:
    """A chunk of the answer for many lines, not for each."""
    lines = iter(lines)
    while piece := "".join(islice(lines, PIECE)):
        yield piece


class ScoresFile(Export, relationships.Scores):
    """All scores the reader may see, as a file."""

    file_name = "scores"


class ProfitabilityFile(Export, statements.Profitability):
    """All profit and loss statements the reader may see, as a file."""

    file_name = "profitability"


class ProfitabilityGroupsFile(Export, groups.ProfitabilityGroups):
    """The profit and loss statement of every group, as a file."""

    file_name = "profitability_groups"

    def get(self, request, file_type):
        if file_type not in MEDIA_TYPES:
            raise Http404
        run = self.run(request)
        rows = self.every_row(request, run, self.filtered(self.rows_of(request, run)))
        return self.attached(file_type, (list(row.values()) for row in rows))


class RankingsFile(Export, rankings.Rankings):
    """A ranking of all accounts the reader may see, as a file."""

    file_name = "rankings"
