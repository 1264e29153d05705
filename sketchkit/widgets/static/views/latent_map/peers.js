/**
 * Maps of one page that show the same drawings: a drawing that is marked on one of them is marked on all of them.
 * @module
 */

/**
 * @typedef {object} Peer
 * @property {(index: number) => void} point marks a drawing, or none for -1
 * @property {(selection: number[]) => void} select
 * @property {(category: string) => void} highlight
 */

/** Maps by group. @type {Map<string, Set<Peer>>} */
const groups = new Map();

/**
 * Add a map to a group.
 * @param {string} group name; maps without one have no peers
 * @param {Peer} peer
 * @returns {{tell: <K extends keyof Peer>(what: K, value: Parameters<Peer[K]>[0]) => void, leave: () => void}}
 */
export function joinPeers(group, peer) {
  const peers = group ? (groups.get(group) ?? new Set()) : new Set([peer]);
  if (group) groups.set(group, peers);
  peers.add(peer);
  return {
    tell(what, value) {
      for (const other of peers) if (other !== peer) /** @type {any} */ (other[what])(value);
    },
    leave: () => void peers.delete(peer),
  };
}
