"""Where the runner's joints are in every frame: the pose dataset, the engines that make it, the bundled model."""
