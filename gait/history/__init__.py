"""Athletes over time, and two sessions compared."""
