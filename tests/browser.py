"""Headless Chromium for tests: the few commands of W3C WebDriver that they need, sent to chromedriver."""

import base64
import json
import shutil
import subprocess
import time
from contextlib import contextmanager

import httpx2

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key that WebDriver gives references to elements
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


class Browser:
    """One window. Elements are found by CSS selector or by the text of a link, and waited for."""

    def __init__(self, client):
        self._client = client
        options = {"binary": CHROMIUM, "args": ARGUMENTS}
        capabilities = {
            "alwaysMatch": {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }
        }
        session = self._send("POST", "/session", {"capabilities": capabilities})["sessionId"]
        self._session = f"/session/{session}"
        self._send("POST", f"{self._session}/timeouts", {"implicit": 10_000})

    def open(self, url):
        self._send("POST", f"{self._session}/url", {"url": url})

    def back(self):
        self._send("POST", f"{self._session}/back", {})

    def click(self, selector="", *, link=""):
        self._send("POST", f"{self._element(selector, link)}/click", {})

    def type(self, selector, text):
        self._send("POST", f"{self._element(selector)}/value", {"text": text})

    def run(self, script):
        return self._send("POST", f"{self._session}/execute/sync", {"script": script, "args": []})

    def resize(self, width, height=900):
        """Show the page in a viewport of this size, also in one that is narrower than a window can be."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._devtools("Emulation.setDeviceMetricsOverride", metrics)

    def prefer(self, scheme):
        """Prefer `light` or `dark`."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._devtools("Emulation.setEmulatedMedia", {"features": [feature]})

    def press(self, key):
        """Press a key, given as the character that WebDriver has for it, where the focus is."""
        keys = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": keys}]
        self._send("POST", f"{self._session}/actions", {"actions": actions})

    def screenshot(self):
        """The viewport as PNG."""
        return base64.b64decode(self._send("GET", f"{self._session}/screenshot"))

    def errors(self):
        """What the page wrote to the browser's console since the last call, errors only."""
        found = self._send("POST", f"{self._session}/se/log", {"type": "browser"})
        return [entry["message"] for entry in found if entry["level"] == "SEVERE"]

    def requested(self):
        """The URLs that the page requested since the last call."""
        found = self._send("POST", f"{self._session}/se/log", {"type": "performance"})
        messages = [json.loads(entry["message"])["message"] for entry in found]
        sent = [each for each in messages if each["method"] == "Network.requestWillBeSent"]
        return [each["params"]["request"]["url"] for each in sent]

    def _devtools(self, command, parameters):
        self._send("POST", f"{self._session}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def texts(self, selector):
        """What a reader sees of the elements; nothing of hidden ones."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})]"
        visible = f"{found}.filter((element) => element.checkVisibility())"
        return self.run(f"return {visible}.map((element) => element.innerText).filter(Boolean)")

    def wait_for(self, selector, expected=None):
        """The texts of `selector` once they are the expected ones, or any; the last ones after 10 s."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            texts = self.texts(selector)
            if texts == expected or (texts and expected is None):
                break
            time.sleep(0.05)
        return texts

    def _element(self, selector, link=""):
        strategy = "link text" if link else "css selector"
        query = {"using": strategy, "value": link or selector}
        found = self._send("POST", f"{self._session}/element", query)
        return f"{self._session}/element/{found[ELEMENT]}"

    def _send(self, method, path, body=None):
        answer = self._client.request(method, path, json=body).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise AssertionError(f"{answer['error']}: {answer['message'].splitlines()[0]}")
        return answer

    def close(self):
        self._send("DELETE", self._session)


@contextmanager
def browser():
    """A window that lives as long as the `with` block."""
    with subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            started = next(line for line in process.stdout if "started successfully on port" in line)
            port = started.rstrip(".\n").rpartition(" ")[2]
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                window = Browser(client)
                try:
                    yield window
                finally:
                    window.close()
        finally:
            process.terminate()
