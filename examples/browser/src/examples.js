// What the page begins with: the examples of the repository.

import situation from "../../data/situation.json" with { type: "json" };
import replaced from "../../data/replaced.json" with { type: "json" };
import log from "../../data/mixed.log";

export const SITUATION = situation;
export const REPLACED = replaced;
export const LOG = log;
