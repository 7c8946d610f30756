"""From the picture to the runner: where the camera stood, and keypoints along the runner's own axes."""
