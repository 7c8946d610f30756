"""Speed and memory of gait, measured by ``python -m benchmarks.bench`` and ``python -m benchmarks.batch``."""
