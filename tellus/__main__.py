"""`python -m tellus` is `tellus`."""

from tellus.main import app

app()
