"""Every method, with what it takes. The table is the documentation: `system.listMethods` gives its names."""

from collections.abc import Mapping

from app.web.rpc import system
from app.web.rpc.calling import Method

METHODS: Mapping[str, Method] = {
    system.MULTICALL: Method(system.multicall, "calls"),
    "system.listMethods": Method(system.list_methods),
    "system.getCapabilities": Method(system.get_capabilities),
}
