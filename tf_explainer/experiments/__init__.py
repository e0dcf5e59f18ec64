"""Grids of runs, and the search for settings.

Nothing is imported here: the command line prints its help without TensorFlow.
"""
