// A charging station, its hardware, a car, and a management system, with a wire between them. No page here.

import { RemoteStation, Station } from "ocpp-core/bytes";

const IDENTITY = "CP001";
const CONNECTOR = { evse: 1, connector: 1 };
const VOLTAGE = 230;
/** The card that the management system knows. */
export const CARD = "04A2B3C4";

/** What survives a power cut. */
class Flash extends Map {
  list(member) {
    return [...this].map(([key, text]) => ({ key, [member]: text }));
  }
}

export class Simulation {
  /** `version`: of OCPP. `tell(kind, …)` hears `frame`, `event`, `hardware` and `changed`. */
  constructor(version, tell) {
    this.version = version;
    this.tell = tell;
    this.clock = 0;
    this.began = Date.now();
    this.flash = new Flash();
    this.csmsRecords = new Flash();
    this.network = true;
    this.powered = true;
    this.lastTransaction = 0;
    this.lastCommand = 0;
    this.commands = new Map();
    // The numbers of the limits that the operator has set.
    this.limits = [];
    this.wire = [];
    this.car = { plugged: false, ready: true, limit: 16, phases: 3, energy: 0 };
    this.register = 12_345;
    this.csms = new RemoteStation({ identity: IDENTITY, interval: 60 });
    this.powerOn();
  }

  get now() {
    return { monotonic: this.clock, utc: this.began + this.clock };
  }

  get date() {
    return new Date(this.began + this.clock);
  }

  // The station and its hardware.

  powerOn() {
    const config = {
      versions: [this.version],
      vendor: "Example",
      model: "Playground",
      serial_number: "0001",
      firmware_version: "1.0",
      evse: [{ max_current: 32 }],
      measurands: ["Energy.Active.Import.Register", "Power.Active.Import", "Current.Import"],
      defaults: this.version === "1.6" ? { MeterValueSampleInterval: "30" } : { "SampledDataCtrlr.TxUpdatedInterval": "30" },
    };
    this.station = new Station(config, this.flash.list("value"), this.now);
    this.powered = true;
    this.connected = false;
    this.contactor = false;
    this.limit = null;
    this.input("Start");
    if (this.car.plugged) this.cable();
  }

  /** Everything that the station has not stored is gone. */
  powerOff() {
    this.hangUp();
    this.station.free();
    this.powered = false;
    this.contactor = false;
    this.wire = [];
    this.tell("hardware", "The power is gone.");
    this.tell("changed");
  }

  input(input) {
    if (!this.powered) return;
    this.station.handle(input, this.now);
    this.settle();
  }

  /** Carries everything out until nothing more is to be done. */
  settle() {
    if (this.settling) return;
    this.settling = true;
    try {
      while (this.carryOut() || this.deliver());
    } finally {
      this.settling = false;
    }
    this.tell("changed");
  }

  carryOut() {
    let some = false;
    for (let output; this.powered && (output = this.station.pollOutput()) !== null; some = true) this.hardware(output);
    for (let output; (output = this.csms.pollOutput()) !== null; some = true) this.ofCsms(output);
    return some;
  }

  deliver() {
    const message = this.wire.shift();
    if (!message) return false;
    this.tell("frame", message);
    const input = { Received: message.text };
    if (message.from === "station") this.csms.handle(input, this.now);
    else if (this.powered) this.station.handle(input, this.now);
    return true;
  }

  hardware(output) {
    const [kind, what] = typeof output === "string" ? [output] : Object.entries(output)[0];
    switch (kind) {
      case "Store":
        this.flash.set(what.key, what.value);
        break;
      case "Remove":
        this.flash.delete(what);
        break;
      case "Transmit":
        if (this.connected) this.wire.push({ from: "station", text: what, date: this.date });
        break;
      case "Connect":
        this.wanted = true;
        this.connect();
        break;
      case "Disconnect":
        this.wanted = false;
        this.hangUp();
        break;
      case "Contactor":
        if (this.contactor !== what.closed) this.tell("hardware", what.closed ? "The contactor closes." : "The contactor opens.");
        this.contactor = what.closed;
        break;
      case "SetLimit":
        this.limit = what.limit;
        this.tell("hardware", what.limit ? `The car may take at most ${limitText(what.limit)}.` : "The car may take what the hardware can.");
        break;
      case "ReadMeter":
        this.station.handle(this.reading(), this.now);
        break;
      case "TokenDecided":
        this.tell("hardware", `The card ${what.token.id} is ${what.status === "Accepted" ? "accepted" : `refused: ${what.status}`}.`);
        break;
      case "Reboot":
        this.tell("hardware", "The station restarts.");
        this.hangUp();
        this.station.free();
        this.powerOn();
        break;
      default:
        this.station.handle("Decline", this.now);
    }
  }

  /** What the car takes, in A on each phase. */
  get current() {
    if (!this.powered || !this.contactor || !this.car.plugged || !this.car.ready) return 0;
    let most = Math.min(this.car.limit, 32);
    if (this.limit?.unit === "Amperes") most = Math.min(most, this.limit.value);
    if (this.limit?.unit === "Watts") most = Math.min(most, this.limit.value / (VOLTAGE * this.phases));
    return most < 6 ? 0 : most;
  }

  get phases() {
    return Math.min(this.car.phases, this.limit?.phases ?? 3);
  }

  /** In W. */
  get power() {
    return this.current * VOLTAGE * this.phases;
  }

  reading() {
    const values = [
      { measurand: "Energy.Active.Import.Register", unit: "Wh", value: Math.round(this.register) },
      { measurand: "Power.Active.Import", unit: "W", value: Math.round(this.power) },
      { measurand: "Current.Import", unit: "A", value: Math.round(this.current * 10) / 10 },
    ];
    return { Meter: { evse: 1, reading: { values } } };
  }

  // What a visitor can do.

  cable() {
    this.input({ Cable: { at: CONNECTOR, state: this.car.plugged ? "Connected" : "Unplugged" } });
  }

  plug(plugged) {
    this.car.plugged = plugged;
    this.tell("hardware", plugged ? "The cable is plugged in." : "The cable is pulled out.");
    this.cable();
  }

  present(card) {
    this.tell("hardware", `Somebody holds the card ${card} to the reader.`);
    this.input({ TokenPresented: { evse: 1, token: { id: card } } });
  }

  carReady(ready) {
    this.car.ready = ready;
    this.tell("hardware", ready ? "The car takes energy again." : "The car takes no more energy for now.");
    this.input({ Ev: { at: CONNECTOR, state: ready ? "Ready" : "Suspended" } });
  }

  fault(present) {
    this.faulty = present;
    this.tell("hardware", present ? "A ground fault is found." : "The ground fault is over.");
    this.input({ Fault: { at: CONNECTOR, fault: present ? { code: "GroundFailure" } : null } });
  }

  readMeter() {
    this.input(this.reading());
  }

  connect() {
    if (!this.network || !this.powered || !this.wanted || this.connected) return;
    this.connected = true;
    this.csms.handle({ Connected: { version: this.version } }, this.now);
    this.station.handle({ Connected: { version: this.version } }, this.now);
    this.settle();
  }

  hangUp() {
    if (!this.connected) return;
    this.connected = false;
    this.wire = [];
    this.csms.handle("Disconnected", this.now);
    if (this.powered) this.station.handle("Disconnected", this.now);
    this.settle();
  }

  setNetwork(works) {
    this.network = works;
    this.tell("hardware", works ? "The network is back." : "The network is down.");
    if (works) this.connect();
    else this.hangUp();
  }

  // The management system.

  ofCsms(output) {
    const [kind, what] = Object.entries(output)[0];
    switch (kind) {
      case "Store":
        for (const { key, record } of what) record === null ? this.csmsRecords.delete(key) : this.csmsRecords.set(key, record);
        break;
      case "Transmit":
        if (this.connected) this.wire.push({ from: "csms", text: what, date: this.date });
        break;
      case "Ask":
        this.csms.handle(this.answer(what), this.now);
        break;
      case "Event":
        this.tell("event", typeof what === "string" ? [what] : Object.entries(what)[0]);
        break;
      case "CommandEnded": {
        const name = this.commands.get(what.id);
        this.commands.delete(what.id);
        if (name.startsWith("limit") && what.outcome.Ok?.Accepted) this.limits.push(what.outcome.Ok.Accepted.id);
        this.tell("ended", name, what.outcome);
      }
    }
  }

  answer({ question, about }) {
    if (about === "Number") return { Answer: { question, answer: { Number: ++this.lastTransaction } } };
    if (about.Authorize?.idToken.idToken.toUpperCase() === CARD) return { Answer: { question, answer: { Token: { status: "Accepted" } } } };
    return "Decline";
  }

  /** The operator wants something. */
  command(name, operation) {
    const id = ++this.lastCommand;
    this.commands.set(id, name);
    this.csms.handle({ Command: { id, command: { Operation: operation } } }, this.now);
    this.settle();
  }

  clearLimits() {
    for (const id of this.limits.splice(0)) this.command("clear the limit", { ClearLimit: id });
  }

  /** The number of the transaction that runs, or undefined. */
  get transaction() {
    return this.csms.state.open.at(-1);
  }

  // Time.

  /** Lets time pass, in milliseconds, in steps in which little happens. */
  pass(milliseconds) {
    const end = this.clock + milliseconds;
    while (this.clock < end) {
      const timeouts = [this.powered ? this.station.nextTimeout() : null, this.csms.nextTimeout(), this.clock + 1000];
      const next = Math.min(end, ...timeouts.filter((at) => at !== null).map((at) => Math.max(at, this.clock + 1)));
      const hours = (next - this.clock) / 3_600_000;
      this.register += this.power * hours;
      this.car.energy += this.power * hours;
      this.clock = next;
      this.csms.handle("TimePassed", this.now);
      if (this.powered) this.station.handle("TimePassed", this.now);
      this.settle();
    }
  }
}

export function limitText({ value, unit, phases }) {
  const on = phases ? ` on ${phases} ${phases === 1 ? "phase" : "phases"}` : "";
  return `${value} ${unit === "Watts" ? "W" : "A"}${on}`;
}
