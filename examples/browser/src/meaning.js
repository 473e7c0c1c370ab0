// What a message says, in words.

import { decodeFrame } from "ocpp-core/bytes";
import { sayAnswer, sayCall } from "../../../ocpp-cli/src/pages/words.js";

/** Reads frames one after the other, and remembers which answer belongs to which call. */
export class Reader {
  #actions = new Map();

  constructor(version) {
    this.version = version;
  }

  /** `{ kind, action, words }` of a message. */
  read(text) {
    let frame;
    try {
      frame = decodeFrame(this.version, text);
    } catch (error) {
      return { kind: "error", action: "No OCPP", words: error.message };
    }
    const [kind, what] = Object.entries(frame)[0];
    if (kind === "Call" || kind === "Send") {
      this.#actions.set(what.id, what.action);
      if (this.#actions.size > 500) this.#actions.delete(this.#actions.keys().next().value);
      return { kind: "call", action: what.action, words: sayCall(what.action, JSON.parse(what.payload)) };
    }
    const action = this.#actions.get(what.id) ?? "";
    this.#actions.delete(what.id);
    if (kind === "CallResult") return { kind: "result", action, words: sayAnswer(action, JSON.parse(what.payload)) };
    return { kind: "error", action, words: `${what.code}: ${what.description || "that could not be done"}` };
  }
}
