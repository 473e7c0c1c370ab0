// What a message of OCPP says, in words. Used by the page of the management system and by the playground (examples/browser).

const token = (payload) => payload.idTag ?? payload.idToken?.idToken ?? payload.idToken;
const status = (payload) => payload.status ?? payload.idTagInfo?.status ?? payload.idTokenInfo?.status;
const energy = (value) => `${(value / 1000).toLocaleString("en", { maximumFractionDigits: 2 })} kWh`;

/** What calls say, by action. */
const CALLS = {
  BootNotification: (p) => `I have started: ${p.chargePointVendor ?? p.chargingStation?.vendorName} ${p.chargePointModel ?? p.chargingStation?.model}.`,
  Heartbeat: () => "I am still here. What time is it?",
  Authorize: (p) => `May the card ${token(p)} charge?`,
  StatusNotification: (p) => `${p.connectorId === 0 ? "The station" : `Connector ${p.connectorId}`} is ${p.status ?? p.connectorStatus}${p.errorCode && p.errorCode !== "NoError" ? ` (${p.errorCode})` : ""}.`,
  StartTransaction: (p) => `${p.idTag} begins to charge at connector ${p.connectorId}; the meter shows ${energy(p.meterStart)}.`,
  StopTransaction: (p) => `Transaction ${p.transactionId} has ended${p.reason ? ` (${p.reason})` : ""}; the meter shows ${energy(p.meterStop)}.`,
  TransactionEvent: (p) => `Transaction ${p.transactionInfo?.transactionId.slice(0, 8)}… ${{ Started: "begins", Updated: "goes on", Ended: "has ended" }[p.eventType]}: ${p.triggerReason}${p.transactionInfo?.chargingState ? `, ${p.transactionInfo.chargingState}` : ""}${shows(p)}.`,
  MeterValues: (p) => values(p),
  SecurityEventNotification: (p) => `Something about security: ${p.type}.`,
  RemoteStartTransaction: (p) => `Please begin to charge for ${p.idTag}.`,
  RemoteStopTransaction: (p) => `Please end transaction ${p.transactionId}.`,
  RequestStartTransaction: (p) => `Please begin to charge for ${token(p)}.`,
  RequestStopTransaction: (p) => `Please end transaction ${p.transactionId.slice(0, 8)}….`,
  SetChargingProfile: (p) => `Keep to this limit: ${limit(p.csChargingProfiles ?? p.chargingProfile)}.`,
  ClearChargingProfile: () => "Forget a limit.",
  Reset: (p) => `Please restart (${p.type}).`,
  UnlockConnector: () => "Please unlock the cable.",
  TriggerMessage: (p) => `Please send ${p.requestedMessage} now.`,
  ChangeAvailability: (p) => `Be ${p.type ?? p.operationalStatus} from now on.`,
  GetVariables: (p) => `What is ${p.getVariableData?.map((one) => one.variable.name).join(", ")}?`,
  GetConfiguration: (p) => `What is ${p.key?.join(", ") ?? "the whole configuration"}?`,
};

/** The energy register among the values of a transaction, in words. */
function shows(payload) {
  const samples = (payload.meterValue ?? []).flatMap((one) => one.sampledValue);
  const register = samples.find(({ measurand }) => !measurand || measurand === "Energy.Active.Import.Register");
  return register && (register.unitOfMeasure?.unit ?? "Wh") === "Wh" ? `; the meter shows ${energy(register.value)}` : "";
}

function values(payload) {
  const all = (payload.meterValue ?? []).flatMap((one) => one.sampledValue);
  const one = (sample) => `${sample.measurand?.split(".")[0] ?? "Energy"} ${sample.value} ${sample.unit ?? sample.unitOfMeasure?.unit ?? "Wh"}`;
  return `The meter shows ${all.slice(0, 3).map(one).join(", ")}${all.length > 3 ? ", …" : ""}.`;
}

function limit(profile) {
  const schedule = [profile?.chargingSchedule ?? []].flat()[0];
  const periods = schedule?.chargingSchedulePeriod?.map((one) => `${one.limit} ${schedule.chargingRateUnit}`) ?? [];
  return `${periods.join(", then ")} (${profile?.chargingProfilePurpose})`;
}

const ANSWERS = {
  BootNotification: (p) => (p.status === "Accepted" ? `Welcome. Send a heartbeat every ${p.interval} s.` : `${p.status}; try again in ${p.interval} s.`),
  Heartbeat: (p) => `It is ${p.currentTime}.`,
  StartTransaction: (p) => `${p.idTagInfo?.status}; call it transaction ${p.transactionId}.`,
};

const own = (all, name) => (Object.hasOwn(all, name) ? all[name] : undefined);

/** A call in words: its action and payload. */
export const sayCall = (action, payload) => say(own(CALLS, action), payload);

/** The answer to a call in words: the action of the call, and the payload of the answer. */
export const sayAnswer = (action, payload) => say(own(ANSWERS, action), payload);

function say(words, payload) {
  try {
    if (words) return words(payload);
  } catch {
    // A payload that does not match its schema: what it has is shown.
  }
  return status(payload) ?? (Object.keys(payload ?? {}).length === 0 ? "All right." : summary(payload));
}

function summary(payload) {
  const parts = Object.entries(payload).map(([name, value]) => `${name}: ${typeof value === "object" ? "…" : value}`);
  const text = parts.join(", ");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
