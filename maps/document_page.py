"""Office documents as one HTML file, A4, no script, nothing from outside."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from maps.templating import environment


def document_page(data: Mapping[str, Any], pictures: Sequence[bytes] = ()) -> str:
    """Render documents.

    Parameters
    ----------
    data
        As `gridmgr.services.documents.as_data` gives it.
    pictures
        JPEGs, by the index the data names.

    Returns
    -------
    str
        A complete HTML document.
    """
    return (
        environment()
        .get_template("office_document.html")
        .render(
            lang="zh-CN" if data["lang"] == "zh" else data["lang"],
            page=data["page"],
            documents=data["documents"],
            pictures=[base64.b64encode(content).decode() for content in pictures],
            landscape=any(item["landscape"] for item in data["documents"]),
        )
    )
