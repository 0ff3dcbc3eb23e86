/** What the actors of a served scenario have done until now, from its trace (`--trace 0`). */
import type { Served } from './served.ts';

interface Effect {
  readonly kind: string;
  readonly message?: string;
  readonly text?: string;
}

interface TraceRecord {
  readonly seq: number;
  readonly actor: string;
  readonly event: Effect;
  readonly effects: readonly Effect[];
}

/** @throws when the trace is not served */
export async function recordsOf({ ready }: Served): Promise<readonly TraceRecord[]> {
  const address = new URL(ready.trace as string);
  const token = address.searchParams.get('token');
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(new URL('/trace', address), { headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  const lines = text.split('\n').filter((line) => line.includes('"seq"'));
  return lines.map((line) => JSON.parse(line) as TraceRecord);
}

/** Messages that an actor heard and sent, in their order. @param after the last record before */
export async function messagesOf(served: Served, actor: string, after = -1) {
  const own = (await recordsOf(served)).filter((one) => one.actor === actor && one.seq > after);
  return own.flatMap(({ event, effects }) =>
    [event, ...effects].flatMap(({ message }) => (message === undefined ? [] : [message])),
  );
}

/** What an actor said of what it did. */
export async function notesOf(served: Served, actor: string): Promise<readonly string[]> {
  const own = (await recordsOf(served)).filter((one) => one.actor === actor);
  return own.flatMap(({ effects }) =>
    effects.flatMap(({ text }) => (text === undefined ? [] : [text])),
  );
}
