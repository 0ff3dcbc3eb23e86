/** What is to happen, in the order of (time, order of planning): a binary heap. */
export interface Queue<T> {
  /** Plans `item` for the time `at`; of equal times the one planned first comes first. */
  push(at: number, item: T): void;
  /** The time of what comes next. */
  nextAt(): number | undefined;
  pop(): T | undefined;
  readonly size: number;
}

interface Planned<T> {
  readonly at: number;
  readonly order: number;
  readonly item: T;
}

function before<T>(a: Planned<T>, b: Planned<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

export function queue<T>(): Queue<T> {
  const heap: Planned<T>[] = [];
  let order = 0;

  function push(at: number, item: T): void {
    const planned = { at, order: order++, item };
    let i = heap.length;
    heap.push(planned);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(planned, heap[parent] as Planned<T>)) break;
      heap[i] = heap[parent] as Planned<T>;
      i = parent;
    }
    heap[i] = planned;
  }

  function pop(): T | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined) return undefined;
    if (heap.length > 0) sink(last);
    return top.item;
  }

  /** Puts `planned` where the top was, and lets it sink to its place. */
  function sink(planned: Planned<T>): void {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      const right = child + 1;
      if (right < heap.length && before(heap[right] as Planned<T>, heap[child] as Planned<T>)) {
        child = right;
      }
      if (!before(heap[child] as Planned<T>, planned)) break;
      heap[i] = heap[child] as Planned<T>;
      i = child;
    }
    heap[i] = planned;
  }

  return {
    push,
    pop,
    nextAt: () => heap[0]?.at,
    get size() {
      return heap.length;
    },
  };
}
