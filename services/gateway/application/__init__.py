"""What the directory can do: one module, one use case, one transaction."""

from services.gateway.application.staff.find_staff import find_staff
from services.gateway.application.staff.get_staff import get_staff
from services.gateway.application.staff.list_staff import list_staff
from services.gateway.application.staff.provision_staff import provision_staff

__all__ = ["find_staff", "get_staff", "list_staff", "provision_staff"]
