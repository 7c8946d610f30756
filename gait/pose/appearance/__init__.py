"""What the pixels show that keypoints do not: the tilt of the pelvis and how a shoe lands."""
