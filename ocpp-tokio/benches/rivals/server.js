// The rival made of the npm package `ocpp-rpc`. Prints "listening PORT", serves until it is killed.
const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { RPCServer } = require("ocpp-rpc");

const flag = (name) => process.argv.includes(name);
const at = process.argv.indexOf("--tls");
const tls = at < 0 ? null : { cert: fs.readFileSync(process.argv[at + 1]), key: fs.readFileSync(process.argv[at + 2]) };

const server = new RPCServer({
    protocols: ["ocpp1.6"],
    strictMode: flag("--validate"),
    wssOptions: { perMessageDeflate: flag("--deflate") },
});
server.auth((accept) => accept());
server.on("client", (client) => {
    client.handle("Heartbeat", () => ({ currentTime: "1970-01-01T00:00:00Z" }));
    client.handle("MeterValues", () => ({}));
});

const listener = tls ? https.createServer(tls) : http.createServer();
listener.on("upgrade", server.handleUpgrade);
listener.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
    console.log("listening", listener.address().port);
});
