"""The process that imports torch and the user's code; `shapedoc.client` is the other end of its pipes."""
