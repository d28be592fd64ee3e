"""Tags of answers. A tag is taken from the answer itself: it changes exactly when what this reader may see
changes, whether a new run, a corrected name or another role was the cause, and it tells nothing else."""

from hashlib import blake2b

from django.utils.cache import get_conditional_response, patch_vary_headers

REVALIDATE = "private, no-cache"


def tagged(request):
    """Callback for a rendered response: adds the tag, or answers 304 when the reader has these bytes already."""

    def tag(response):
        patch_vary_headers(response, ["Authorization", "Cookie"])
        response.headers["Cache-Control"] = REVALIDATE
        response.headers["ETag"] = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
        return get_conditional_response(request, etag=response.headers["ETag"], response=response)

    return tag
