// Times of the page's engine in a browser for one drawing and for nine, with different numbers of workers. The rounds of all
// cases alternate, so that other programs slow them all down alike, and the ratios of their times hold.
async ({ modules, cases, key, config, index, weights, rounds }) => {
  const bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0));
  /** A stand-in for a widget's model; it answers every message with the weights. */
  const source = () => {
    const listeners = new Set();
    return {
      on: (_, act) => listeners.add(act),
      off: (_, act) => listeners.delete(act),
      send: () => queueMicrotask(() => listeners.forEach((act) => act({ kind: "weights", key, config, index }, [new DataView(bytes.buffer)]))),
    };
  };
  const clients = new Map();
  const started = [];
  for (const { module, workers } of cases) {
    const name = `${module} ${workers}`;
    if (clients.has(name)) continue;
    const { Client } = (0, eval)(modules[module]), client = new Client(workers);
    await client.load(key, source(), new AbortController().signal);
    clients.set(name, client);
    started.push(client);
  }
  const draw = async ({ module, workers, count }, seed) => {
    const client = clients.get(`${module} ${workers}`), began = performance.now();
    let first = 0;
    const given = { variants: Array.from({ length: count }, (_, i) => i), seed, temperature: 0.5, category: -1, categories: 0, partial: true };
    await client.ask("draw", key, "bench", given, () => (first ||= performance.now() - began));
    return { first: first || performance.now() - began, done: performance.now() - began };
  };
  for (const one of cases) for (let i = 0; i < 3; i++) await draw(one, i);
  for (const client of started) {
    while (client.others?.some((other) => !other.models.has(key))) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  for (const one of cases) await draw(one, 0);
  const laps = cases.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < cases.length; k++) {
      const i = (k + round) % cases.length; // no case is always the first
      laps[i].push(await draw(cases[i], round));
    }
  }
  const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  return laps.map((lap) => ["first", "done"].map((what) => median(lap.map((times) => times[what]))));
}
