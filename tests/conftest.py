"""What tests of all kinds share."""

from __future__ import annotations

pytest_plugins = ("tests.browser.browser_site",)
