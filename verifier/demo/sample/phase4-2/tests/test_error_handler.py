"""The error handler retries what may pass and fails fast on the rest."""

import logging
import unittest

from src.core.error_handler import (
    CircuitBreaker,
    CircuitOpenError,
    CircuitState,
    CriticalError,
    ProductionErrorHandler,
    RetryPolicy,
    ServiceHaltedError,
)

logging.getLogger("gloss.errors").addHandler(logging.NullHandler())
logging.getLogger("gloss.errors").propagate = False


class Flaky:
    """Fails so many times, then answers."""

    def __init__(self, failures, error=OSError):
        self.failures, self.error, self.calls = failures, error, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error("no luck")
        return "answer"


def handler(waits=None, trip_after=5):
    sleep = (lambda seconds: None) if waits is None else waits.append
    return ProductionErrorHandler(RetryPolicy(attempts=4), trip_after, 30.0, sleep)


class RetryTest(unittest.TestCase):
    def test_an_error_that_may_pass_is_tried_again(self):
        self.assertEqual(handler().run("read", Flaky(3)), "answer")

    def test_each_wait_is_about_twice_the_one_before(self):
        waits = []
        handler(waits).run("read", Flaky(3))
        for wait, about in zip(waits, (0.1, 0.2, 0.4), strict=True):
            self.assertAlmostEqual(wait, about, delta=about / 9)

    def test_no_wait_is_longer_than_the_longest(self):
        self.assertEqual(RetryPolicy().delay_s(50), 5.0)

    def test_an_error_that_cannot_pass_is_raised_at_once(self):
        call = Flaky(1, ValueError)
        with self.assertRaises(ValueError):
            handler().run("read", call)
        self.assertEqual(call.calls, 1)


class FailFastTest(unittest.TestCase):
    def test_running_out_of_memory_is_critical(self):
        errors, call = handler(), Flaky(1, MemoryError)
        with self.assertRaises(MemoryError):
            errors.run("read", call)
        self.assertEqual((errors.halted, call.calls), (True, 1))

    def test_after_a_critical_error_nothing_runs(self):
        errors, call = handler(), Flaky(1, CriticalError)
        with self.assertRaises(CriticalError):
            errors.run("read", call)
        with self.assertRaises(ServiceHaltedError):
            errors.run("write", call)
        self.assertEqual((errors.halted, call.calls), (True, 1))


class CircuitTest(unittest.TestCase):
    def test_an_operation_that_keeps_failing_is_refused_and_no_other(self):
        errors, call = handler(trip_after=2), Flaky(2, ValueError)
        for _ in range(2):
            with self.assertRaises(ValueError):
                errors.run("read", call)
        with self.assertRaises(CircuitOpenError):
            errors.run("read", call)
        self.assertEqual(errors.open_circuits(), ["read"])
        self.assertEqual(errors.run("write", Flaky(0)), "answer")

    def test_no_further_try_is_made_once_the_circuit_is_open(self):
        call = Flaky(9)
        with self.assertRaises(OSError):
            handler(trip_after=2).run("read", call)
        self.assertEqual(call.calls, 2)

    def test_one_call_is_tried_after_the_rest_and_closes_the_circuit(self):
        now = [0.0]
        breaker = CircuitBreaker(1, 30.0, clock=lambda: now[0])
        breaker.failed()
        now[0] = 30.0
        breaker.admit()
        with self.assertRaises(CircuitOpenError):
            breaker.admit()
        breaker.succeeded()
        self.assertIs(breaker.state, CircuitState.CLOSED)


class RegistryTest(unittest.TestCase):
    def test_every_failed_try_is_counted(self):
        errors = handler()
        errors.run("read", Flaky(2))
        self.assertEqual(errors.registry.counts(), {("read", "passing"): 2})
        self.assertEqual(errors.registry.recent(1)[0].message, "no luck")


if __name__ == "__main__":
    unittest.main()
