"""Keys of other programs."""

from __future__ import annotations

from gridmgr.domain.apikeys import ApiKey
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import FlatRepository


class ApiKeyRepository(FlatRepository[ApiKey]):
    """Keys by their public part."""

    table = schema.api_key
    kind = ApiKey
    key = "id"
