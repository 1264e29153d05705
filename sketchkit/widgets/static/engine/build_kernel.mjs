// Generate the matrix kernel in WebAssembly, and write it into kernel.js as a string: `npm run kernel`.
//
// The kernel computes y += x W for several sketches at once, so that W is read from memory only once for all of them. W is packed in panels of
// 16 columns: panel p contains columns 16 p to 16 p + 15, row by row. A panel of the usual size stays in the fastest cache while
// groups of up to five sketches are multiplied by it, one group after the other. Each sum is computed in the order of the rows,
// so that it does not depend on the other sketches.
//
// Only instructions with exactly one allowed result are used: with the fused multiply-add of relaxed SIMD, drawings would differ
// between processors.
import { writeFileSync } from "node:fs";
import wabt from "wabt";

/** Maximum number of sketches whose sums fit into the 16 vector registers of common processors. */
const MAX_GROUP = 5;

const range = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => i);
const get = (/** @type {string} */ name) => `(local.get $${name})`;
/**
 * A vector that contains one number four times, read from a local variable: browsers would rebuild a constant vector in every
 * iteration.
 * @param {number} x
 */
const number = (x) => {
  if (!NUMBERS.includes(x)) NUMBERS.push(x);
  return get(`number${NUMBERS.indexOf(x)}`);
};
/** Numbers that the functions of the gates keep in local variables. @type {number[]} */
const NUMBERS = [];
const op = (/** @type {string} */ name, /** @type {string[]} */ ...values) => `(f32x4.${name} ${values.join(" ")})`;
const [add, mul, div] = ["add", "mul", "div"].map((name) => (/** @type {string} */ a, /** @type {string} */ b) => op(name, a, b));

/**
 * Function $groupN: y += x W for N sketches and the 16 columns of a panel, or for 8 of these columns if N is more than 2, so that
 * all of the sums are in registers.
 * @param {number} sketches
 */
function group(sketches) {
  const vectors = range(sketches > 2 ? 2 : 4), all = range(sketches);
  /** @param {(s: number, v: number) => string} line */
  const each = (line) => all.map((s) => vectors.map((v) => line(s, v)).join("\n")).join("\n");
  return `
  (func $group${sketches} (type $group) ${GROUP_PARAMETERS}
    (local $input v128) ${vectors.map((v) => `(local $w${v} v128)`).join(" ")}
    ${all.map((s) => `(local $y${s} i32)`).join(" ")}
    ${each((s, v) => `(local $sum${s}_${v} v128)`)}
    ${all.map((s) => `(local.set $y${s} ${s ? `(i32.add ${get(`y${s - 1}`)} ${get("ys")})` : get("y")})`).join("\n")}
    ${each((s, v) => `(local.set $sum${s}_${v} (v128.load offset=${16 * v} ${get(`y${s}`)}))`)}
    (loop $row
      ${vectors.map((v) => `(local.set $w${v} (v128.load offset=${16 * v} ${get("w")}))`).join("\n")}
      ${all.map((s) => `(local.set $input (v128.load32_splat offset=${4 * s} ${get("x")}))
        ${vectors.map((v) => `(local.set $sum${s}_${v} ${add(get(`sum${s}_${v}`), mul(get("input"), get(`w${v}`)))})`).join("\n")}`).join("\n")}
      (local.set $w (i32.add ${get("w")} (i32.const 64)))
      (local.set $x (i32.add ${get("x")} ${get("step")}))
      (br_if $row (local.tee $rows (i32.sub ${get("rows")} (i32.const 1)))))
    ${each((s, v) => `(v128.store offset=${16 * v} ${get(`y${s}`)} ${get(`sum${s}_${v}`)})`)})`;
}
// $x: inputs, by row of W and, within a row, by sketch of the group; $step: bytes from one row to the next; $ys: bytes from one
// sketch's output to the next.
const GROUP_PARAMETERS = "(param $w i32) (param $rows i32) (param $x i32) (param $step i32) (param $y i32) (param $ys i32)";

/** Call the function for $size sketches on the columns that begin at a byte of the panel. @param {number} byte */
const callGroup = (byte) => `(call_indirect (type $group) (i32.add ${get("w")} (i32.const ${byte})) ${get("rows")} ${get("from")}
  (i32.shl ${get("count")} (i32.const 2)) (i32.add ${get("to")} (i32.const ${byte})) ${get("ys")} (i32.sub ${get("size")} (i32.const 1)))`;

const PRODUCT = `
  ;; Copy the inputs of all sketches to $to, row by row. $xs: bytes from one sketch's input to the next.
  (func $interleave (param $x i32) (param $xs i32) (param $rows i32) (param $count i32) (param $to i32)
    (local $s i32) (local $from i32) (local $end i32) (local $at i32)
    (loop $sketch
      (local.set $from ${get("x")})
      (local.set $end (i32.add ${get("x")} (i32.shl ${get("rows")} (i32.const 2))))
      (local.set $at ${get("to")})
      (loop $row
        (i32.store ${get("at")} (i32.load ${get("from")}))
        (local.set $at (i32.add ${get("at")} (i32.shl ${get("count")} (i32.const 2))))
        (br_if $row (i32.lt_u (local.tee $from (i32.add ${get("from")} (i32.const 4))) ${get("end")})))
      (local.set $x (i32.add ${get("x")} ${get("xs")}))
      (local.set $to (i32.add ${get("to")} (i32.const 4)))
      (br_if $sketch (i32.lt_u (local.tee $s (i32.add ${get("s")} (i32.const 1))) ${get("count")}))))

  ;; y += x W for $count sketches. $inputs: address of $rows * $count numbers, which are overwritten.
  (func (export "multiply")
    (param $w i32) (param $rows i32) (param $panels i32) (param $x i32) (param $xs i32) (param $y i32) (param $ys i32)
    (param $count i32) (param $inputs i32)
    (local $left i32) (local $size i32) (local $groups i32) (local $from i32) (local $to i32)
    (if (i32.gt_u ${get("count")} (i32.const 1))
      (then (call $interleave ${get("x")} ${get("xs")} ${get("rows")} ${get("count")} ${get("inputs")}))
      (else (local.set $inputs ${get("x")})))
    (loop $panel
      (local.set $left ${get("count")})
      (local.set $from ${get("inputs")})
      (local.set $to ${get("y")})
      (loop $next
        ;; the sizes of the groups differ by at most one
        (local.set $groups (i32.div_u (i32.add ${get("left")} (i32.const ${MAX_GROUP - 1})) (i32.const ${MAX_GROUP})))
        (local.set $size (i32.div_u (i32.add ${get("left")} (i32.sub ${get("groups")} (i32.const 1))) ${get("groups")}))
        ${callGroup(0)}
        (if (i32.gt_u ${get("size")} (i32.const 2)) (then ${callGroup(32)})) ;; the other 8 columns
        (local.set $from (i32.add ${get("from")} (i32.shl ${get("size")} (i32.const 2))))
        (local.set $to (i32.add ${get("to")} (i32.mul ${get("size")} ${get("ys")})))
        (br_if $next (local.tee $left (i32.sub ${get("left")} ${get("size")}))))
      (local.set $w (i32.add ${get("w")} (i32.shl ${get("rows")} (i32.const 6))))
      (local.set $y (i32.add ${get("y")} (i32.const 64)))
      (br_if $panel (local.tee $panels (i32.sub ${get("panels")} (i32.const 1))))))`;

/** Coefficients of the polynomial of `exp`, from the highest power. */
const COEFFICIENTS = ["1.9875691500e-4", "1.3981999507e-3", "8.3334519073e-3", "4.1665795894e-2", "1.6666665459e-1", "5.0000001201e-1"];
/** The sum of a small number and 1.5 * 2^23 is rounded to an integer, which is in the last bits of the result. */
const ROUNDING = 12582912;

/**
 * e^x: x = n ln 2 + r, then a polynomial in r, as in expf of Moshier's Cephes library. The error is about one unit in the last
 * place. The code is inlined, because a function call would take most of the time.
 * @param {string} x
 */
const exp = (x) => `(block (result v128)
  (local.set $x ${op("min", op("max", x, number(-87)), number(87))})
  (local.set $bits ${add(mul(get("x"), number(1.44269504089)), number(ROUNDING))})
  (local.set $n ${op("sub", get("bits"), number(ROUNDING))})
  (local.set $r ${op("sub", get("x"), mul(get("n"), number(0.693359375)))})
  (local.set $r ${add(get("r"), mul(get("n"), number(2.1219444e-4)))})
  ${COEFFICIENTS.map((c, i) => `(local.set $x ${i ? add(mul(get("x"), get("r")), number(+c)) : number(+c)})`).join("\n")}
  (local.set $x ${add(mul(get("x"), mul(get("r"), get("r"))), get("r"))})
  ${mul(add(get("x"), number(1)), `(i32x4.shl (i32x4.add ${get("bits")} (v128.const i32x4 127 127 127 127)) (i32.const 23))`)})`;
const sigmoid = (/** @type {string} */ x) => div(number(1), add(number(1), exp(op("neg", x))));
const tanh = (/** @type {string} */ x) => op("sub", number(1), div(number(2), add(number(1), exp(add(x, x)))));

const load = (/** @type {string} */ name) => `(v128.load ${get(name)})`;
const STATE = add(mul(load("c"), sigmoid(add(load("f"), number(1)))), mul(sigmoid(load("i")), tanh(load("j"))));
const HIDDEN = mul(tanh(load("h")), sigmoid(load("o")));
const LOCALS = ["x", "bits", "n", "r", ...NUMBERS.map((_, i) => `number${i}`)].map((name) => `(local $${name} v128)`).join(" ");
const ASSIGNMENTS = NUMBERS.map((x, i) => `(local.set $number${i} (v128.const f32x4 ${x} ${x} ${x} ${x}))`).join("\n");
const GATES = `
  ;; c = c sigmoid(f + 1) + sigmoid(i) tanh(j), where the gates i, j, f are $bytes apart; $bytes is a multiple of 16
  (func (export "updateCell") (param $i i32) (param $c i32) (param $bytes i32)
    (local $end i32) (local $j i32) (local $f i32) ${LOCALS}
    ${ASSIGNMENTS}
    (local.set $end (i32.add ${get("c")} ${get("bytes")}))
    (local.set $j (i32.add ${get("i")} ${get("bytes")}))
    (local.set $f (i32.add ${get("j")} ${get("bytes")}))
    (loop $four
      (v128.store ${get("c")} ${STATE})
      ${["i", "j", "f"].map((gate) => `(local.set $${gate} (i32.add ${get(gate)} (i32.const 16)))`).join("\n")}
      (br_if $four (i32.lt_u (local.tee $c (i32.add ${get("c")} (i32.const 16))) ${get("end")}))))

  ;; h = tanh(h) sigmoid(o)
  (func (export "outputHidden") (param $o i32) (param $h i32) (param $bytes i32)
    (local $end i32) ${LOCALS}
    ${ASSIGNMENTS}
    (local.set $end (i32.add ${get("h")} ${get("bytes")}))
    (loop $four
      (v128.store ${get("h")} ${HIDDEN})
      (local.set $o (i32.add ${get("o")} (i32.const 16)))
      (br_if $four (i32.lt_u (local.tee $h (i32.add ${get("h")} (i32.const 16))) ${get("end")}))))`;

const names = range(MAX_GROUP).map((i) => `$group${i + 1}`).join(" ");
const source = `(module (memory (export "memory") 1) (type $group (func ${GROUP_PARAMETERS})) (table funcref (elem ${names}))
  ${range(MAX_GROUP).map((i) => group(i + 1)).join("\n")} ${PRODUCT} ${GATES})`;
const { buffer } = (await wabt()).parseWat("kernel", source, { simd: true }).toBinary({});
const text = Buffer.from(buffer).toString("base64").replace(/.{100}/g, (line) => `${line}" +\n  "`);
writeFileSync(
  new URL("kernel.js", import.meta.url),
  `/**
 * The matrix kernel: WebAssembly in base64. Generated by \`npm run kernel\`, see build_kernel.mjs; do not edit.
 * @module
 */
export const KERNEL =
  "${text}";
`,
);
console.log(`kernel.js: ${buffer.length} bytes of WebAssembly`);
