"""Learned constants as data files; each names the command that made it."""
