"""How fast, how much memory: measured by ``python -m benchmarks.bench``."""
