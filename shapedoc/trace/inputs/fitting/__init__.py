"""Correcting inferred inputs by what a failed run says: a failure has complaints, a complaint has answers."""
