"""One number of a run while it lasts: from pictures of a camera to a value, its band, and when to say something."""
