// Stations and management systems on the package `ws`.

import { createServer } from "node:http";
import { EventEmitter, once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { OcppError, RemoteStation, Station } from "./node.js";
import { attempts, isCertificate, refusal } from "./tls.js";

const NAMES = { "1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1" };
const VERSIONS = Object.fromEntries(Object.entries(NAMES).map(([version, name]) => [name, version]));
/** How long a peer may take to close a connection, in milliseconds. */
const CLOSING = 3000;
/** The longest time that a timer of JavaScript can wait. */
const LONGEST = 2 ** 31 - 1;

const kindOf = (output) => (typeof output === "string" ? [output, null] : Object.entries(output)[0]);

/** Something went wrong that nobody waits for: those who listen hear it, otherwise it is printed. */
function tellOf(emitter, error, ...more) {
  if (!emitter.emit("problem", error, ...more)) console.error(error);
}

/** Drives a value: inputs one after the other, outputs in order, and a timer. */
class Driver extends EventEmitter {
  #inputs = [];
  #busy = false;
  #timer;
  #ended = false;

  constructor(value, carryOut) {
    super();
    this.value = value;
    this.carryOut = carryOut;
  }

  /** Something happens. What cannot be understood is thrown at once only if nothing else is under way. */
  tell(input) {
    this.#inputs.push(input);
    if (!this.#busy) this.#work();
  }

  async #work() {
    this.#busy = true;
    clearTimeout(this.#timer);
    while (this.#inputs.length && !this.#ended) {
      try {
        this.value.handle(this.#inputs.shift());
        for (let output; !this.#ended && (output = this.value.pollOutput()) !== null; ) {
          const waiting = this.carryOut(...kindOf(output), output);
          if (waiting?.then) await waiting;
        }
      } catch (error) {
        this.emit("error", error);
      }
      this.emit("changed");
    }
    this.#busy = false;
    if (!this.#ended) this.#wake();
  }

  #wake() {
    const at = this.value.nextTimeout();
    if (at === null) return;
    const wait = Math.min(LONGEST, Math.max(0, Math.ceil(at - performance.now())));
    this.#timer = setTimeout(() => this.tell("TimePassed"), wait);
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}

/** A charging station with a connection. */
export class Charger extends EventEmitter {
  #driver;
  #socket = null;
  #url;
  #identity;
  #hardware;
  #records;
  #tls;
  #keyOf;
  #link = null;

  constructor(url, identity, config, { hardware, records = new Map(), tls, keyOf } = {}) {
    super();
    this.#url = url;
    this.#identity = identity;
    this.#hardware = hardware;
    this.#records = records;
    this.#tls = tls;
    this.#keyOf = keyOf;
    const stored = [...records].map(([key, value]) => ({ key, value }));
    this.station = new Station(config, stored);
    this.#driver = new Driver(this.station, (kind, what, output) => this.#carryOut(kind, what, output));
    this.#driver.on("error", (error) => tellOf(this, error));
    this.#driver.on("changed", () => this.emit("changed"));
  }

  get state() {
    return this.station.state;
  }

  /** Runs until `stop`, or until the station wants to restart (event `reboot`). */
  start() {
    this.tell("Start");
    return this;
  }

  tell(input) {
    this.#driver.tell(input);
  }

  plug(evse = 1, connector = 1) {
    this.tell({ Cable: { at: { evse, connector }, state: "Connected" } });
  }

  unplug(evse = 1, connector = 1) {
    this.tell({ Cable: { at: { evse, connector }, state: "Unplugged" } });
  }

  present(id, evse = null) {
    this.tell({ TokenPresented: { evse, token: { id } } });
  }

  /** The energy register of an EVSE, in Wh. */
  meter(energy, evse = 1) {
    const values = [{ measurand: "Energy.Active.Import.Register", unit: "Wh", value: energy }];
    this.tell({ Meter: { evse, reading: { values } } });
  }

  /** Waits until the state of the station is so, and gives it. */
  async until(condition) {
    for (;;) {
      const { state } = this;
      if (condition(state)) return state;
      await once(this, "changed");
    }
  }

  /** Ends the station and its connection; done when that is closed. What is stored goes on with the next one. */
  stop() {
    this.#driver.end();
    return this.#hangUp();
  }

  async #carryOut(kind, what, output) {
    switch (kind) {
      case "Store":
        await this.#records.set(what.key, what.value);
        break;
      case "Remove":
        await this.#records.delete(what);
        break;
      case "Transmit":
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(what);
        break;
      case "Connect":
        this.#hangUp();
        this.#connect(what);
        break;
      case "Disconnect":
        this.#hangUp();
        this.tell("Disconnected");
        break;
      case "Ping":
        this.#socket?.ping();
        break;
      case "Reboot":
        // The CSMS reads what was said last before the next connection comes.
        this.stop().then(() => this.emit("reboot", what));
        break;
      default: {
        const answer = await this.#hardware?.(output);
        this.station.handle(answer ?? "Decline");
      }
    }
  }

  #hangUp() {
    const socket = this.#socket;
    this.#socket = null;
    this.#link = null;
    if (!socket || socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    // A peer that is gone does not answer.
    const impatient = setTimeout(() => socket.terminate(), CLOSING);
    return new Promise((resolve) => {
      socket.once("close", () => {
        clearTimeout(impatient);
        resolve();
      });
      socket.close();
    });
  }

  async #connect(wanted) {
    // One that was given up says nothing any more.
    const link = (this.#link = Symbol("link"));
    const tell = (input) => this.#link === link && this.tell(input);
    let ways;
    try {
      ways = await attempts(wanted, this.#tls, this.#keyOf);
    } catch (error) {
      this.emit("noConnection", error);
      return tell("Disconnected");
    }
    while (this.#link === link) {
      const { root, certificate, options } = ways.shift();
      const error = await this.#open(wanted, options, tell, { root, client_certificate: certificate });
      if (!error || this.#link !== link) return;
      if (ways.length && isCertificate(error)) continue;
      this.emit("noConnection", error);
      const kind = refusal(error);
      if (kind) tell({ ConnectionRefused: { kind, info: error.message } });
      return tell("Disconnected");
    }
  }

  /** Opens one connection: done with nothing when it is open, with an error when it cannot be. */
  #open({ versions, url, password, password_version, security_profile }, options, tell, secured) {
    const base = (url || this.#url).replace(/\/$/, "").replace(/^ws:/, security_profile < 2 ? "ws:" : "wss:");
    const address = `${base}/${encodeURIComponent(this.#identity)}`;
    const headers = {};
    if (password !== null) {
      // 1.6 sets passwords as hexadecimal digits of bytes, 2.x as text.
      const secret = Buffer.from(password, password_version === "1.6" ? "hex" : "utf8");
      const both = Buffer.concat([Buffer.from(`${this.#identity}:`), secret]);
      headers.Authorization = `Basic ${both.toString("base64")}`;
    }
    const socket = new WebSocket(address, versions.map((version) => NAMES[version]), { headers, ...options });
    this.#socket = socket;
    return new Promise((resolve) => {
      let opened = false;
      socket.on("open", () => {
        opened = true;
        if (base.startsWith("wss:")) tell({ ConnectionSecured: secured });
        tell({ Connected: { version: VERSIONS[socket.protocol] } });
        resolve();
      });
      socket.on("message", (data, isBinary) => isBinary || tell({ Received: data.toString() }));
      socket.on("pong", () => tell("LinkAlive"));
      socket.on("error", (error) => (opened ? this.emit("noConnection", error) : resolve(error)));
      socket.on("close", () => {
        if (this.#socket === socket) this.#socket = null;
        if (opened) tell("Disconnected");
        // Given up while it was opened.
        resolve(new Error("closed"));
      });
    });
  }
}

/** A command was not carried out. `failure` is what the CSMS's side says. */
export class CommandFailed extends Error {
  name = "CommandFailed";
  constructor(failure) {
    super(typeof failure === "string" ? failure : JSON.stringify(failure));
    this.failure = failure;
  }
}

/** One station, as its CSMS sees it. */
class Connection {
  #driver;
  #socket = null;
  #csms;
  #records;
  #commands = new Map();
  #next = 0;

  constructor(csms, identity, records, config) {
    this.identity = identity;
    this.#csms = csms;
    this.#records = records;
    const stored = [...records].map(([key, record]) => ({ key, record }));
    this.remote = new RemoteStation({ identity, ...config }, stored);
    this.#driver = new Driver(this.remote, (kind, what, output) => this.#carryOut(kind, what, output));
    this.#driver.on("error", (error) => tellOf(csms, error, this));
  }

  get state() {
    return this.remote.state;
  }

  /** Carries a command out, and gives its outcome. Throws `CommandFailed`. */
  command(command) {
    const id = ++this.#next;
    return new Promise((resolve, reject) => {
      this.#commands.set(id, { resolve, reject });
      this.#driver.tell({ Command: { id, command } });
    });
  }

  /** An operation in words of no version. */
  operate(operation) {
    return this.command({ Operation: operation });
  }

  /** A call of the version that the station speaks; gives the response. */
  async call(action, payload = {}) {
    const outcome = await this.command({ Call: { action, payload: JSON.stringify(payload) } });
    return JSON.parse(outcome.Response);
  }

  /** What can be billed of a transaction, by its number. */
  bill(reference) {
    return this.remote.handle({ GetBill: reference }).bill;
  }

  close() {
    this.#driver.end();
    this.#socket?.close();
  }

  /** @internal */
  connected(socket, link) {
    this.#socket?.close(1000, "a newer connection");
    this.#socket = socket;
    this.#driver.tell({ Connected: link });
    socket.on("message", (data, isBinary) => {
      if (this.#socket === socket && !isBinary) this.#driver.tell({ Received: data.toString() });
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#driver.tell("Disconnected");
    });
  }

  async #carryOut(kind, what) {
    switch (kind) {
      case "Store":
        return this.#store(what);
      case "Transmit":
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(what);
        return;
      case "Ask":
        return this.#ask(what);
      case "Event":
        this.#csms.emit("event", this, ...kindOf(what));
        return;
      case "CommandEnded": {
        const command = this.#commands.get(what.id);
        this.#commands.delete(what.id);
        if ("Err" in what.outcome) command?.reject(new CommandFailed(what.outcome.Err));
        else command?.resolve(what.outcome.Ok);
        return;
      }
      case "Close":
        this.#socket?.close(1008, typeof what === "string" ? what : undefined);
    }
  }

  async #store(changes) {
    try {
      if (this.#records.change) await this.#records.change(changes);
      else for (const { key, record } of changes) record === null ? this.#records.delete(key) : this.#records.set(key, record);
    } catch (error) {
      this.remote.handle("NotStored");
      tellOf(this.#csms, error, this);
    }
  }

  async #ask({ question, about }) {
    const [name, what] = kindOf(about);
    let answer;
    try {
      answer = await this.#csms.answer(this, name, what);
    } catch (error) {
      tellOf(this.#csms, error, this);
      answer = "Failed";
    }
    this.remote.handle(answer === undefined ? "Decline" : { Answer: { question, answer } });
  }
}

/** A management system. */
export class Csms extends EventEmitter {
  #stations = new Map();
  #options;
  #numbers;
  #server;

  /**
   * `authorize(idToken, station, question)` says what is known of a token; `respond(station, action, payload)` answers what the CSMS
   * cannot answer by itself; `records(identity)` gives a Map (or what is like one) of a station's records.
   */
  constructor(options = {}) {
    super();
    this.#options = options;
    let last = options.lastNumber ?? Math.floor(Date.now() / 1000) % 2 ** 30;
    this.#numbers = options.number ?? (() => ++last);
  }

  get stations() {
    return this.#stations;
  }

  /** The station of this name, connected or not. */
  station(identity) {
    let station = this.#stations.get(identity);
    if (!station) {
      const records = this.#options.records?.(identity) ?? new Map();
      station = new Connection(this, identity, records, this.#options.config);
      this.#stations.set(identity, station);
    }
    return station;
  }

  /** Accepts stations. The last part of the path is the identity. Gives the port. */
  async listen(port = 0, host = "127.0.0.1") {
    const { versions = ["2.1", "2.0.1", "1.6"], admits = () => true } = this.#options;
    const names = versions.map((version) => NAMES[version]);
    const http = createServer((_, response) => response.writeHead(426).end("OCPP needs WebSocket\n"));
    const sockets = new WebSocketServer({
      noServer: true,
      maxPayload: 1 << 20,
      handleProtocols: (offered) => names.find((name) => offered.has(name)) ?? false,
    });
    this.#server = { http, sockets };
    http.on("upgrade", async (request, stream, head) => {
      stream.on("error", () => {});
      try {
        const identity = identityOf(request);
        const link = identity !== null && (await this.#door(identity, request, admits));
        if (!link) return refuse(stream, "401 Unauthorized");
        sockets.handleUpgrade(request, stream, head, (socket) => {
          if (!VERSIONS[socket.protocol]) return socket.close(1002, "no common version");
          this.station(identity).connected(socket, { ...link, version: VERSIONS[socket.protocol] });
        });
      } catch (error) {
        tellOf(this, error);
        refuse(stream, "500 Internal Server Error");
      }
    });
    http.listen(port, host);
    await once(http, "listening");
    return http.address().port;
  }

  /** Ends all connections. */
  async close() {
    for (const station of this.#stations.values()) station.close();
    this.#server?.http.close();
    for (const socket of this.#server?.sockets.clients ?? []) socket.terminate();
  }

  /** Who has a password must show it; whether others may come says `admits`. */
  async #door(identity, request, admits) {
    if (!(await admits(identity, request))) return null;
    const [, basic] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    const { remote } = this.station(identity);
    if (!remote.state.hasPassword) return { profile: 0 };
    const said = Buffer.from(basic ?? "", "base64");
    const name = Buffer.from(`${identity}:`);
    if (!said.subarray(0, name.length).equals(name)) return null;
    const { shown } = remote.handle({ ShowPassword: [...said.subarray(name.length)] });
    return shown && { profile: 1, shown };
  }

  /** @internal */
  async answer(station, name, what) {
    const { authorize, respond, answer } = this.#options;
    switch (name) {
      case "Number":
        return { Number: await this.#numbers() };
      case "Stored":
        return answer ? ((await answer(station, name, what)) ?? { Stored: null }) : { Stored: null };
      case "Authorize": {
        const said = authorize ? await authorize(what.idToken, station, what) : undefined;
        return said === undefined ? undefined : { Token: typeof said === "string" ? { status: said } : said };
      }
      case "Request": {
        const said = respond && (await respond(station, what.action, JSON.parse(what.payload)));
        return said ? { Response: JSON.stringify(said) } : undefined;
      }
      default:
        return answer?.(station, name, what);
    }
  }
}

function identityOf(request) {
  try {
    return decodeURIComponent(new URL(request.url, "ws://any").pathname.split("/").pop()) || null;
  } catch {
    return null;
  }
}

function refuse(stream, status) {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export { OcppError };
