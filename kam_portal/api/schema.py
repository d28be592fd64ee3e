"""The OpenAPI description, read from what the views declare."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from kam_portal.api import problems

ERRORS = {
    400: "A parameter or value was not accepted; `errors` names each",
    401: "No token, or not a valid one",
    403: "Not allowed, or the token lacks the scope",
    404: "Missing, or not for the reader to see",
    429: "Too many calls; Retry-After says when to come back",
}

UNMATCHED = {412: "It has changed since it was read", 428: "If-Match is missing"}


class ApiSchema(AutoSchema):
    """Describes a view by its declared parameters, scope and answer."""

    def get_override_parameters(self):
        described = self.view.parameters(None) if self.method == "GET" else {}
        listed = [
            OpenApiParameter(name, parameter.schema, description=parameter.description)
            for name, parameter in described.items()
        ]
        keys = getattr(self.view, "takes_idempotency_key", False) and self.method == "POST"
        matched = self.method in getattr(self.view, "takes_if_match", ())
        return listed + ([_IDEMPOTENCY_KEY] if keys else []) + ([_IF_MATCH] if matched else [])

    def get_request_serializer(self):
        return getattr(self.view, "body_schema", None) if self.method in {"POST", "PATCH"} else None

    def get_response_serializers(self):
        success = {"POST": getattr(self.view, "accepted", 202), "DELETE": 204}.get(self.method, 200)
        media = getattr(self.view, "media_types", ["application/json"])
        answers = {(success, kind): OpenApiResponse(self._answer(), "Done") for kind in media}
        if success == 204:
            answers = {success: OpenApiResponse(None, "Done")}
        errors = ERRORS | ({422: "The key was used before, for something else"} if self.method == "POST" else {})
        errors |= UNMATCHED if self.method in getattr(self.view, "takes_if_match", ()) else {}
        return answers | {
            (status, problems.MEDIA_TYPE): OpenApiResponse(problems.SCHEMA, text) for status, text in errors.items()
        }

    def _answer(self):
        return self.view.answer_schema(self.method)

    def get_tags(self):
        return [self.view.__module__.split(".")[0]]

    def get_operation_id(self):
        return f"{type(self.view).__name__}_{self.method.lower()}"

    def get_extensions(self):
        scope = self.view.scope[self.method] if isinstance(self.view.scope, dict) else self.view.scope
        return {"x-scope": scope.value} if scope else {}


_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, "header", description="The same key with the same body is done once, and answered alike"
)

_IF_MATCH = OpenApiParameter("If-Match", str, "header", required=True, description="The ETag that a read of it gave")


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "kam_portal.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "manage.py create_token makes one"}
