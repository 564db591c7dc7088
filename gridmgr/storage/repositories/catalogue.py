"""Enforcement items."""

from __future__ import annotations

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import FlatRepository


class CatalogueRepository(FlatRepository[CatalogueItem]):
    """Items by code."""

    table = schema.catalogue_item
    kind = CatalogueItem
    key = "code"
