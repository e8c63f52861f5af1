// Sends messages through nodemailer's pool: node nodemailer.mjs FOLDER COUNT BYTES CONNECTIONS PORT
// FOLDER is where `npm install nodemailer` put it. Prints the seconds that it took.
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, ...numbers] = process.argv.slice(2);
const [count, bytes, connections, port] = numbers.map(Number);
const nodemailer = createRequire(join(folder, "package.json"))("nodemailer");
const pool = nodemailer.createTransport({
  pool: true,
  host: "127.0.0.1",
  port,
  secure: false,
  ignoreTLS: true,
  maxConnections: connections,
  maxMessages: Infinity,
});
const line = "x".repeat(76) + "\r\n";
const raw = Buffer.from("Subject: hi\r\n\r\n" + line.repeat(Math.floor(bytes / line.length)));
const start = performance.now();
const sends = Array.from({ length: count }, () =>
  pool.sendMail({
    envelope: { from: "weekly@harbour.example", to: "reader@reader.example" },
    raw,
  }),
);
await Promise.all(sends);
console.log((performance.now() - start) / 1000);
pool.close();
