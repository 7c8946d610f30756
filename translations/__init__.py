"""Collecting, merging and compiling of translations; a tool of developers (`make translations`)."""
