"""The main job in steps, each of which reads and writes the `--out` folder.

Nothing is imported here: the command line reads the settings and prints its
help without TensorFlow.
"""
