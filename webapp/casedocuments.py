"""Documents of cases, given out to be saved, never shown within our own pages."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response

from gridmgr.services.cases import find_case
from gridmgr.services.files import find_case_document
from webapp.guards import signed_in
from webapp.state import ctx, me

case_documents = Blueprint("case_documents", __name__, url_prefix="/documents")


@case_documents.get("/<file_id>")
@signed_in
def document(file_id: str) -> Response:
    """Give a document to whoever may read its case."""
    case_id, item, content = find_case_document(ctx(), file_id)
    find_case(ctx(), case_id, user=me())
    answer = Response(content, mimetype=item.mime)
    ending = item.filename.rpartition(".")[2]
    # Old browsers read the first name, all others the second (RFC 6266).
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"file.{ending}\"; filename*=UTF-8''{quote(item.filename, safe='')}"
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
