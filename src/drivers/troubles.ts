/** Faults that can be switched on and off while real clients run. */

export type Trouble =
  /** It hears nothing of the network: datagrams are lost, streams are not read until it wakes. */
  | { readonly kind: 'sleep'; readonly actor: string }
  /** So many of the datagrams to and from it are lost: 0 to 1. */
  | { readonly kind: 'loss'; readonly actor: string; readonly loss: number };

export interface Troubles {
  /** @returns its name, for {@link Troubles.remove}. */
  add(trouble: Trouble): string;
  /** False when there is none of that name. */
  remove(id: string): boolean;
  asleep(actor: string): boolean;
  /** Why a datagram to or from the actor is lost; chance may decide. Undefined: it is not. */
  loss(actor: string): string | undefined;
}

/** @param woken hears of an actor that sleeps no longer. */
export function troubles(woken: (actor: string) => void): Troubles {
  const standing = new Map<string, Trouble>();
  let count = 0;

  function asleep(actor: string): boolean {
    if (standing.size === 0) return false;
    return [...standing.values()].some(
      (trouble) => trouble.kind === 'sleep' && trouble.actor === actor,
    );
  }

  return {
    asleep,
    add(trouble) {
      const id = String(++count);
      standing.set(id, trouble);
      return id;
    },
    remove(id) {
      const trouble = standing.get(id);
      if (trouble === undefined) return false;
      standing.delete(id);
      if (trouble.kind === 'sleep' && !asleep(trouble.actor)) woken(trouble.actor);
      return true;
    },
    loss(actor) {
      if (standing.size === 0) return undefined;
      if (asleep(actor)) return `${actor} is asleep`;
      for (const trouble of standing.values()) {
        if (trouble.kind !== 'loss' || trouble.actor !== actor) continue;
        if (Math.random() < trouble.loss) return 'lost on its way';
      }
      return undefined;
    },
  };
}
