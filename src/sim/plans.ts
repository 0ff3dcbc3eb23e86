/** What the world has planned, and whether anything of it is more than a chore. */
import { queue } from './queue.ts';

export interface Plans {
  push(at: number, act: () => void, background: boolean): void;
  /** The time of what comes next. */
  nextAt(): number | undefined;
  pop(): (() => void) | undefined;
  /** Nothing is left but what comes again and again by itself. */
  readonly idle: boolean;
}

export function plans(): Plans {
  const planned = queue<{ readonly act: () => void; readonly background: boolean }>();
  let foreground = 0;
  return {
    push(at, act, background) {
      if (!background) foreground++;
      planned.push(at, { act, background });
    },
    nextAt: planned.nextAt,
    pop() {
      const next = planned.pop();
      if (next?.background === false) foreground--;
      return next?.act;
    },
    get idle() {
      return foreground === 0;
    },
  };
}
