"""What a user can put right: said in one line, without a traceback."""


class UserError(Exception):
    """Raised deep and short; the command line prints its message and ends with status 2."""
