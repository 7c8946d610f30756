"""Runs that make the constants in gait/calibration/. Not part of the installed package."""
