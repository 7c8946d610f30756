"""Hand labels: events and points that people read off the frames, their files and the page for it."""
