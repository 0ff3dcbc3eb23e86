/** A run as a sequence diagram in Mermaid's language, which GitHub and many editors draw. */
import type { TraceRecord, Wire } from './record.ts';

/**
 * The diagram: an arrow for each message (with a cross when it was lost), a note for each new state,
 * each rejected event, each cause that an actor named, and each fault that began or ended.
 */
export function mermaid(title: string, records: readonly TraceRecord[]): string {
  const ids = new Map<string, string>();
  const id = (actor: string): string => {
    const known = ids.get(actor) ?? `a${ids.size}`;
    ids.set(actor, known);
    return known;
  };
  const body: string[] = [];
  const peers = new Map<string, string>();
  const lost = lostMessages(records);
  for (const record of records) {
    keepPeer(peers, record);
    if (record.event.kind === 'faulted' || record.event.kind === 'healed') {
      const who = String(record.event.what).split(' - ').map(id).join(',');
      body.push(`  Note over ${who}: ${record.event.kind}: ${label(String(record.event.reason))}`);
    }
    for (const effect of record.effects) {
      const line = effectLine(record, effect, id, peers, lost);
      if (line !== undefined) body.push(line);
    }
    if (record.to !== record.from && record.event.kind !== 'started') {
      body.push(`  Note over ${id(record.actor)}: ${label(record.to)}`);
    }
  }
  const actors = Array.from(ids, ([actor, name]) => `  participant ${name} as ${label(actor)}`);
  return [
    `---`,
    `title: ${JSON.stringify(title)}`,
    `---`,
    'sequenceDiagram',
    ...actors,
    ...body,
    '',
  ].join('\n');
}

/** Links of lost messages, by the record that sent them. */
function lostMessages(records: readonly TraceRecord[]): ReadonlySet<string> {
  const lost = records.filter((record) => record.event.kind === 'lost');
  return new Set(lost.map((record) => `${record.cause} ${record.event.bytes}`));
}

/** Whom an actor's connection leads to. */
function keepPeer(peers: Map<string, string>, { actor, event, effects }: TraceRecord): void {
  if (event.kind === 'accepted') {
    peers.set(`${actor}\0${event.connection}`, String(event.from));
  }
  for (const effect of effects) {
    if (effect.kind === 'connect') peers.set(`${actor}\0${effect.connection}`, String(effect.to));
  }
}

function effectLine(
  record: TraceRecord,
  effect: Wire,
  id: (actor: string) => string,
  peers: ReadonlyMap<string, string>,
  lost: ReadonlySet<string>,
): string | undefined {
  const from = id(record.actor);
  switch (effect.kind) {
    case 'send': {
      const peer = effect.to ?? peers.get(`${record.actor}\0${effect.connection}`);
      if (typeof peer !== 'string') return undefined;
      const arrow = lost.has(`${record.seq} ${effect.bytes}`) ? '-x' : '->>';
      return `  ${from}${arrow}${id(peer)}: ${label(effect.message ?? 'octets')}`;
    }
    case 'tell':
      return `  ${from}-->>${id(String(effect.to))}: ${label(String(effect.what))}`;
    case 'note':
      if (effect.level !== 'cause') return undefined;
      return `  Note over ${from}: ${label(String(effect.text))}`;
    case 'rejected':
      return `  Note over ${from}: rejected ${label(String(effect.got))}`;
    default:
      return undefined;
  }
}

/** Text that Mermaid does not take for its own signs. */
function label(text: string): string {
  return text.replace(/[#;:%<>"\n\r]/g, (c) => (c < ' ' ? ' ' : `#${c.charCodeAt(0)};`));
}
