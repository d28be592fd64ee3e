"""A pack as a PDF made here, where a renderer is there: the Chromium that the settings name, or WeasyPrint from 68 on.

Without one the page itself is printed: every browser saves it as a PDF.
"""

import subprocess
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 60
PAPERS = {"a4": "A4", "letter": "letter"}
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-extensions", "--no-first-run",
    "--no-pdf-header-footer", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


class NotInstalled(Exception):
    """There is nothing here that makes PDFs; the message says what to do."""

    def __str__(self) -> str:
        return _(
            "This server makes no PDFs: neither WeasyPrint nor a Chromium (PDF_CHROMIUM) is installed. Print this page "
            "and choose “Save as PDF”: it is laid out for paper."
        )


class Failed(Exception):
    """The renderer gave up."""

    def __str__(self) -> str:
        return _("The PDF could not be made. Print this page and choose “Save as PDF”.")


def renderer() -> Callable[[str], bytes] | None:
    """What makes PDFs here, if anything does."""
    if settings.PDF_CHROMIUM and Path(settings.PDF_CHROMIUM).is_file():
        return by_chromium
    return by_weasyprint if find_spec("weasyprint") else None


def pdf(page: str) -> bytes:
    """The document of a page that holds all it needs: neither scripts run nor anything is fetched."""
    found = renderer()
    if found is None:
        raise NotInstalled
    return found(page)


def by_weasyprint(page: str) -> bytes:
    """With tags for those who have it read to them."""
    try:
        from weasyprint import HTML  # optional: only where somebody has installed it
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:  # it is older than 68, or its libraries for letters are missing
        raise NotInstalled from error

    class Nothing(URLFetcher):
        """Neither files of the server nor other servers are a PDF's business."""

        def fetch(self, url, headers=None):
            raise ValueError(url)

    return HTML(string=page, url_fetcher=Nothing()).write_pdf(pdf_tags=True)


def css_string(text: str) -> str:
    """A text as a style sheet may hold it between quotes, whatever is in it."""
    return "".join(each if each.isalnum() or each == " " else f"\\{ord(each):x} " for each in text)


def by_chromium(page: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "pack.html"), Path(folder, "pack.pdf")
        source.write_text(page, encoding="utf-8")
        command = [settings.PDF_CHROMIUM, *FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}"]
        try:
            subprocess.run([*command, source.as_uri()], check=True, timeout=SECONDS, capture_output=True)
        except (subprocess.SubprocessError, OSError) as error:
            raise Failed from error
        if not made.is_file():
            raise Failed
        return made.read_bytes()
