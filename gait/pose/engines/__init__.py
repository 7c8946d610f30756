"""Programs that find keypoints in frames, behind one protocol."""
