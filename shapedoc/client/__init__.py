"""The front's side of the worker process. Nothing here imports torch.

    with Worker(choose_interpreter("model.py:Net")) as worker:
        report = worker.run(Request("model.py:Net"))

Whatever the user's code does, `run` gives a `Report`: where its process ended early, the report says how,
and which step it had reached.
"""
