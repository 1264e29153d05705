/**
 * Counter-based random numbers, keyed by (seed, variant, index); the same numbers as in sketchkit/model/noise.py.
 * @module
 */

const GOLDEN = 0x9e3779b9;

/**
 * A hash of a 32-bit integer.
 * @param {number} x
 */
export function mix(x) {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * The 32-bit key of a stream of random numbers, computed from integer labels in the range 0 to 2^53 - 1.
 * @param {...number} labels
 */
export function stream(...labels) {
  let key = 0;
  for (const label of labels) {
    if (!Number.isSafeInteger(label) || label < 0) throw new RangeError(`expected a seed from 0 to 2^53 - 1, got ${label}`);
    for (const word of [label % 0x100000000, Math.floor(label / 0x100000000)]) {
      key = mix((Math.imul(key, 3) + word + GOLDEN) | 0);
    }
  }
  return key;
}

/**
 * Uniform random number `index` of a stream, 0 < u < 1.
 * @param {number} key
 * @param {number} index
 */
function uniform(key, index) {
  return ((mix((Math.imul(index + 1, GOLDEN) + key) | 0) >>> 8) + 0.5) / (1 << 24);
}

/**
 * Standard normal random numbers of a stream.
 * @param {number} key
 * @param {number} count
 */
export function normals(key, count) {
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform(key, i)));
    const angle = 2 * Math.PI * uniform(key, i + 1);
    numbers[i] = radius * Math.cos(angle);
    if (i + 1 < count) numbers[i + 1] = radius * Math.sin(angle);
  }
  return numbers;
}

/**
 * The random numbers of one drawing: for each point a uniform number for the component, a uniform number for the pen state,
 * and two standard normal numbers.
 * @param {number} seed
 * @param {number} variant
 * @param {number} steps
 * @returns {Float32Array} 4 * steps numbers
 */
export function decodeNoise(seed, variant, steps) {
  const key = stream(seed, variant);
  const noise = new Float32Array(4 * steps);
  for (let i = 0; i < noise.length; i += 4) {
    const radius = Math.sqrt(-2 * Math.log(uniform(key, i + 2)));
    const angle = 2 * Math.PI * uniform(key, i + 3);
    noise.set([uniform(key, i), uniform(key, i + 1), radius * Math.cos(angle), radius * Math.sin(angle)], i);
  }
  return noise;
}
