// Compile kernel.wat and put it into kernel.js as text, twice: `npm run kernel`. The second time x y + z is one instruction,
// which newer engines have (relaxed SIMD) and which makes several sketches at once a quarter faster.
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const here = new URL(".", import.meta.url);
const tools = await wabt();
const source = readFileSync(new URL("kernel.wat", here), "utf8");
const fused = source.replace(
  /\(f32x4\.add (\(local\.get \$\w+\)) \(f32x4\.mul (\(local\.get \$\w+\)) (\((?:v128\.load(?: offset=\d+)? \(local\.get \$w\)|local\.get \$k)\))\)\)/g,
  "(f32x4.relaxed_madd $2 $3 $1)");
if (fused.match(/relaxed_madd/g)?.length !== 16) throw new Error("expected 16 products in kernel.wat");
/** @param {string} text */
const compiled = (text) => {
  const { buffer } = tools.parseWat("kernel.wat", text, { simd: true, relaxed_simd: true }).toBinary({});
  return Buffer.from(buffer).toString("base64").replace(/.{100}/g, (line) => `${line}" +\n  "`);
};
writeFileSync(
  new URL("kernel.js", here),
  `/**
 * The compiled kernel.wat, base64: as it is, and with fused products. Made by \`npm run kernel\`; not written by hand.
 * @module
 */
export const KERNEL =
  "${compiled(source)}";
export const FUSED_KERNEL =
  "${compiled(fused)}";
`,
);
