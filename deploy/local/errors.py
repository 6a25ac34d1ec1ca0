"""What can go wrong with a local instance, always told as one sentence that says what to do."""


class LocalError(Exception):
    """The instance is not as it was asked to be."""
