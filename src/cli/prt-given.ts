/**
 * The primary refresh tokens that devices were given in a run, each with the session key that the device's
 * transport key brought to light. The trace has it all: the answer, what was decrypted, and what came out.
 */
import { type OpenedTgt, openTgt } from '../../protocols/entra/prt-messages.ts';
import { readResponse } from '../../protocols/http/messages.ts';
import {
  type JsonObject,
  jsonObject,
  jsonObjectOf,
  textField,
} from '../../protocols/oauth/json.ts';
import { readJwe } from '../../protocols/oauth/jwe.ts';
import { readJws } from '../../protocols/oauth/jws.ts';
import { openFromSession } from '../../protocols/oauth/session-messages.ts';
import { fromUtf8, toHex } from '../bytes/bytes.ts';
import { messageOf } from '../trace/hints.ts';
import type { Run } from '../trace/read.ts';
import type { TraceRecord, Wire } from '../trace/record.ts';
import { isLink } from '../trace/wire.ts';

/** A token as an actor has it from some record on. */
export interface PrtGiven {
  readonly actor: string;
  /** userPrincipalName. */
  readonly user: string;
  /** Entra's own, or the enterprise's of AD FS. */
  readonly by: 'entra' | 'adfs';
  /** The fields of the answer; after a renewal with those of the new one. */
  readonly fields: JsonObject;
  readonly sessionKey: Uint8Array;
}

/** By the `seq` of the record with which the token became usable, in order. */
export function prtsGiven(run: Pick<Run, 'records' | 'octets'>): ReadonlyMap<number, PrtGiven> {
  const given = new Map<number, PrtGiven>();
  const actors = new Map<string, Watched>();
  for (const record of run.records) {
    const { actor, seq, event, effects } = record;
    const watched = actors.get(actor) ?? { sealed: [], asked: new Map(), sessions: [] };
    actors.set(actor, watched);
    const token =
      event.kind === 'decrypted' ? opened(watched, record, run) : heard(watched, record, run);
    if (token !== undefined) {
      watched.sessions = [token, ...watched.sessions.filter((other) => !isSame(other, token))];
      given.set(seq, token);
    }
    for (const effect of effects) if (effect.kind === 'decrypt') ask(watched, effect, run);
  }
  return given;
}

/** What an actor has of answers that it may not have opened yet. */
interface Watched {
  /** Answers whose session key is still wrapped. */
  sealed: readonly Sealed[];
  /** By the operation that is to unwrap it. */
  readonly asked: Map<string, Sealed>;
  /** The latest first. */
  sessions: readonly PrtGiven[];
}

interface Sealed {
  readonly fields: JsonObject;
  /** Hexadecimal. */
  readonly encryptedKey: string;
}

type Octets = Pick<Run, 'octets'>;

/** An answer under a session key gives a new token at once; one with a wrapped key has to be unwrapped. */
function heard(watched: Watched, { event, actor }: TraceRecord, run: Octets): PrtGiven | undefined {
  const bytes = event.kind === 'received' ? messageOf(event, run.octets) : undefined;
  const answer = bytes === undefined ? undefined : readResponse(bytes);
  if (answer?.ok !== true) return undefined;
  const text = fromUtf8(answer.value.body);
  const fields = jsonObject(text);
  if (fields === undefined) return renewed(watched, actor, text);
  const jwe = readJwe(textField(fields, 'session_key_jwe') ?? '');
  // AD FS's tokens have no tickets with them, and are not Entra's.
  if (jwe === undefined || textField(fields, 'refresh_token') === undefined) return undefined;
  const encryptedKey = toHex(jwe.encryptedKey);
  watched.sealed = [...watched.sealed, { fields, encryptedKey }];
  return undefined;
}

function renewed({ sessions }: Watched, actor: string, text: string): PrtGiven | undefined {
  for (const session of sessions) {
    const content = openFromSession(text, session.sessionKey);
    const fields = content === undefined ? undefined : jsonObjectOf(content);
    if (fields === undefined || textField(fields, 'refresh_token') === undefined) continue;
    return { ...session, actor, fields: { ...session.fields, ...fields } };
  }
  return undefined;
}

function ask(watched: Watched, effect: Wire, { octets }: Octets): void {
  const data = isLink(effect.data) ? octets(effect.data) : undefined;
  const wanted = data === undefined ? undefined : toHex(data);
  const sealed = watched.sealed.findLast(({ encryptedKey }) => encryptedKey === wanted);
  if (sealed !== undefined) watched.asked.set(String(effect.id), sealed);
}

function opened(
  watched: Watched,
  { event, actor }: TraceRecord,
  run: Octets,
): PrtGiven | undefined {
  const id = String(event.id);
  const sealed = watched.asked.get(id);
  const sessionKey = isLink(event.data) ? run.octets(event.data) : undefined;
  if (sealed === undefined || sessionKey === undefined) return undefined;
  watched.asked.delete(id);
  watched.sealed = watched.sealed.filter((other) => other !== sealed);
  const claims = claimsOf(sealed.fields);
  const user = claims === undefined ? undefined : textField(claims, 'upn');
  if (claims === undefined || user === undefined) return undefined;
  // Only Entra's tokens name a tenant.
  const by = textField(claims, 'tid') === undefined ? 'adfs' : 'entra';
  return { actor, user, by, fields: sealed.fields, sessionKey };
}

function claimsOf(fields: JsonObject): JsonObject | undefined {
  const jws = readJws(textField(fields, 'id_token') ?? '');
  return jws === undefined ? undefined : jsonObjectOf(jws.payload);
}

function isSame(one: PrtGiven, other: PrtGiven): boolean {
  return toHex(one.sessionKey) === toHex(other.sessionKey);
}

/** What stands in `tgt_ad` or `tgt_cloud`, opened; undefined: nothing does. */
export function ticketIn(
  { fields, sessionKey }: PrtGiven,
  name: 'tgt_ad' | 'tgt_cloud',
): OpenedTgt | undefined {
  const text = textField(fields, name);
  return text === undefined ? undefined : openTgt(text, sessionKey);
}

/**
 * The file of public tools for hybrid identities (`roadtx.prt`): the answer as it came, `session_key` in
 * hexadecimal, and beside each ticket the key that its AS-REP opens with.
 */
export function prtFile(prt: PrtGiven): string {
  const keys = (['tgt_ad', 'tgt_cloud'] as const).flatMap((name) => {
    const ticket = ticketIn(prt, name);
    return ticket?.kind === 'ticket' ? [[`${name}_sessionkey`, toHex(ticket.clientKey)]] : [];
  });
  const file: JsonObject = {
    ...prt.fields,
    session_key: toHex(prt.sessionKey),
    ...Object.fromEntries(keys),
  };
  const names = Object.keys(file).sort();
  return `${JSON.stringify(Object.fromEntries(names.map((name) => [name, file[name]])), null, 4)}\n`;
}
