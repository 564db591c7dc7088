"""Names and borders of villages for maps of the public: no coverage, no owners."""

from __future__ import annotations

import json

from gridmgr.services.context import Context
from gridmgr.services.queries.layers import collection, village_shapes
from gridmgr.services.queries.memo import Memo, state_key

_BORDERS: Memo[str] = Memo(64)


def names_and_borders(ctx: Context, *, township_code: str | None, most: int) -> str:
    """Villages as GeoJSON with ``code`` and ``name``; nothing where there are more than ``most``."""
    key = (state_key(ctx), township_code, most)
    return _BORDERS.get(key, lambda: _borders(ctx, township_code, most))


def _borders(ctx: Context, township_code: str | None, most: int) -> str:
    with ctx.storage.read() as uow:
        few = uow.villages.count(township_code=township_code) <= most
        villages = uow.villages.find(township_code=township_code) if few else []
    features = []
    for village, shape in zip(villages, village_shapes(villages), strict=True):
        properties = json.dumps({"code": village.code, "name": village.name}, ensure_ascii=False)
        features.append(f'{{"type":"Feature","properties":{properties},"geometry":{shape}}}')
    return collection(features)
