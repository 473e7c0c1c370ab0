// Says what is wrong with the OCPP messages in a log: node validate.js FILE [VERSION]

import { readFileSync } from "node:fs";
import { validate } from "ocpp-core";

const [file, version] = process.argv.slice(2);
const messages = validate(readFileSync(file, "utf8"), { version });
for (const { line, message, errors = [] } of messages) {
  for (const error of errors) console.log(`line ${line}: ${message}${error.pointer}: ${error.expected} is wanted`);
}
process.exitCode = messages.every((message) => message.ok) ? 0 : 1;
