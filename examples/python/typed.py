"""Messages as types, for those who check their programs: mypy typed.py"""

from typing import cast

import ocpp_core
from ocpp_core.v1_6 import StartTransactionRequest
from ocpp_core.v2_0_1 import BootNotificationResponse


def begin(request: StartTransactionRequest) -> float:
    """What the meter of a car showed when it began to charge, in kWh."""
    return request["meterStart"] / 1000


TEXT = '{"connectorId":1,"idTag":"A","meterStart":5,"timestamp":"2024-05-15T12:00:00Z"}'
print(begin(cast(StartTransactionRequest, ocpp_core.decode("1.6", "StartTransactionRequest", TEXT))))

response: BootNotificationResponse = {"currentTime": "2024-05-15T12:00:00Z", "interval": 300, "status": "Accepted"}
print(response["status"])
