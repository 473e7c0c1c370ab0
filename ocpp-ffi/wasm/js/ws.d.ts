import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { ClientOptions } from "ws";
import type { Input, Output, RemoteStation, Station, Version } from "./index.js";

export { OcppError } from "./index.js";

/** Carries an output out, and gives the input that answers it; nothing declines, which means nothing for what asks nothing. */
export type Hardware = (output: Output) => Input | void | null | Promise<Input | void | null>;

/** Where records last: a `Map` forgets at the end of the program. */
export interface Records extends Iterable<[string, string]> {
  set(key: string, value: string): unknown;
  delete(key: string): unknown;
}

/** As {@link Records}, for a CSMS: `change`, if there is one, takes several changes at once, all or none. */
export interface StationRecords extends Records {
  change?(changes: { key: string; record: string | null }[]): void | Promise<void>;
}

/**
 * A charging station with a connection. Events: `changed`, `noConnection` (why), `reboot` (how), `problem` (an error that nobody
 * waits for; without a listener it is printed).
 */
export class Charger extends EventEmitter {
  constructor(
    url: string,
    identity: string,
    config: string | object,
    options?: {
      hardware?: Hardware;
      records?: Records;
      /** Options of `ws` and of TLS, for example `ca`: the root that the station left the factory with. */
      tls?: ClientOptions;
      /** The private key (PEM) of this name, which `MakeCertificateRequest` was answered with (security profile 3). */
      keyOf?(name: string): string | undefined | Promise<string | undefined>;
    },
  );
  readonly station: Station;
  readonly state: any;
  /** Runs until `stop`, or until the station wants to restart. */
  start(): this;
  /** Something happens to the station. */
  tell(input: Input): void;
  /** A car is plugged in. */
  plug(evse?: number, connector?: number): void;
  /** The cable is pulled out. */
  unplug(evse?: number, connector?: number): void;
  /** A card is presented. */
  present(id: string, evse?: number | null): void;
  /** The energy register of an EVSE, in Wh. */
  meter(energy: number, evse?: number): void;
  /** Waits until the state is so, and gives it. */
  until(condition: (state: any) => unknown): Promise<any>;
  /** Ends the station and its connection; done when that is closed. */
  stop(): Promise<void>;
}

/** A command was not carried out. `failure` is what the CSMS's side says. */
export class CommandFailed extends Error {
  readonly failure: any;
}

/** One station, as its CSMS sees it. */
export interface Connection {
  readonly identity: string;
  readonly remote: RemoteStation;
  readonly state: any;
  /** Carries a command out. Throws `CommandFailed`. */
  command(command: Input): Promise<any>;
  /** An operation in words of no version: `{ Stop: 7 }`. */
  operate(operation: Input): Promise<any>;
  /** A call of the version that the station speaks; gives the response. */
  call(action: string, payload?: object): Promise<any>;
  /** What can be billed of a transaction, by its number. */
  bill(reference: number): any;
  close(): void;
}

export interface CsmsOptions {
  /** The versions that it speaks, best first: all. */
  versions?: Version[];
  /** Whether a station may come at all. */
  admits?(identity: string, request: IncomingMessage): boolean | Promise<boolean>;
  /** What is known of a token: a status, or a TokenInfo. Nothing: it may not charge. */
  authorize?(idToken: { idToken: string; kind?: string }, station: Connection, question: any): any;
  /** Answers what the CSMS cannot answer by itself: data of vendors, contract certificates. */
  respond?(station: Connection, action: string, payload: any): any;
  /** Answers all other questions (`Cost`, `Sign`), with an `Answer`. */
  answer?(station: Connection, question: string, about: any): any;
  /** A number for a transaction that was never given before; counted from `lastNumber` otherwise. */
  number?(): number | Promise<number>;
  lastNumber?: number;
  /** Where the records of a station last. */
  records?(identity: string): StationRecords;
  /** More members of `remote-config.json`. */
  config?: object;
}

/** A management system. Events: `event` (station, name, what), `problem` (error, station). */
export class Csms extends EventEmitter {
  constructor(options?: CsmsOptions);
  readonly stations: ReadonlyMap<string, Connection>;
  /** The station of this name, connected or not. */
  station(identity: string): Connection;
  /** Accepts stations; the last part of the path is the identity. Gives the port. */
  listen(port?: number, host?: string): Promise<number>;
  /** Ends all connections. */
  close(): Promise<void>;
}
