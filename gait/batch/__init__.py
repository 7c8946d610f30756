"""Many clips: which sessions they make, where they lie, who analyses them, the index of all."""
