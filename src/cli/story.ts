/** A trace told to people: one line for what somebody did, sent or became, and why. */
import { formatTime } from '../scenario/judge.ts';
import { printed } from '../scenario/match.ts';
import { NET } from '../sim/network.ts';
import type { TraceRecord, Wire } from '../trace/record.ts';

export interface StoryLine {
  readonly at: string;
  readonly actor: string;
  readonly text: string;
  /** `cause` lines say what a failed run is about. */
  readonly kind: 'act' | 'message' | 'state' | 'note' | 'cause' | 'trouble';
}

/** The lines of a trace, equal neighbours joined. */
export function storyOf(records: readonly TraceRecord[]): readonly StoryLine[] {
  const peers = new Map<string, string>();
  const lines = records.flatMap((record) => linesOf(record, peers));
  const joined: { line: StoryLine; times: number }[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last !== undefined && last.line.actor === line.actor && last.line.text === line.text) {
      last.times++;
    } else joined.push({ line, times: 1 });
  }
  return joined.map(({ line, times }) =>
    times === 1 ? line : { ...line, text: `${line.text} (${times} times)` },
  );
}

/** Of the middle of a long story, at most so many lines that matter. */
const KEPT_MAX = 24;

/**
 * The first and the last lines of a long story, and of what is between them the lines that matter.
 * @param left what stands for lines that are left out
 */
export function shortened<T>(
  lines: readonly T[],
  max: number,
  left: (count: number) => T,
  matters: (line: T) => boolean = () => false,
): readonly T[] {
  if (lines.length <= max) return lines;
  const head = Math.ceil((max * 2) / 3);
  const tail = lines.length - (max - head - 1);
  const out = lines.slice(0, head);
  let kept = 0;
  let gap: T[] = [];
  const leaveOut = (): void => {
    // In place of one line stands that line.
    out.push(...(gap.length > 1 ? [left(gap.length)] : gap));
    gap = [];
  };
  for (const line of lines.slice(head, tail)) {
    if (kept >= KEPT_MAX || !matters(line)) {
      gap.push(line);
      continue;
    }
    leaveOut();
    kept++;
    out.push(line);
  }
  leaveOut();
  return [...out, ...lines.slice(tail)];
}

function linesOf(record: TraceRecord, peers: Map<string, string>): readonly StoryLine[] {
  const { actor, event, effects } = record;
  const at = formatTime(record.at);
  const line = (kind: StoryLine['kind'], text: string): StoryLine => ({ at, actor, text, kind });
  if (actor === NET) return [line('trouble', networkText(event))];
  const lines: StoryLine[] = [];
  if (event.kind === 'accepted')
    peers.set(`${actor} ${String(event.connection)}`, String(event.from));
  if (event.kind === 'commanded') lines.push(line('act', commandText(event)));
  for (const effect of effects) {
    if (effect.kind === 'connect')
      peers.set(`${actor} ${String(effect.connection)}`, String(effect.to));
    if (effect.kind === 'send') {
      const to = effect.to ?? peers.get(`${actor} ${String(effect.connection)}`) ?? '?';
      lines.push(line('message', `${effect.message} → ${String(to)}`));
    }
    const done = keyText(effect);
    if (done !== undefined) lines.push(line('message', done));
    if (effect.kind === 'note') {
      lines.push(line(effect.level === 'cause' ? 'cause' : 'note', String(effect.text)));
    }
    if (effect.kind === 'rejected') {
      lines.push(
        line('trouble', `did not expect ${String(effect.got)} in state ${String(effect.state)}`),
      );
    }
  }
  // That everybody is there when the story begins is no news.
  const begins = event.kind === 'started' && record.at === 0;
  if (record.from !== record.to && !begins) lines.push(line('state', `is ${record.to}`));
  return lines;
}

/** What is done with a private key; a gesture that released it is what its owner did for it. */
function keyText({ kind, key, algorithm, gesture }: Wire): string | undefined {
  switch (kind) {
    case 'sign':
      return `signs with ${key}${gesture === undefined ? '' : ` (${gesture})`}`;
    case 'decrypt':
      return `decrypts with ${key}${gesture === undefined ? '' : ` (${gesture})`}`;
    case 'generate':
      return `makes the key ${key} (${algorithm})`;
    case 'destroy':
      return `destroys the key ${key}`;
    default:
      return undefined;
  }
}

/** `enters password, on laptop`: the verb with its own value first, what people type left out. */
function commandText(event: Wire): string {
  const verb = String(event.verb);
  const args = (event.args ?? {}) as Readonly<Record<string, unknown>>;
  const said = (value: unknown): string =>
    typeof value === 'object' && value !== null && 'secretFrom' in value
      ? '(secret)'
      : printed(value);
  const { [verb]: main, ...others } = args;
  const rest = Object.entries(others).map(([name, value]) => `${name} ${said(value)}`);
  return [main === undefined ? verb : `${verb} ${said(main)}`, ...rest].join(', ');
}

function networkText(event: Wire): string {
  if (event.kind === 'lost') {
    const message = event.message ?? (event.transport === 'tcp' ? 'a segment' : 'a datagram');
    return `lost: ${String(message)} from ${String(event.from)} to ${String(event.to)} (${String(event.reason)})`;
  }
  return `${String(event.what)}: ${String(event.reason)}`;
}
