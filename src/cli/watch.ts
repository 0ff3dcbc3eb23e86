/**
 * `run --trace`: the trace API while a scenario runs. Virtual time is over before anybody could
 * connect, so the run waits a moment for the first viewer, and stays a moment after the last look.
 */
import type { Stage } from '../scenario/run.ts';
import { traceServer } from '../trace/server.ts';
import type { TraceSource } from '../trace/source.ts';
import type { TraceRecorder } from '../trace/store.ts';

export interface Watched {
  readonly port: number;
  readonly recorder: TraceRecorder;
  readonly about: Parameters<typeof traceServer>[0]['about'];
  readonly stage: Pick<Stage, 'dissector'>;
}

const FIRST_LOOK_MS = 5_000;
const LAST_LOOK_MS = 2_000;
const TICK_MS = 20;

/** Runs `play` while the trace is served. @throws Error with code EADDRINUSE when the port is taken. */
export async function watched<T>(
  { port, recorder, about, stage }: Watched,
  play: () => Promise<T>,
): Promise<T> {
  let lastLook: number | undefined;
  const looked = <A extends readonly unknown[], R>(see: (...args: A) => R) => {
    return (...args: A): R => {
      lastLook = performance.now();
      return see(...args);
    };
  };
  const source: TraceSource = {
    get next() {
      return recorder.next;
    },
    get first() {
      return recorder.first;
    },
    records: looked(recorder.records),
    octets: looked(recorder.octets),
    subscribe: recorder.subscribe,
  };
  const server = await traceServer({ source, dissector: stage.dissector, port, about });
  console.error(
    `trace: ${server.url} (the run begins at the first look, or in ${FIRST_LOOK_MS / 1000} s)`,
  );
  try {
    await until(() => lastLook !== undefined, FIRST_LOOK_MS);
    const value = await play();
    const quietSince = (): number => performance.now() - (lastLook ?? 0);
    if (lastLook !== undefined) await until(() => quietSince() > LAST_LOOK_MS, 60_000);
    return value;
  } finally {
    await server.close();
  }
}

/** Waits until `done`, at most `ms`. */
function until(done: () => boolean, ms: number): Promise<void> {
  const end = performance.now() + ms;
  return new Promise((resolve) => {
    const look = (): void => {
      if (done() || performance.now() >= end) resolve();
      else setTimeout(look, TICK_MS);
    };
    look();
  });
}
