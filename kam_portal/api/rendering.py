"""Answers as JSON. Decimals are written digit by digit: an amount never passes through a float."""

from decimal import Decimal

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        return b"" if data is None else dumps(data)


def dumps(data, options: int = 0) -> bytes:
    return orjson.dumps(data, default=_plain, option=orjson.OPT_UTC_Z | options)


def _plain(value):
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
