"""The two shapes of read views: one object, and a list of rows."""

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from accounts.rest import paging
from accounts.rest.columns import Column, RowReader, schema_of, sortable
from accounts.rest.etag import tagged
from accounts.rest.paging import Cursor, Sort
from accounts.rest.parameters import Parameter, choice, read_parameters
from accounts.rest.scopes import Scope

RUN_SCHEMA = {
    "type": ["object", "null"],
    "description": "The run behind the figures",
    "properties": {
        "id": {"type": "integer"},
        "as_of": {"type": "string", "format": "date"},
        "model": {"type": ["string", "null"]},
        "published_at": {"type": "string", "format": "date-time"},
    },
}
LINK_SCHEMA = {"type": ["string", "null"], "format": "uri"}


class FirstRenderer(BaseContentNegotiation):
    """What a view answers with does not depend on Accept: a client that asks for less precise types is served."""

    def select_parser(self, request, parsers):
        return next((parser for parser in parsers if _matches(parser.media_type, request.content_type)), None)

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


def _matches(media_type: str, content_type: str) -> bool:
    return media_type == (content_type or "").partition(";")[0].strip().lower()


class ApiView(APIView):
    """Declares who may call it (`policy`) and which token scope it takes; both may differ by method, as a dict."""

    policy: Permission | dict[str, Permission]
    scope: Scope | dict[str, Scope]
    declared: dict[str, Parameter] = {}
    content_negotiation_class = FirstRenderer
    metadata_class = None  # OPTIONS would describe fields whoever asks

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404
        self.asked = read_parameters(request.query_params, self.parameters(request))

    def parameters(self, request) -> dict[str, Parameter]:
        """The query parameters this reader may use, on this method. `request` is None for the description."""
        return self.declared if request is None or request.method in {"GET", "HEAD"} else {}

    def answer_schema(self, method: str) -> dict:
        return {"type": "object"}

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in {"GET", "HEAD"} and response.status_code == 200 and not response.streaming:
            response.add_post_render_callback(tagged(request))
        return response


class ListView(ApiView):
    """Rows of one queryset for one reader, by pages. Whoever may not see a column cannot order by it either."""

    columns: tuple[Column, ...]
    filters: dict[str, tuple[str, Parameter]] = {}  # parameter: (lookup, how it is read)
    ordering = "code"
    tie = "code"
    results = "results"  # the envelope's name for the rows

    def columns_for(self, user) -> tuple[Column, ...]:
        """What is read from the database; `finished` may turn it into the columns that are told."""
        return self.columns

    def rows_of(self, request, run):
        """The queryset behind the list, for this reader."""
        raise NotImplementedError

    def run(self, request):
        """The run asked for, or the published one; nothing where there is none."""

    def run_summary(self, run) -> dict | None:
        """The run as the envelope names it."""

    def parameters(self, request):
        if request is not None and request.method not in {"GET", "HEAD"}:
            return {}
        allowed = dict(self.declared) | {name: parameter for name, (_lookup, parameter) in self.filters.items()}
        return allowed | paging.PARAMETERS | self._ordering_parameter(request)

    def _ordering_parameter(self, request) -> dict[str, Parameter]:
        orders = self.sorts(request.user if request else None)
        if len(orders) < 2:
            return {}
        return {"ordering": choice(orders, self.ordering, "Field to order by; a minus turns it round")}

    def sorts(self, user) -> dict[str, Sort]:
        """The orders open to this reader, by the name they are asked for."""
        orders = {}
        columns = sortable(self.columns, user) if user else {c.name: c for c in self.columns if c.sortable}
        for name, column in columns.items():
            for sign in ("", "-"):
                orders[sign + name] = Sort(sign + name, column.source, bool(sign), column.nullable, self.tie)
        return orders

    def get(self, request, **kwargs):
        cursor = Cursor.read(self.asked["cursor"])
        if cursor and cursor.run:
            self.asked["run"] = self._same_run(cursor)
        run = self.run(request)
        queryset = self.filtered(self.rows_of(request, run, **kwargs))
        return Response(self.envelope(request, run, queryset, cursor))

    def _same_run(self, cursor: Cursor) -> int:
        """A walk over pages stays in its run, even when a newer one is published meanwhile."""
        if self.asked.get("run") not in (None, cursor.run):
            raise ValidationError({"cursor": [_("The cursor belongs to another run.")]})
        return cursor.run

    def filtered(self, queryset):
        for name, (lookup, _parameter) in self.filters.items():
            if self.asked[name] is not None:
                queryset = queryset.filter(**{lookup: self.asked[name]})
        return queryset

    def envelope(self, request, run, queryset, cursor: Cursor | None) -> dict:
        reader = RowReader(self.columns_for(request.user), request.user)
        sort = self.sorts(request.user)[self.asked.get("ordering") or self.ordering]
        found = paging.page(queryset, reader.paths, sort, self.asked["page_size"], cursor, run.pk if run else None)
        answer = {"count": queryset.count()} if self.asked["count"] else {}
        return answer | {
            "next": self._link(request, found.next),
            "previous": self._link(request, found.previous),
            self.results: self.finished([reader.row(row) for row in found.rows], run),
            "run": self.run_summary(run),
        }

    def finished(self, rows: list[dict], run) -> list[dict]:
        """Room for what is looked up for a whole page at once."""
        return rows

    @staticmethod
    def _link(request, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        query = request.query_params.copy()
        query["cursor"] = cursor.text()
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    def answer_schema(self, method):
        properties = {
            "next": LINK_SCHEMA,
            "previous": LINK_SCHEMA,
            self.results: {"type": "array", "items": schema_of(self.columns)},
            "run": RUN_SCHEMA,
            "count": {"type": "integer", "description": "With ?count=1"},
        }
        return {"type": "object", "properties": properties, "required": ["next", "previous", self.results, "run"]}


def row_or_404(queryset, columns, user) -> dict:
    """The one row of a queryset; hidden and missing are told in the same words."""
    reader = RowReader(columns, user)
    values = queryset.values_list(*reader.paths).first()
    if values is None:
        raise Http404
    return reader.row(values)
