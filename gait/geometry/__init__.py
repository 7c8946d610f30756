"""From image to runner: where the camera stood, and keypoints along the runner's own axes."""
