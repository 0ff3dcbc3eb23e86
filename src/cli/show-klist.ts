/** `kerblab show RUN klist`: what `klist` would print in a prompt of whoever is signed in. */
import { computerNames } from '../../protocols/actors/computer.ts';
import type { State, WithSession } from '../../protocols/actors/device-state.ts';
import type { DomainControllerFields } from '../../protocols/actors/fields.ts';
import {
  formatLogonId,
  type KlistSession,
  type KlistTicket,
  klistOrder,
  type LogonId,
  logonLines,
  SYSTEM_LOGON,
  sessionsText,
  tgtText,
  ticketsText,
} from '../../protocols/kerberos/klist.ts';
import { AsRep, type KdcRep, TgsRep } from '../../protocols/kerberos/messages.ts';
import { ticketBytes } from '../../protocols/kerberos/ticket.ts';
import {
  type Credential,
  isTgtFor,
  type TicketCache,
} from '../../protocols/kerberos/ticket-cache.ts';
import { toHex } from '../bytes/bytes.ts';
import { type Codec, tryDecode } from '../der/codec.ts';
import { messageOf } from '../trace/hints.ts';
import { InputError } from './exit.ts';
import type { Shown } from './show.ts';
import { deviceAt, type ShownDevice, systemDomainOf } from './show-device.ts';

const WHAT = ['tickets', 'tgt', 'sessions'] as const;

/** @throws InputError when the actor is no device, or there is no such session */
export function klistOf(shown: Shown): string {
  const device = deviceAt(shown);
  const current = currentLogon(device);
  const { what, target } = wanted(shown.rest, current);
  const first = logonLines(current, target);
  switch (what) {
    case 'sessions':
      return sessionsText(current, sessionsOf(device));
    case 'tgt': {
      const cache = cacheOf(device, target);
      const tgt = cache.find(({ sname }) => isTgtFor(sname, device.config.realm));
      return tgtText(first, tgt, clockOffset(device.state));
    }
    case 'tickets':
      return ticketsText(first, ticketsOf(shown, device, cacheOf(device, target)));
  }
}

/** `klist`, `klist tgt`, `klist 0x3e7`, `klist tgt 0x3e7`. */
function wanted(words: readonly string[], current: LogonId) {
  const ids = words.filter((word) => /^(0:)?0x[0-9a-f]+$/i.test(word));
  const [word = 'tickets', ...others] = words.filter((one) => !ids.includes(one));
  const what = WHAT.find((one) => one === word);
  if (what === undefined || others.length > 0 || ids.length > 1) {
    throw new InputError(
      `klist ${words.join(' ')}: expected ${WHAT.join(', ')}, and the LogonId of a session such as 0x3e7`,
    );
  }
  const [id] = ids;
  return { what, target: id === undefined ? current : Number(id.replace(/^0:/, '')) };
}

/** Where nobody is signed in the prompt is the system's own. */
export function currentLogon({ state, records }: ShownDevice): LogonId {
  if (!('session' in state)) return SYSTEM_LOGON;
  // Windows counts up from its start; here the step counts with which the sign-in began.
  const began = records.findLast(({ from, to }) => from === 'signedOut' && to !== 'signedOut');
  return LOGON_IDS + (began?.seq ?? 0);
}

/** The first number that no account of the system has. */
const LOGON_IDS = 0x10000;

function cacheOf(device: ShownDevice, target: LogonId): TicketCache {
  const { state } = device;
  if (target === SYSTEM_LOGON) return computersCache(state);
  if (target === currentLogon(device) && 'session' in state) return state.session.cache;
  const there = sessionsOf(device).map(({ logonId }) => formatLogonId(logonId));
  throw new InputError(
    `klist: there is no session ${formatLogonId(target)}, but ${there.join(', ')}`,
  );
}

function computersCache(state: State): TicketCache {
  if (state.name === 'off') return [];
  const { computer } = state.base;
  return computer.name === 'signedIn' ? [computer.tgt] : [];
}

function clockOffset(state: State): number {
  return state.name === 'off' ? 0 : state.base.exchanges.offset / 1_000;
}

function sessionsOf(device: ShownDevice): readonly KlistSession[] {
  const { state, name, config } = device;
  const domain = systemDomainOf(device);
  const { sAMAccountName } = computerNames(name, config);
  const system = { logonId: SYSTEM_LOGON, session: 0, package: 'Negotiate:(0)' };
  const own = { ...system, account: `${domain}\\${sAMAccountName}` };
  if (!('session' in state)) return [own];
  return [userSession(currentLogon(device), state.session), own];
}

function userSession(logonId: LogonId, { identity }: WithSession['session']): KlistSession {
  return { logonId, session: 1, account: identity.name, package: 'Negotiate:Interactive' };
}

/** KERB_TICKET_CACHE_PRIMARY: the ticket that the session has instead of a password. */
const PRIMARY = 0x1;

function ticketsOf(shown: Shown, device: ShownDevice, cache: TicketCache): readonly KlistTicket[] {
  const givers = giversOf(shown, device);
  return klistOrder(cache).map((credential) => ({
    credential,
    cacheFlags: isPrimary(credential) ? PRIMARY : 0,
    kdcCalled: givers.get(toHex(credential.ticket)) ?? '',
  }));
}

function isPrimary({ sname, crealm }: Credential): boolean {
  return isTgtFor(sname, crealm);
}

const REPLIES: Readonly<Record<string, Codec<KdcRep>>> = { 'AS-REP': AsRep, 'TGS-REP': TgsRep };

/** Which KDC sent a ticket, by the ticket's octets. */
function giversOf(
  { run }: Shown,
  { records, cast, config }: ShownDevice,
): ReadonlyMap<string, string> {
  const givers = new Map<string, string>();
  for (const { event } of records) {
    const codec = REPLIES[event.message ?? ''];
    if (codec === undefined || event.kind !== 'received') continue;
    const bytes = messageOf(event, run.octets);
    const reply = bytes === undefined ? undefined : tryDecode(codec, bytes);
    if (reply?.ok !== true) continue;
    const from = String(event.from);
    const { host } = (cast.scenario.actors[from]?.config ?? {}) as Partial<DomainControllerFields>;
    const name = host ?? `${from}.${config.realm}`;
    givers.set(toHex(ticketBytes(reply.value.ticket)), name.toLowerCase());
  }
  return givers;
}
