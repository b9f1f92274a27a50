"""Logs and the sources they speak of are data, not tests."""

collect_ignore_glob = ["data/*"]
