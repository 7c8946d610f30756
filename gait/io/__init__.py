"""Sessions on disk, and poses and sessions in the files of other programs."""
