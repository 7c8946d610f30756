"""From the poses of one video to its measurements."""
