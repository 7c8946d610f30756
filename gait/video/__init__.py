"""Videos: read with true times, written as H.264."""
