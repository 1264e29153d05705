// Requests of views with and without a kernel, in Node: print the result of each view and the number of requests.
import { Arrivals } from "../../sketchkit/widgets/static/runtime/request.js";

/** A widget's model that answers from request number `answers` on, or never if that is 0. */
class Model {
  constructor(answers, error = "") {
    Object.assign(this, { answers, error, sent: 0, listeners: new Set() });
  }
  on(_, act) {
    this.listeners.add(act);
  }
  off(_, act) {
    this.listeners.delete(act);
  }
  send(content) {
    this.sent++;
    if (!this.answers || this.sent < this.answers) return;
    queueMicrotask(() => this.listeners.forEach((act) => act({ ...content, error: this.error }, [])));
  }
}

const read = (content) => {
  if (content.error) throw new Error(content.error);
  return content.kind === "it" ? Promise.resolve("arrived") : undefined;
};
const get = (arrivals, model, signal) => arrivals.get("key", model, { kind: "it" }, read, signal).catch((error) => error.message);
const CASES = {
  async dead() {
    const arrivals = new Arrivals(), dead = new Model(0), alive = new Model(1);
    const first = get(arrivals, dead), second = get(arrivals, alive);
    return [await first, await second, alive.sent, dead.listeners.size + alive.listeners.size];
  },
  async together() {
    const arrivals = new Arrivals(), models = [1, 1, 1, 1].map((n) => new Model(n));
    const got = await Promise.all(models.map((model) => get(arrivals, model)));
    return [...got, models.reduce((sum, { sent }) => sum + sent, 0), await get(arrivals, new Model(0))];
  },
  async lost() {
    const model = new Model(2);
    return [await get(new Arrivals(), model), model.sent];
  },
  async gone() {
    const arrivals = new Arrivals(), end = new AbortController(), dead = new Model(0);
    const first = get(arrivals, dead, end.signal);
    end.abort(new Error("the kernel is gone"));
    return [await first, dead.listeners.size, await get(arrivals, dead, end.signal), await get(arrivals, new Model(1))];
  },
  async refused() {
    const arrivals = new Arrivals();
    return [await get(arrivals, new Model(1, "another model")), await get(arrivals, new Model(1))];
  },
};
process.stdout.write(JSON.stringify(await CASES[process.argv[2]]()));
