// Compile kernel.wat and put it into kernel.js as text: `npm run kernel`.
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const here = new URL(".", import.meta.url);
const tools = await wabt();
const module = tools.parseWat("kernel.wat", readFileSync(new URL("kernel.wat", here), "utf8"), { simd: true });
const { buffer } = module.toBinary({});
const text = Buffer.from(buffer).toString("base64").replace(/.{100}/g, (line) => `${line}" +\n  "`);
writeFileSync(
  new URL("kernel.js", here),
  `/**
 * The compiled kernel.wat, base64. Made by \`npm run kernel\`; not written by hand.
 * @module
 */
export const KERNEL =
  "${text}";
`,
);
