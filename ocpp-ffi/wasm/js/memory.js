// For tests and the curious: how much memory the module has taken.

export { size } from "./module.js";
