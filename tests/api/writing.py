"""Writes over REST as a careful client sends them."""


def patch(client, path: str, body: dict, tag: str | None = None, **headers):
    tag = tag or client.get(path).headers["ETag"]
    return client.patch(path, body, format="json", headers={"If-Match": tag} | headers)


def post(client, path: str, body: dict, **headers):
    return client.post(path, body, format="json", headers=headers)


def delete(client, path: str, tag: str | None = None):
    return client.delete(path, headers={"If-Match": tag or client.get(path).headers["ETag"]})


def fields(response) -> set[str]:
    """The fields that an answer refuses."""
    assert response.status_code == 400, response.content
    return {error["field"] for error in response.json()["errors"]}
