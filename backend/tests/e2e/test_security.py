"""Signing in with every factor in a real browser: codes, recovery codes, a passkey; tokens; sessions that are ended."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyotp
import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from backend.tests.e2e.browsing import DESKTOP, Watched, axe, expect_log, go, run_command, set_up, shoot, sign_in
from backend.tests.e2e.consoles import EMAIL, PASSWORD, RunningConsole
from backend.tests.started import PROJECT

pytestmark = pytest.mark.timeout(400)

AXE = PROJECT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningConsole]:
    """By the name `localhost`: a passkey needs a name, and 127.0.0.1 is none."""
    running = RunningConsole(PROJECT, tmp_path / "data")
    assert running.setup_link
    running.url = running.url.replace("127.0.0.1", "localhost")
    running.setup_link = running.setup_link.replace("127.0.0.1", "localhost")
    yield running
    running.stop()


class Phone:
    """An authenticator app. Each code works once, so it gives the next one when it is asked again."""

    def __init__(self, key: str) -> None:
        self._totp = pyotp.TOTP(key.replace(" ", ""))
        self._last = 0

    def code(self) -> str:
        while int(time.time()) // 30 == self._last or time.time() % 30 > 20:  # a busy browser needs seconds to send it
            time.sleep(0.5)
        self._last = int(time.time()) // 30
        return self._totp.now()


@pytest.mark.slow
def test_every_way_in_and_out(own: RunningConsole, new_context: CreateContextCallback) -> None:
    page = new_context(viewport=DESKTOP, base_url=own.url).new_page()
    watched = Watched(page, own.url)
    set_up(page, own)
    go(page, "Settings")
    expect(page.get_by_text("No passkeys yet")).to_be_visible()
    change_the_account(page)
    make_a_token(page, own)
    phone, codes, used = enrol(page)
    add_a_passkey(page)
    shoot(page, "security-1-settings")
    accessible(page)
    narrow(page)
    sign_in_with_a_code(page, phone, used)
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Dashboard").wait_for()
    sign_out(page)
    with_a_recovery_code(page, codes[0])
    confirm_with_the_passkey(page)
    end_the_session_of_another(page, own, new_context, codes[1])
    watched.check(
        "401 POST /api/auth/login", "403 POST /api/auth/recovery-codes", "422 POST /api/auth/totp/confirm",
        "422 POST /api/auth/password", signed_out=True,
    )  # fmt: skip


def change_the_account(page: Page) -> None:
    """There and back, so that the rest of the journey signs in as ever."""
    for current, new in [
        ("wrong password", "x"),
        (PASSWORD, "three unrelated words"),
        ("three unrelated words", PASSWORD),
    ]:
        page.get_by_role("button", name="Change password").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Present password", exact=True).fill(current)
        dialog.get_by_label("New password", exact=True).fill(new)
        dialog.get_by_role("button", name="Change password").click()
        if new == "x":
            expect(dialog.get_by_text("Is not your present password")).to_be_visible()
            expect(dialog.get_by_label("Present password", exact=True)).to_be_focused()
            dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_have_count(0)
    for email in ("other@example.org", EMAIL):
        page.get_by_role("button", name="Change e-mail").click()
        dialog.get_by_label("New e-mail address").fill(email)
        dialog.get_by_role("button", name="Change e-mail").click()
        expect(page.get_by_text(f"Signed in as {email}")).to_be_visible()
        expect(dialog).to_have_count(0)


def make_a_token(page: Page, console: RunningConsole) -> None:
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("clean-up")
    dialog.get_by_label("Scope").select_option("run")
    dialog.get_by_role("button", name="Make token").click()
    token = dialog.get_by_label("Token", exact=True).inner_text()
    dialog.get_by_role("button", name="I have kept it").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Revoke clean-up")).to_be_visible()
    assert token not in page.content()
    # From now on the test's own requests are made with it, which is one more proof that it works.
    console._http = httpx.Client(base_url=console.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert console.get("/api/jobs") == []
    assert console.http.post("/api/auth/tokens", json={"name": "x"}).status_code == 403
    page.reload()
    expect(page.get_by_text(re.compile("last used .* from 127.0.0.1"))).to_be_visible()


def enrol(page: Page) -> tuple[Phone, list[str], str]:
    page.get_by_role("button", name="Set up").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_alt_text("QR code")).to_be_visible()
    shoot(page, "security-2-enrol")
    assert dialog.get_by_alt_text("QR code").evaluate("image => image.complete && image.naturalWidth > 100")
    phone = Phone(dialog.get_by_label("Key", exact=True).inner_text())
    dialog.get_by_label("Code").fill("12")
    dialog.get_by_role("button", name="Turn on").click()
    expect(dialog.get_by_text("Is not the code that the app shows now")).to_be_visible()
    code = phone.code()
    dialog.get_by_label("Code").fill(code)
    dialog.get_by_role("button", name="Turn on").click()
    listed = dialog.get_by_label("Recovery codes").get_by_role("listitem")
    expect(listed).to_have_count(10)
    codes = listed.all_inner_texts()
    shoot(page, "security-3-recovery-codes")
    dialog.get_by_role("button", name="I have kept them").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("10 of 10 left")).to_be_visible()
    return phone, codes, code


def add_a_passkey(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Test key")
    dialog.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Remove Test key")).to_be_visible()


def accessible(page: Page) -> None:
    page.wait_for_timeout(500)  # notes fade in, and what is half transparent has no contrast
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])")
    assert found == []


def narrow(page: Page) -> None:
    page.set_viewport_size(ViewportSize(width=320, height=900))
    page.emulate_media(color_scheme="dark")
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.get_by_role("heading", name="Two-step sign-in").scroll_into_view_if_needed()
    page.wait_for_timeout(400)  # colours fade over
    accessible(page)
    shoot(page, "security-4-narrow-dark")
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
    assert wide <= 0


def sign_out(page: Page) -> None:
    go(page, "Settings")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(re.compile("/login"))


def sign_in_with_a_code(page: Page, phone: Phone, used: str) -> None:
    sign_out(page)
    sign_in(page)
    field = page.get_by_label("Code of your authenticator app")
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    field.fill(used)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("not valid (any more)")).to_be_visible()
    shoot(page, "security-5-second-step")
    accessible(page)
    field.fill(phone.code())
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Dashboard").wait_for()


def with_a_recovery_code(page: Page, code: str) -> None:
    sign_in(page)
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Dashboard").wait_for()


def confirm_with_the_passkey(page: Page) -> None:
    """The server's answer of ten minutes later, once; the confirmation and the repeated request are real."""

    def ten_minutes_later(route: Route) -> None:
        route.fulfill(status=403, json={"detail": "Confirm that it is you.", "code": "step_up_needed"})

    page.route("**/api/auth/recovery-codes", ten_minutes_later, times=1)
    go(page, "Settings")
    expect(page.get_by_text("9 of 10 left")).to_be_visible()
    page.get_by_role("button", name="New codes", exact=True).click()
    page.get_by_role("button", name="Make new codes").click()
    asked = page.get_by_role("dialog", name="Is it still you?")
    expect(asked.get_by_label("Code of your authenticator app")).to_be_visible()
    shoot(page, "security-6-is-it-still-you")
    expect(page.get_by_role("dialog")).to_have_count(1)  # The one below waits, out of sight.
    assert axe(page) == []
    asked.get_by_label("Password", exact=True).press("Escape")
    expect(asked).to_have_count(0)
    expect(page.get_by_role("dialog", name="New recovery codes")).to_contain_text("It was not confirmed")
    expect(page.get_by_role("button", name="Make new codes")).to_be_focused()
    page.route("**/api/auth/recovery-codes", ten_minutes_later, times=1)
    page.get_by_role("button", name="Make new codes").click()
    asked.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_label("Recovery codes").get_by_role("listitem")).to_have_count(10)
    page.get_by_role("button", name="I have kept them").click()


def end_the_session_of_another(
    page: Page, console: RunningConsole, new_context: CreateContextCallback, old_code: str
) -> None:
    other = new_context(viewport=DESKTOP, base_url=console.url).new_page()
    page.get_by_role("button", name="New codes", exact=True).click()
    page.get_by_role("button", name="Make new codes").click()
    fresh = page.get_by_label("Recovery codes").get_by_role("listitem").first.inner_text()
    page.get_by_role("button", name="I have kept them").click()
    other.goto("/login")
    sign_in(other)
    other.get_by_role("button", name="Use a recovery code").click()
    other.get_by_label("Recovery code").fill(old_code)
    other.get_by_role("button", name="Continue").click()
    expect(other.get_by_text("not valid (any more)")).to_be_visible()
    other.get_by_label("Recovery code").fill(fresh)
    other.get_by_role("button", name="Continue").click()
    other.get_by_role("heading", name="Dashboard").wait_for()
    run_command(other, "Watch the machine", {"Seconds": "120"})
    expect_log(other, "load")
    page.reload()
    page.get_by_role("button", name=re.compile("^End the session of")).first.click()
    other.wait_for_url(re.compile("/login"), timeout=15_000)
    expect(other.get_by_text("Your session has ended")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^End the session of"))).to_have_count(0)
