"""What a person does and sees in the browser, as functions."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Locator, Page, Response, TimeoutError, ViewportSize, expect

from backend.tests.e2e.consoles import EMAIL, PASSWORD, RunningConsole
from backend.tests.started import PROJECT

SCREENSHOTS = PROJECT / "test-results" / "screenshots"
DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
LOOKS: list[tuple[Literal["light", "dark"], ViewportSize]] = [
    ("light", DESKTOP), ("dark", DESKTOP), ("dark", PHONE), ("light", PHONE),
    ("light", ViewportSize(width=320, height=640)),
]  # fmt: skip
STATES = re.compile("^(Waiting|Waiting to retry|Running|Cancelling|Completed|Failed|Cancelled)$")

_AXE = """async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
    const where = (nodes) => nodes.slice(0, 5).map(({ target }) => target.join(" ")).join(", ");
    return violations.map(({ id, help, nodes }) => `${id} (${help}): ${where(nodes)}`);
}"""
# The boxes of tables, and tables in them that need more room than there is.
_PUSHED_ASIDE = """() => [...document.querySelectorAll("table")]
    .filter((it) => it.parentElement.scrollWidth > it.parentElement.clientWidth)
    .map((it) => `a table of ${it.parentElement.scrollWidth} pixels in ${it.parentElement.clientWidth}`)"""


def chromium() -> str | None:
    """Debian's, or another one on PATH; Playwright's own is not downloaded."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def launch_options(program: str) -> dict[str, Any]:
    # Without these Chromium asks its maker for updates and needs a GPU and a user who is not root.
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    return {"executable_path": program, "args": ["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet]}


class Watched:
    """A page together with everything it complained about, asked of other hosts, or was answered with an error."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.refused: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._request(request.url, origin))
        page.on("websocket", lambda socket: self._request(socket.url, origin))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium's note about an answer of 400 and more: `refused` has it with its address.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _request(self, url: str, origin: str) -> None:
        if not url.startswith((f"{origin}/", origin.replace("http", "ws", 1) + "/", "data:", "blob:")):
            self.elsewhere.append(url)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            path = response.url.split("/", 3)[-1].split("?")[0]
            self.refused.append(f"{response.status} {response.request.method} /{path}")

    def check(self, *refused: str, signed_out: bool = False) -> None:
        """No error or warning (a violation of the content security policy is one), no request to another host, and no
        answers of 400 and more but those named.

        `signed_out`: sessions ended meanwhile. Between the end of its session and the sign-in page a page may ask once
        more, and which of its questions that is is chance.
        """
        assert not self.complaints, self.complaints
        assert not self.elsewhere, self.elsewhere
        surprising = [it for it in self.refused if not (signed_out and it.startswith("401 GET "))]
        assert set(surprising) <= set(refused), surprising


def set_up(page: Page, console: RunningConsole) -> None:
    """Makes the admin through the printed link; ends on the dashboard."""
    assert console.setup_link
    page.goto(console.setup_link)
    page.get_by_role("button", name="Create the admin and sign in").wait_for()
    shoot(page, "setup")
    assert axe(page) == []
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Dashboard").wait_for()


def sign_in(page: Page) -> None:
    """On the sign-in page."""
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def go(page: Page, name: str) -> None:
    """By the navigation: at the side on a desktop, at the bottom on a phone."""
    page.locator("nav:visible").get_by_role("link", name=re.compile(f"^{name}")).click()
    page.get_by_role("heading", level=1, name=name).wait_for()


def set_secret(page: Page, key: str, value: str) -> None:
    """On the page of secrets."""
    page.get_by_role("button", name=re.compile(f"^(Set|Replace) {key}$")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Value", exact=True).fill(value)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name=f"Replace {key}")).to_be_visible()


def run_command(page: Page, title: str, fields: Mapping[str, str] | None = None) -> str:
    """From anywhere: the catalogue, the command's form, Run. Ends on the job's page; the job's id."""
    go(page, "Commands")
    # Its row begins with title and id; other links name the title alone.
    page.get_by_role("link", name=re.compile(rf"^{title} \w+ ")).click()
    page.get_by_role("heading", level=1, name=title).wait_for()
    for label, value in (fields or {}).items():
        page.get_by_role("textbox", name=re.compile(f"^{label}( needed)?$")).fill(value)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}"))
    page.get_by_role("heading", level=1, name=title).wait_for()
    return page.url.rsplit("/", 1)[-1].split("?")[0].split("#")[0]


def state(page: Page) -> Locator:
    """The word on the job's page."""
    return page.locator("header [role=status]").filter(has_text=STATES)


def expect_state(page: Page, word: str, seconds: float = 15) -> None:
    expect(state(page)).to_have_text(word, timeout=seconds * 1000)


def log_of(page: Page) -> Locator:
    """The log of the job's page. Only the rows in sight, and some around them, are in the document."""
    return page.get_by_role("log")


def expect_log(page: Page, text: str | re.Pattern[str], seconds: float = 15) -> None:
    """Waits until `text` is in a row that is drawn. (Playwright's own `expect` repeats the log in its message.)"""
    pattern = text.pattern if isinstance(text, re.Pattern) else re.escape(text)
    look = "([pattern]) => new RegExp(pattern, 'm').test(document.querySelector('[role=log]')?.innerText ?? '')"
    try:
        page.wait_for_function(look, arg=[pattern], timeout=seconds * 1000)
    except TimeoutError:
        shown = log_of(page).inner_text().splitlines()
        raise AssertionError(f"no {pattern!r} in the log, which ends with {shown[-8:]}") from None


def expect_held(page: Page, more_than: int, seconds: float = 30) -> None:
    """Waits until the viewer has so many bytes."""
    look = "least => Number(document.querySelector('[role=log]')?.dataset.bytes) > least"
    page.wait_for_function(look, arg=more_than, timeout=seconds * 1000)


def log_sha256(page: Page) -> str:
    """Of all the bytes that the viewer holds, in sight or not."""
    return str(log_of(page).evaluate("box => box.logSha256()"))


def held_bytes(page: Page) -> int:
    return int(log_of(page).get_attribute("data-bytes") or 0)


def axe(page: Page) -> list[str]:
    """What it finds against WCAG 2.0 to 2.2, A and AA, and best practice. It runs in the page as the browser's own tool
    would, so the content policy does not hold it up."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((PROJECT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_AXE)
    return found


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def look_at(page: Page, name: str) -> None:
    """In each theme and width: a picture, nothing to scroll sideways to, on a phone in no table either, and nothing
    that axe finds."""
    page.mouse.move(0, 0)  # What lies under it at another width would show its tooltip.
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        loaded(page)
        settled(page)
        shoot(page, f"{name}-{size['width']}-{scheme}")
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} pixels too wide at {size['width']}"
        if size["width"] < DESKTOP["width"]:
            assert page.evaluate(_PUSHED_ASIDE) == [], f"{page.url} at {size['width']}"
        assert axe(page) == [], f"{page.url} {scheme} at {size['width']}"
    page.set_viewport_size(DESKTOP)


def loaded(page: Page) -> None:
    """What the page is about is there, and not only the grey bars in its place."""
    page.wait_for_function("() => document.querySelector('h1') && !document.querySelector('[aria-busy=true]')")


def settled(page: Page) -> None:
    """Colours fade over, which begins a frame later, and what they are in between is nobody's choice."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function("() => document.getAnimations().every(it => !(it instanceof CSSTransition))")
