// Sends messages through nodemailer's pool:
// node nodemailer.mjs FOLDER COUNT BYTES CONNECTIONS PORT ready|composed [tls]
// "ready": one message as bytes. "composed": from the same text and HTML, as its manual has it.
// FOLDER is where `npm install nodemailer` put it. Prints the seconds that it took.
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, ...words] = process.argv.slice(2);
const [count, bytes, connections, port] = words.slice(0, 4).map(Number);
const nodemailer = createRequire(join(folder, "package.json"))("nodemailer");
const pool = nodemailer.createTransport({
  pool: true,
  host: "127.0.0.1",
  port,
  secure: words[5] === "tls",
  ignoreTLS: words[5] !== "tls",
  tls: { rejectUnauthorized: false },
  maxConnections: connections,
  maxMessages: Infinity,
});
const line = "x".repeat(76) + "\r\n";
const raw = Buffer.from("Subject: hi\r\n\r\n" + line.repeat(Math.floor(bytes / line.length)));
const text = "The tide gauge \u2014 it never sleeps, and says so.\n".repeat(bytes / 300);
const html = `<p style="margin:0">${text}</p>`.repeat(4);
const message =
  words[4] === "ready"
    ? { raw }
    : { from: "weekly@harbour.example", to: "reader@reader.example", subject: "hi", text, html };
const start = performance.now();
const sends = Array.from({ length: count }, () =>
  pool.sendMail({
    envelope: { from: "weekly@harbour.example", to: "reader@reader.example" },
    ...message,
  }),
);
await Promise.all(sends);
console.log((performance.now() - start) / 1000);
pool.close();
