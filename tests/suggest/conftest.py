import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Nothing of the user's cache is read or written."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("SHAPEDOC_CACHE_DIR", str(folder))
    return folder
