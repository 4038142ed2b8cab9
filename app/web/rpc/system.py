"""What is said of XML-RPC itself; and several calls in one."""

from typing import Any

from app.core.i18n import _
from app.core.xml_rpc import INVALID_CALL, INVALID_PARAMS, Call, Fault, Value
from app.web.rpc.calling import Asking, called
from app.web.rpc.params import Params, array, struct, text

MULTICALL = "system.multicall"
MOST_CALLS = 10

_CAPABILITIES: dict[str, dict[str, str | int]] = {
    "xmlrpc": {"specUrl": "http://www.xmlrpc.com/spec", "specVersion": 1},
    "faults_interop": {
        "specUrl": "http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php",
        "specVersion": 20010516,
    },
    "system.multicall": {
        "specUrl": "http://www.xmlrpc.com/discuss/msgReader$1208",
        "specVersion": 1,
    },
}


async def list_methods(asking: Asking, _params: Params) -> Value:
    """The names of all methods."""
    return list(asking.methods)


async def get_capabilities(_asking: Asking, _params: Params) -> Value:
    """Which agreements are kept here."""
    return _CAPABILITIES


async def multicall(asking: Asking, params: Params) -> Value:
    """Several calls, one after the other: of each the value in an array, or its fault as a struct."""
    calls = params["calls"]
    if len(calls) > MOST_CALLS:
        says = _("At most %(number)d calls in one, please.") % {"number": MOST_CALLS}
        raise Fault(INVALID_PARAMS, says)
    return [await _one(asking, each) for each in calls]


async def _one(asking: Asking, each: Any) -> Value:
    try:
        return [await called(asking, _as_call(each))]
    except Fault as refused:
        return {"faultCode": refused.code, "faultString": refused.says}


def _as_call(each: Any) -> Call:
    given = struct(each)
    call = Call(text(given.get("methodName")), tuple(array(given.get("params", []))))
    if call.method == MULTICALL:
        raise Fault(INVALID_CALL, _("Several calls in one may not hold several more."))
    return call
