"""What a model takes, found out without running it: sources give hints, hints are joined and completed."""
