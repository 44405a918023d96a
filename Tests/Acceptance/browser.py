"""Debian's Chromium, headless, with a profile of its own."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait


def programs() -> tuple[str, str]:
    """The browser and its driver; skips the test where they are missing."""
    found = shutil.which("chromium"), shutil.which("chromedriver")
    if None in found:
        pytest.skip("Chromium is not installed: 'make acceptance' as root installs it, or apt-get install chromium chromium-driver")
    return found


class Browser:
    """One browser with one page."""

    def __init__(self, home: Path):
        """
        - home: where its profile and its log lie.
        """
        chromium, driver = programs()
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        options.accept_insecure_certs = True
        # The sandbox wants what a container does not allow; only pages of ours are opened.
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--disable-extensions"):
            options.add_argument(argument)
        options.add_argument(f"--user-data-dir={home / 'profile'}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        # Everything that would otherwise land in the home of whoever runs the tests.
        environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
        service = webdriver.ChromeService(executable_path=driver, log_output=str(home / "driver.log"), env=environment)
        self._driver = webdriver.Chrome(options=options, service=service)
        self._process = self._driver.capabilities.get("goog:processID")
        self._driver.set_script_timeout(30)

    def close(self) -> None:
        driver_process = self._driver.service.process
        try:
            self._driver.quit()
        finally:
            if driver_process.poll() is None:
                driver_process.kill()
                driver_process.wait(10)
            if self._process is not None:
                try:
                    os.kill(self._process, signal.SIGKILL)
                except ProcessLookupError:
                    pass  # As it should be: it has ended by itself.

    def open(self, url: str) -> None:
        self._driver.get(url)

    def run(self, script: str, *arguments: object) -> Any:
        """Runs a function's body in the page; what it returns."""
        return self._driver.execute_script(script, *arguments)

    def until(self, script: str, *arguments: object, within: float = 50) -> Any:
        """Asks the page until the answer is true."""
        return WebDriverWait(self._driver, within, poll_frequency=0.02).until(lambda _: self.run(script, *arguments), f"not true in the page: {script}")

    def text(self, id: str) -> str:
        return self._driver.find_element(By.ID, id).text

    def type(self, id: str, text: str) -> None:
        self._driver.find_element(By.ID, id).send_keys(text)

    def press(self, id: str) -> None:
        self._driver.find_element(By.ID, id).click()

    def complaints(self) -> list[str]:
        """What the page's console has been told since the last time: errors of scripts, and of loading."""
        return [entry["message"] for entry in self._driver.get_log("browser") if entry["level"] == "SEVERE"]
