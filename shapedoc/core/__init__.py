"""Data and algebra that everything else stands on. Standard library only."""
