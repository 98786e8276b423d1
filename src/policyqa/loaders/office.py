"""DOC, WPS, RTF and ODT to DOCX through LibreOffice, where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from policyqa.errors import LoadError
from policyqa.loaders.kinds import OFFICE_SUFFIXES

SECONDS = 120
"""Time that LibreOffice has for one file."""


def to_docx(content: bytes, suffix: str, *, seconds: float = SECONDS) -> bytes:
    """The document as a DOCX package.

    LibreOffice runs with a profile of its own, made for this file: no macro is trusted
    there, and a LibreOffice that the user has open is left alone.

    Raises:
        LoadError: LibreOffice is missing, takes too long, or cannot read the file.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise LoadError(
            "读取 DOC、WPS、RTF、ODT 需要 LibreOffice(如 apt-get install libreoffice-writer),"
            "或另存为 .docx"
        )
    with tempfile.TemporaryDirectory(prefix="policyqa-") as folder:
        place = Path(folder)
        # A .docx that is really a .doc is named so that LibreOffice looks at its content.
        source = place / f"document{suffix if suffix in OFFICE_SUFFIXES else '.doc'}"
        source.write_bytes(content)
        _convert(program, source, place, seconds)
        converted = place / "converted" / "document.docx"
        if not converted.is_file():
            raise LoadError("LibreOffice 无法转换这个文件,可能已损坏或有密码")
        return converted.read_bytes()


def _convert(program: str, source: Path, place: Path, seconds: float) -> None:
    command = [
        program,
        f"-env:UserInstallation={(place / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx",
        "--outdir",
        str(place / "converted"),
        str(source),
    ]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            # soffice is a launcher: its children must end with it.
            os.killpg(process.pid, signal.SIGKILL)
            raise LoadError(f"LibreOffice 转换超过 {seconds:g} 秒,已放弃") from error
