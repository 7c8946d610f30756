"""Person tracking: which of the people in the picture is the runner."""
