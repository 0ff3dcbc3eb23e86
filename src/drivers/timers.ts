/** Real timers by name: the same name set again replaces the first. */
export interface Timers {
  set(name: string, ms: number, expire: () => void): void;
  cancel(name: string): void;
  cancelAll(): void;
}

/** What setTimeout takes at most: 2^31 - 1 ms, some 24 days. */
const TIMEOUT_MAX = 2 ** 31 - 1;

export function timers(): Timers {
  const running = new Map<string, NodeJS.Timeout>();

  function cancel(name: string): void {
    clearTimeout(running.get(name));
    running.delete(name);
  }

  return {
    cancel,
    set(name, ms, expire) {
      cancel(name);
      const due = performance.now() + ms;
      const wait = (): void => {
        const rest = due - performance.now();
        if (rest > TIMEOUT_MAX) running.set(name, setTimeout(wait, TIMEOUT_MAX));
        else running.set(name, setTimeout(fire, rest));
      };
      const fire = (): void => {
        running.delete(name);
        expire();
      };
      wait();
    },
    cancelAll() {
      for (const timer of running.values()) clearTimeout(timer);
      running.clear();
    },
  };
}
