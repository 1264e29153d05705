/**
 * How well latent codes fit the beginning of a drawing: the likelihood of its points under each code, as in
 * sketchkit/model/likelihood.py.
 * @module
 */
import { MAX_BATCH, START, stroke5 } from "./sampling.js";

/** @typedef {import("./model.js").Model} Model */

/** Number of exemplars that are compared if no category is given: those nearest to the code of the beginning. */
export const NEAREST = 24;
/** Number of exemplars that are compared if a category is given. */
export const NEAREST_OF_ONE = 8;
/** The likelihood is computed for at most this many points of a beginning. */
const POINTS = 32;
/** Number of best codes among which the seed chooses. */
const BEST = 4;
/** Bounds as in sketchkit/model/mixture.py. */
const LOG_SIGMA_LIMIT = 14, RHO_RAW_LIMIT = 8;

/**
 * Latent codes of the completions of a beginning, the same as `fitting_codes` in Python.
 * @param {Model} model
 * @param {Float32Array} beginning stroke-3 rows
 * @param {boolean} penDown whether the last stroke of the beginning continues
 * @param {Float32Array[]} codes
 * @param {number} count number of completions
 * @param {number} seed
 */
export function fittingCodes(model, beginning, penDown, codes, count, seed) {
  const rows = stroke5(beginning);
  if (penDown) rows[rows.length - 1].set([1, 0], 2);
  const fit = logLikelihoods(model, rows.slice(0, POINTS), codes);
  const best = codes.map((_, i) => i).sort((a, b) => fit[b] - fit[a]).slice(0, BEST);
  return Array.from({ length: count }, (_, i) => codes[best[(seed + i) % best.length]]);
}

/**
 * The log likelihood of rows under each code.
 * @param {Model} model
 * @param {Float32Array[]} rows stroke-5
 * @param {Float32Array[]} codes
 * @returns {number[]}
 */
export function logLikelihoods(model, rows, codes) {
  /** @type {number[]} */
  const totals = [];
  for (let first = 0; first < codes.length; first += MAX_BATCH) {
    const batch = codes.slice(first, first + MAX_BATCH), sums = batch.map(() => 0);
    batch.forEach((z, s) => model.decoder.begin(s, model.initialState(z), z));
    rows.forEach((row, t) => {
      model.decoder.step(new Array(batch.length).fill(t ? rows[t - 1] : START), batch.length);
      model.decodeOutputs(batch.length).forEach((out, s) => (sums[s] += rowLogLikelihood(out, model.mixtures, row)));
    });
    totals.push(...sums);
  }
  return totals;
}

/**
 * The log likelihood of one row: of its offset (eq. 3 of the paper) and of its pen state.
 * @param {Float32Array} out outputs of the last layer, see `choose` in sampling.js
 * @param {number} m number of components
 * @param {Float32Array} row stroke-5
 */
function rowLogLikelihood(out, m, row) {
  const logits = out.subarray(3, 3 + m), logDensities = new Float64Array(m);
  for (let k = 0; k < m; k++) {
    /** @param {number} part @param {number} limit */
    const of = (part, limit) => Math.max(-limit, Math.min(limit, out[3 + part * m + k]));
    const rhoRaw = of(5, RHO_RAW_LIMIT), logSigma1 = of(3, LOG_SIGMA_LIMIT), logSigma2 = of(4, LOG_SIGMA_LIMIT);
    const cosh = Math.cosh(rhoRaw);
    const x = (row[0] - of(1, Infinity)) * Math.exp(-logSigma1), y = (row[1] - of(2, Infinity)) * Math.exp(-logSigma2);
    const distance = ((x - Math.tanh(rhoRaw) * y) * cosh) ** 2 + y * y;
    logDensities[k] = logits[k] + Math.log(cosh) - 0.5 * distance - Math.log(2 * Math.PI) - logSigma1 - logSigma2;
  }
  const pen = out.subarray(0, 3);
  return logSumExp(logDensities) - logSumExp(logits) + pen[row.subarray(2).indexOf(1)] - logSumExp(pen);
}

/** @param {ArrayLike<number>} values */
function logSumExp(values) {
  let largest = -Infinity, sum = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i]);
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - largest);
  return largest + Math.log(sum);
}
