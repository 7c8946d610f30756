"""A coach's many videos: what one analysis after another says about many people."""
