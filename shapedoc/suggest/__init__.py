"""What `fix-suggest` does besides running models: which of them to run, what is known already, what to write.

Nothing here imports torch; whatever needs it is asked of a worker.
"""
