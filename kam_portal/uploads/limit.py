"""Refuses what is too large before any of it is read: the form's own check would come after all is stored."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

FORM_AROUND = 1 << 20  # the other fields of a form that brings a file


class UploadLimit:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if size_of(request) > settings.IMPORT_MAX_BYTES + FORM_AROUND:
            return too_large(request)
        return self.get_response(request)


def size_of(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def too_large(request: HttpRequest) -> HttpResponse:
    limit = _("At most %(size)s MB can be uploaded here; on the server, import_data takes larger files.")
    limit %= {"size": settings.IMPORT_MAX_BYTES >> 20}
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "Content too large", "status": 413, "detail": limit}
        return JsonResponse(problem, status=413, content_type="application/problem+json")
    return render(request, "413.html", {"limit": limit}, status=413)
