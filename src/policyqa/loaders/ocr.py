"""Scanned pages to printed pieces, by RapidOCR where it is installed (`policyqa[ocr]`).

Its models (PP-OCR, Apache-2.0) come inside its package; nothing is downloaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policyqa.errors import LoadError
from policyqa.loaders.printed import Piece

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DOTS_PER_POINT = 200 / 72
"""Resolution that pages are rendered at: small type of a fax still reads."""
_SURE = 0.5
"""Scores below are specks and seals."""


class Recogniser:
    """Reads images of pages.

    Raises:
        LoadError: the package is not installed.
    """

    def __init__(self) -> None:
        try:
            from rapidocr import RapidOCR
        except ImportError as error:
            raise LoadError(
                "PDF 是扫描图像,没有文字层;请安装文字识别后重试: pip install 'policyqa[ocr]'"
            ) from error
        self._engine: Any = RapidOCR(params={"Global.log_level": "critical"})

    def pieces(self, image: npt.NDArray[np.uint8]) -> list[Piece]:
        """The lines of text on an image (height, width, 3) of `DOTS_PER_POINT`, in points."""
        result = self._engine(image)
        if result.boxes is None:
            return []
        found = []
        for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
            if score < _SURE or not text.strip():
                continue
            x0, top = (float(value) / DOTS_PER_POINT for value in box.min(axis=0))
            x1, bottom = (float(value) / DOTS_PER_POINT for value in box.max(axis=0))
            found.append(Piece(text.strip(), x0, x1, top, bottom, 0.8 * (bottom - top)))
        return found
