// Messages as types, for those who check their programs: npx tsc --noEmit

import { decode, type Payload } from "ocpp-core";
import type { StartTransactionRequest } from "ocpp-core/v1_6";

/** What the meter of a car showed when it began to charge, in kWh. */
export function begin(request: StartTransactionRequest): number {
  return request.meterStart / 1000;
}

// The version and the name of the message say which type it is.
const request = decode("1.6", "StartTransactionRequest", '{"connectorId":1,"idTag":"A","meterStart":5,"timestamp":"2024-05-15T12:00:00Z"}');
console.log(begin(request));

const response: Payload<"2.0.1", "BootNotificationResponse"> = {
  currentTime: new Date().toISOString(),
  interval: 300,
  status: "Accepted",
};
console.log(response.status);

// @ts-expect-error: there is no such status.
response.status = "Perhaps";
// @ts-expect-error: 1.6 has no such message.
decode("1.6", "TransactionEventRequest", "{}").eventType;
