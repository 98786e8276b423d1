"""Scanned pages to printed pieces, by RapidOCR where it is installed (`policyqa[ocr]`).

Its models (PP-OCR, Apache-2.0) come inside its package; nothing is downloaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policyqa.errors import LoadError
from policyqa.loaders.printed import Piece, usual

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DOTS_PER_POINT = 200 / 72
"""Resolution that pages are rendered at: small type of a fax still reads."""
_SPECK = 0.5
"""Scores below are specks and seals."""
_DOUBTFUL = 0.8
"""Scores below are mostly of lines read wrongly; clear print scores 0.95 and more."""
_EM = 0.8
"""Type size to the height of the box that is found around a line of it."""


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

    def pieces(self, image: npt.NDArray[np.uint8]) -> tuple[list[Piece], int]:
        """The lines on an image (height, width, 3) of `DOTS_PER_POINT`, in points, and how
        many of them may be misread."""
        result = self._engine(image)
        if result.boxes is None:
            return [], 0
        lines = [
            (box / DOTS_PER_POINT, text.strip(), score)
            for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True)
            if score >= _SPECK and text.strip()
        ]
        # A box is as high as its tallest character, so heights scatter; type has few sizes.
        heights = [box[:, 1].max() - box[:, 1].min() for box, _, _ in lines]
        body = usual(heights, 0.0)
        pieces = [
            Piece(
                text,
                float(box[:, 0].min()),
                float(box[:, 0].max()),
                float(box[:, 1].min()),
                float(box[:, 1].max()),
                _EM * float(body if 0.6 * body < height < 1.5 * body else height),
            )
            for (box, text, _), height in zip(lines, heights, strict=True)
        ]
        return pieces, sum(1 for _, _, score in lines if score < _DOUBTFUL)
