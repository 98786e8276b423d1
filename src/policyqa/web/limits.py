"""How much the service does at a time, and how long a question waits for its turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio.to_thread import run_sync

from policyqa.web.errors import ApiError

WAIT_SECONDS = 5.0
"""A question that gets no turn within this time is refused with 429."""
_WAITING_A_TURN = 8
"""Questions that may wait for each one being answered; more are refused at once."""

_T = TypeVar("_T")


class Turns:
    """Runs index calls in threads, `max_concurrent` at the same time; more wait, then get 429."""

    def __init__(self, max_concurrent: int, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """At most `max_concurrent` calls (at least one) run at the same time."""
        self._places = max(1, max_concurrent)
        self._wait_seconds = wait_seconds
        self._limiter: anyio.CapacityLimiter | None = None
        self._waiting = 0

    async def run(self, call: Callable[[], _T]) -> _T:
        """`call` in a thread, once there is a free place.

        Raises:
            ApiError: 429, no place became free in time.
        """
        if self._limiter is None:  # made here because it belongs to the running event loop
            self._limiter = anyio.CapacityLimiter(self._places)
        if self._waiting >= self._places * _WAITING_A_TURN:
            raise _busy()
        borrower = object()
        self._waiting += 1
        try:
            with anyio.fail_after(self._wait_seconds):
                await self._limiter.acquire_on_behalf_of(borrower)
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1
        try:
            return await run_sync(call, limiter=anyio.CapacityLimiter(1))
        finally:
            self._limiter.release_on_behalf_of(borrower)


def _busy() -> ApiError:
    return ApiError(
        429, "too_many_requests", "同时提问的人较多，请过几秒再试。", {"Retry-After": "3"}
    )
