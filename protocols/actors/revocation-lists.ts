/**
 * Revocation lists of the authorities that a device believes. A list counts until it has ended (RFC 5280
 * §5.1.2.5), and then the next one is fetched from where certificates say. Whether a list is genuine is
 * seen where a chain is built; here only its issuer's name is looked at.
 */
import { toHex } from '../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import * as http from '../http/client.ts';
import { request } from '../http/messages.ts';
import { type Crl, readCrl } from '../x509/crl.ts';

/** Where an authority's list is. */
export interface ListSource {
  /** The authority's name: DER in hexadecimal. */
  readonly issuer: string;
  /** Whom the host's name leads to: an actor. */
  readonly actor: string;
  readonly host: string;
  readonly path: string;
}

interface Call {
  readonly source: ListSource;
  readonly state: http.State;
}

export interface Lists {
  /** DER. The same array as long as nothing was fetched. */
  readonly held: readonly Uint8Array[];
  readonly calls: readonly Call[];
  /** How many calls there have been: no two have one name. */
  readonly count: number;
}

const HTTP_PORT = 80;

/** The sources of which no list is held that counts at `now`, milliseconds since 1970. */
export function ended(
  { held }: Lists,
  sources: readonly ListSource[],
  now: number,
): readonly ListSource[] {
  const current = new Set(
    read(held).flatMap((list) => (counts(list, now) ? [issuerOf(list)] : [])),
  );
  return sources.filter(({ issuer }) => !current.has(issuer));
}

function read(held: readonly Uint8Array[]): readonly Crl[] {
  return held.flatMap((der) => {
    const list = readCrl(der);
    return list.ok ? [list.value] : [];
  });
}

function counts({ nextUpdate }: Crl, now: number): boolean {
  return nextUpdate === undefined || now < nextUpdate;
}

function issuerOf({ issuer }: Crl): string {
  return toHex(issuer.der);
}

export interface ListsStep {
  readonly lists: Lists;
  readonly effects: readonly ActorEffect[];
}

/** Asks all of them at once. */
export function fetching(lists: Lists, sources: readonly ListSource[]): ListsStep {
  return sources.reduce<ListsStep>(
    ({ lists: before, effects }, source) => {
      const begun = http.begin({
        id: `crl-${before.count}`,
        to: source.actor,
        port: HTTP_PORT,
        request: request('GET', source.host, source.path),
      });
      const calls = [...before.calls, { source, state: begun.state }];
      return {
        lists: { ...before, calls, count: before.count + 1 },
        effects: [...effects, ...begun.effects],
      };
    },
    { lists, effects: [] },
  );
}

/** Undefined: the event is about none of the calls. */
export function step(lists: Lists, event: ActorEvent, now: number): ListsStep | undefined {
  const found = lists.calls.find(({ state }) => http.concerns(state.call, event));
  if (found === undefined) return undefined;
  const { state, effects } = http.step(found.state, event);
  const others = lists.calls.filter((call) => call !== found);
  switch (state.name) {
    case 'answered': {
      const told = taken(lists.held, found.source, state.response, now);
      if ('reason' in told)
        return { lists: { ...lists, calls: others }, effects: [...effects, told.note] };
      return { lists: { ...lists, held: told.held, calls: others }, effects };
    }
    case 'failed':
      return {
        lists: { ...lists, calls: others },
        effects: [...effects, note(found.source, state.reason)],
      };
    default: {
      const calls = lists.calls.map((call) => (call === found ? { ...call, state } : call));
      return { lists: { ...lists, calls }, effects };
    }
  }
}

function note({ host, path }: ListSource, reason: string): ActorEffect {
  const text = `the revocation list http://${host}${path} is not to be had: ${reason}`;
  return { kind: 'note', level: 'cause', text };
}

/** The lists with the new one; those of its issuer that have ended go. */
function taken(
  held: readonly Uint8Array[],
  source: ListSource,
  { status, body }: { readonly status: number; readonly body: Uint8Array },
  now: number,
):
  | { readonly held: readonly Uint8Array[] }
  | { readonly reason: string; readonly note: ActorEffect } {
  const list = readCrl(body);
  const reason =
    status !== 200
      ? `HTTP status ${status}`
      : !list.ok
        ? list.reason
        : issuerOf(list.value) !== source.issuer
          ? `it is a list of ${list.value.issuer.windowsText}`
          : undefined;
  if (reason !== undefined) return { reason, note: note(source, reason) };
  const kept = held.filter((der) => {
    const [other] = read([der]);
    return other !== undefined && (issuerOf(other) !== source.issuer || counts(other, now));
  });
  return { held: [...kept, body] };
}

/** What ends the calls that are under way. */
export function abandoned({ calls }: Lists): readonly ActorEffect[] {
  return calls.flatMap(({ state }) => http.abandon(state));
}
