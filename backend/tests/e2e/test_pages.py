"""Every page, in both themes and down to 320 pixels: it is drawn without a complaint and without scrolling sideways."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, StorageState, ViewportSize, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from backend.tests.e2e.browsing import DESKTOP, PHONE, Watched, expect_log, expect_state, run_command, shoot
from backend.tests.e2e.consoles import RunningConsole

Scheme = Literal["light", "dark"]
SMALLEST = ViewportSize(width=320, height=640)
PAGES = {
    "/": "Dashboard", "/commands": "Commands", "/commands/optimize": "Optimise transfers",
    "/commands/make_transfers": "Make transfers", "/jobs": "Jobs", "/secrets": "Secrets", "/audit": "Audit",
    "/settings": "Settings",
    "/no-such-page": "There is no such page",
}  # fmt: skip


@pytest.mark.parametrize(("scheme", "size"), [("light", PHONE), ("dark", DESKTOP), ("dark", SMALLEST)])
def test_every_page_fits(
    console: RunningConsole, admin: StorageState, new_context: CreateContextCallback, scheme: Scheme, size: ViewportSize
) -> None:
    page = new_context(viewport=size, color_scheme=scheme, base_url=console.url, storage_state=admin).new_page()
    watched = Watched(page, console.url)
    for address, heading in PAGES.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        fits(page, f"{scheme}-{size['width']}-{address.strip('/').replace('/', '-') or 'dashboard'}")
    run_command(page, "Memory")
    expect_state(page, "Completed")
    expect_log(page, "MiB")
    for tab in ("Attempts", "Parameters", "Output", "Log"):
        page.get_by_role("tab", name=tab).click()
        fits(page, f"{scheme}-{size['width']}-job-{tab.lower()}")
    expect_log(page, "MiB")
    page.goto("/audit?kind=job")
    expect(page.get_by_text("Memory (system_memory) submitted").first).to_be_visible()
    expect(page.get_by_text("queue.", exact=False)).to_have_count(0)
    page.get_by_role("button", name="Check the chain").click()
    expect(page.get_by_text(re.compile(r"All \d+ rows fit together"))).to_be_visible()
    fits(page, f"{scheme}-{size['width']}-audit-checked")
    watched.check()


def fits(page: Page, name: str) -> None:
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    shoot(page, f"page-{name}")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


def test_an_irreversible_command_asks_for_its_title(
    console: RunningConsole, admin: StorageState, new_context: CreateContextCallback
) -> None:
    page = new_context(viewport=DESKTOP, base_url=console.url, storage_state=admin).new_page()
    page.goto("/commands/make_transfers")
    expect(page.get_by_text("This changes your real team")).to_be_visible()
    expect(page.get_by_role("button", name="Make transfers")).to_be_disabled()
    expect(page.get_by_text("AIrsenal is not installed yet").first).to_be_visible()
