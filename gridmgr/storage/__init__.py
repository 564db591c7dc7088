"""Keeps everything, in SQLite or PostgreSQL/PostGIS. The only place that knows SQL.

`open_storage` gives a `Storage`; ``with storage.read() as uow`` and ``with storage.write(actor) as uow``
give a `UnitOfWork` whose attributes are repositories. A write is rolled back unless ``uow.commit()`` is
called, and cannot be committed without an audit event.
"""

from gridmgr.storage.engine import Storage, open_storage
from gridmgr.storage.uow import UnitOfWork

__all__ = ["Storage", "UnitOfWork", "open_storage"]
