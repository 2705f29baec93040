/**
 * One key exchange method for each slot, none of them twice.
 *
 * @see RFC 9370 §2.2.2
 * @module
 */

/**
 * For each slot the first of its methods with which the slots after it can still be served; nothing when there is no way. NONE (0) may
 * stand in any number of slots.
 */
export function differentMethods(slots: readonly (readonly number[])[]): readonly number[] | undefined {
  const taken: number[] = [];
  for (const [i, methods] of slots.entries()) {
    const method = [...new Set(methods)].find((each) => free(each, taken) && canServe(slots.slice(i + 1), [...taken, each]));
    if (method === undefined) return undefined;
    taken.push(method);
  }
  return taken;
}

const free = (method: number, taken: readonly number[]): boolean => method === 0 || !taken.includes(method);

/** Augmenting paths: who holds a method looks for another when it is wanted by a slot that has no other. */
function canServe(slots: readonly (readonly number[])[], taken: readonly number[]): boolean {
  const holder = new Map<number, number>();
  const serve = (slot: number, asked: Set<number>): boolean =>
    (slots[slot] ?? []).some((method) => {
      if (method === 0) return true;
      if (taken.includes(method) || asked.has(method)) return false;
      asked.add(method);
      const other = holder.get(method);
      if (other !== undefined && !serve(other, asked)) return false;
      holder.set(method, slot);
      return true;
    });
  return slots.every((_, slot) => serve(slot, new Set()));
}
