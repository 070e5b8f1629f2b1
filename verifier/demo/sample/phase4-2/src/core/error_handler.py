"""Error handling: whatever can fail is run through `ProductionErrorHandler.run`.

It retries what may pass, refuses what keeps failing, and halts the service when nothing may go on.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

Answer = TypeVar("Answer")

log = logging.getLogger("gloss.errors")


class Severity(Enum):
    """How bad an error is."""

    PASSING = "passing"
    LASTING = "lasting"
    CRITICAL = "critical"


class CriticalError(Exception):
    """Nothing may go on after this: the service halts at once."""


class ServiceHaltedError(Exception):
    """The service has met a critical error and runs no further operation."""


class CircuitOpenError(Exception):
    """The operation has failed too often and is refused for a while."""


@dataclass(frozen=True)
class ErrorRecord:
    """One error that was met."""

    operation: str
    kind: str
    message: str
    severity: Severity
    at: float
    """Seconds since the epoch."""


class ErrorRegistry:
    """Remembers the errors that were met: the last ones whole, all of them as counts."""

    def __init__(self, keep: int = 200) -> None:
        self._recent: deque[ErrorRecord] = deque(maxlen=keep)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, record: ErrorRecord) -> None:
        """Remember an error."""
        with self._lock:
            self._recent.append(record)
            self._counts[record.operation, record.severity.value] += 1

    def recent(self, limit: int) -> list[ErrorRecord]:
        """The last errors, the newest first."""
        with self._lock:
            return list(reversed(self._recent))[:limit]

    def counts(self) -> dict[tuple[str, str], int]:
        """How many errors there were, by operation and severity."""
        with self._lock:
            return dict(self._counts)


class CircuitState(Enum):
    """Whether calls are let through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


class CircuitBreaker:
    """Refuses calls of an operation that keeps failing, and tries one again after a while."""

    def __init__(
        self, trip_after: int, recover_after_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._trip_after = trip_after
        self._recover_after_s = recover_after_s
        self._clock = clock
        self._lock = threading.Lock()
        self._state = CircuitState.CLOSED
        self._failures = 0
        self._opened_at = 0.0

    @property
    def state(self) -> CircuitState:
        """Closed: calls pass. Open: they are refused. Half open: one is on trial."""
        return self._state

    def admit(self) -> None:
        """Let a call through, or raise CircuitOpenError."""
        with self._lock:
            if self._state is CircuitState.CLOSED:
                return
            if self._state is CircuitState.OPEN and self._rested():
                self._state = CircuitState.HALF_OPEN
                return
            raise CircuitOpenError("failed too often; refused until it has rested")

    def refuses(self) -> bool:
        """Whether a call would be refused because the circuit is open and has not rested."""
        with self._lock:
            return self._state is CircuitState.OPEN and not self._rested()

    def succeeded(self) -> None:
        """A call went well: close the circuit."""
        with self._lock:
            self._failures = 0
            self._state = CircuitState.CLOSED

    def failed(self) -> None:
        """A call failed: open the circuit when it was on trial or one too many."""
        with self._lock:
            self._failures += 1
            if self._state is CircuitState.HALF_OPEN or self._failures >= self._trip_after:
                self._state = CircuitState.OPEN
                self._opened_at = self._clock()

    def _rested(self) -> bool:
        return self._clock() - self._opened_at >= self._recover_after_s


@dataclass(frozen=True)
class RetryPolicy:
    """How often to try again, and how long to wait before."""

    attempts: int = 3
    first_delay_s: float = 0.1
    factor: float = 2.0
    longest_delay_s: float = 5.0
    retry_on: tuple[type[Exception], ...] = (OSError,)

    def delay_s(self, attempt: int) -> float:
        """Exponential backoff: the wait after a failed attempt, counted from 1."""
        return min(self.longest_delay_s, self.first_delay_s * self.factor ** (attempt - 1))


class ProductionErrorHandler:
    """Runs operations: one circuit breaker for each, one registry and one halt for all."""

    def __init__(
        self,
        policy: RetryPolicy,
        trip_after: int,
        recover_after_s: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.registry = ErrorRegistry()
        self._policy = policy
        self._trip_after = trip_after
        self._recover_after_s = recover_after_s
        self._sleep = sleep
        self._breakers: dict[str, CircuitBreaker] = {}
        self._lock = threading.Lock()
        self._halted = threading.Event()

    @property
    def halted(self) -> bool:
        """Whether a critical error has ended the work."""
        return self._halted.is_set()

    def breaker(self, operation: str) -> CircuitBreaker:
        """The circuit breaker of an operation."""
        with self._lock:
            if operation not in self._breakers:
                self._breakers[operation] = CircuitBreaker(self._trip_after, self._recover_after_s)
            return self._breakers[operation]

    def open_circuits(self) -> list[str]:
        """Operations that are refused at present."""
        with self._lock:
            breakers = dict(self._breakers)
        return sorted(name for name, each in breakers.items() if each.refuses())

    def run(self, operation: str, call: Callable[[], Answer]) -> Answer:
        """Run a call, and again when it fails with an error that may pass.

        Fails fast: a critical error is never retried and halts the service, a halted service runs
        nothing, an open circuit refuses without a try, an error that cannot pass is raised at once.
        """
        breaker = self.breaker(operation)
        for attempt in range(1, self._policy.attempts + 1):
            if self.halted:
                raise ServiceHaltedError(f"halted; {operation} was not run")
            breaker.admit()
            try:
                answer = call()
            except Exception as error:
                breaker.failed()
                severity = self._register(operation, error)
                if severity is Severity.CRITICAL:
                    self._halted.set()
                    raise
                last = attempt == self._policy.attempts or breaker.refuses()
                if severity is Severity.LASTING or last:
                    raise
                self._sleep(self._policy.delay_s(attempt) * random.uniform(0.9, 1.1))
            else:
                breaker.succeeded()
                return answer
        raise AssertionError("the last attempt returns or raises")

    def _register(self, operation: str, error: Exception) -> Severity:
        severity = self._severity(error)
        record = ErrorRecord(operation, type(error).__name__, str(error), severity, time.time())
        self.registry.add(record)
        log.error("%s: %s: %s (%s)", operation, record.kind, record.message, severity.value)
        return severity

    def _severity(self, error: Exception) -> Severity:
        if isinstance(error, (CriticalError, MemoryError)):
            return Severity.CRITICAL
        if isinstance(error, self._policy.retry_on):
            return Severity.PASSING
        return Severity.LASTING
