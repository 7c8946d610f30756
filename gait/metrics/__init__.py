"""One module a metric, and what they share: the register, grading, asymmetry, drift, gait cycles."""
