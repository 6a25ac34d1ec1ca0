"""How many requests of which kind who may make in a minute."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["read", "search", "write", "sign_in"]
ANONYMOUS: Final = "anonymous"


class Quotas(BaseModel):
    """Of one sort of client."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    read: int = Field(default=1_200, ge=1)
    search: int = Field(default=300, ge=1)
    write: int = Field(default=300, ge=1)
    sign_in: int = Field(default=60, ge=1, description="Also every request whose caller could not be established")


class AllQuotas(BaseModel):
    """Of every sort; for each actor, or, before one is known, for each address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    staff: Quotas = Quotas()
    citizen: Quotas = Quotas(read=600, search=60, write=60)
    system: Quotas = Quotas(read=6_000, search=1_500, write=3_000)
    anonymous: Quotas = Quotas(read=600, sign_in=300)
    seconds: int = Field(default=60, ge=1, description="In how many seconds a quota that was used up is given back")
    scale: float = Field(default=1.0, gt=0, description="Multiplies them all: where one client is a whole load test")
    alone: float = Field(
        default=0.5, gt=0, le=1, description="The share that each replica gives by itself while the store is away"
    )

    def of(self, sort: str, kind: Kind) -> int:
        """How many."""
        quotas: Quotas = getattr(self, sort)
        permits: int = getattr(quotas, kind)
        return max(1, round(permits * self.scale))


def kind_of(method: str, *, writes: bool) -> Kind:
    """Which quota a request is taken from. A HEAD costs what its GET does."""
    if writes:
        return "write"
    return "search" if method == "POST" else "read"
