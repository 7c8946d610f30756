"""Person tracking: which of the people in the video is the runner."""
