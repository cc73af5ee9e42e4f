"""A second opinion: openapi-core judges answers, so that our own validator does not mark its own homework."""

from __future__ import annotations

import json

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse


class Oracle:
    """Judges answers by a document, given as published."""

    def __init__(self, document, base_path):
        self._base_path = base_path
        config = Config(
            extra_media_type_deserializers={
                "application/problem+json": json.loads,
                # Octets are no `string` to openapi-core; as text it can tell whether they may stand there.
                "image/png": lambda octets: octets.decode("latin-1"),
            },
            spec_validator_cls=None,
        )
        self._api = OpenAPI.from_dict(
            {**document, "servers": [{"url": "http://mock.example"}]}, config=config
        )

    def complaint(self, method, path, template, response):
        """What is wrong with an httpx2 response to `method path`, empty when nothing is."""
        request = MockRequest(
            "http://mock.example", method.lower(), path.removeprefix(self._base_path), template
        )
        answer = MockResponse(
            data=response.content,
            status_code=response.status_code,
            headers=dict(response.headers),
            content_type=response.headers.get("content-type", ""),
        )
        try:
            self._api.validate_response(request, answer)
        except OpenAPIError as error:
            causes = [str(cause) for cause in getattr(error.__cause__, "schema_errors", [])]
            return f"{type(error).__name__}: {error} {error.__cause__ or ''} {causes}"
        return ""
