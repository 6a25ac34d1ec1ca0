"""The same over PostgreSQL: what the store in memory claims to be."""

from tests.support import contacts_behaviour as behaviour


class TestRegistering(behaviour.Registering): ...


class TestAmending(behaviour.Amending): ...


class TestFinding(behaviour.Finding): ...


class TestMasking(behaviour.Masking): ...


class TestInteracting(behaviour.Interacting): ...
