"""The use cases over a store in memory: quick, and without a socket."""

from tests.support import contacts_behaviour as behaviour


class TestRegistering(behaviour.Registering): ...


class TestAmending(behaviour.Amending): ...


class TestFinding(behaviour.Finding): ...


class TestMasking(behaviour.Masking): ...


class TestInteracting(behaviour.Interacting): ...
