// Feed rows to a model with npm's @magenta/sketch and print the mixture that it predicts after the last row.
// node magenta_sketch.cjs MODEL.gen.json '[[dx, dy, down, up, end], ...]'
const fs = require("fs");

console.log = () => {}; // the library logs a greeting
console.warn = () => {};
globalThis.fetch = async (path) => ({
  ok: true,
  status: 200,
  json: async () => JSON.parse(fs.readFileSync(path, "utf8")),
});
const { SketchRNN } = require("@magenta/sketch");

(async () => {
  const model = new SketchRNN(process.argv[2]);
  await model.initialize();
  model.setPixelFactor(1);
  let state = model.update(model.zeroInput(), model.zeroState());
  for (const row of JSON.parse(process.argv[3])) state = model.update(row, state);
  const pdf = model.getPDF(state, 1);
  const plain = Object.fromEntries(Object.entries(pdf).map(([name, values]) => [name, Array.from(values)]));
  process.stdout.write(JSON.stringify({ info: model.info, pdf: plain }));
})();
