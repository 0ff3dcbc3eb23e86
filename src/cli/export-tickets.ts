/** Files of tickets: a credentials cache for MIT's and Heimdal's programs, a KRB-CRED for those for Windows. */
import { openKrbCred } from '../../protocols/kerberos/krb-cred.ts';
import { writeCcache } from '../trace/ccache.ts';
import { principalParts } from '../trace/principal.ts';
import { filed, type Given, serverOf, type TicketKind } from './credentials.ts';
import { InputError } from './exit.ts';

/** What the command line says about whose tickets are wanted, and which. */
export interface TicketChoice {
  readonly principal?: string;
  /** A kind of ticket-granting ticket, or a service: `cifs/files.corp.example`. */
  readonly ticket?: string;
}

/** @throws InputError when it is not clear whose tickets, or there is none such */
export function ccacheFile(given: readonly Given[], choice: TicketChoice): Uint8Array {
  const { client, tickets } = chosen(given, choice, '--ccache');
  return ccacheOf(client, tickets);
}

export function ccacheOf(
  client: string,
  tickets: readonly Pick<Given, 'credential'>[],
): Uint8Array {
  const principal = { ...principalParts(client), nameType: 1 };
  return writeCcache({ principal, credentials: tickets.map((one) => filed(one.credential)) });
}

/**
 * One ticket: programs that take such files look at the first. Unless another is asked for it is the
 * ticket-granting ticket.
 * @throws InputError when it is not clear whose ticket, or there is none such
 */
export function kirbiFile(given: readonly Given[], choice: TicketChoice): Uint8Array {
  const { tickets } = chosen(given, { ticket: 'full', ...choice }, '--kirbi');
  return openKrbCred(tickets.slice(-1).map(({ credential }) => credential));
}

const KINDS: readonly TicketKind[] = ['full', 'partial', 'cloud'];

function chosen(
  given: readonly Given[],
  { principal, ticket }: TicketChoice,
  option: string,
): { readonly client: string; readonly tickets: readonly Given[] } {
  if (given.length === 0) {
    throw new InputError(`${option}: nobody was given a ticket in this run that its keys can open`);
  }
  const wanted = ticket === undefined ? usable(given) : given.filter((one) => is(one, ticket));
  if (wanted.length === 0) throw new InputError(noneSuch(given, ticket));
  const client = clientOf(wanted, principal, option);
  return { client, tickets: wanted.filter((one) => one.client === client) };
}

function is({ kind, credential }: Given, ticket: string): boolean {
  if (KINDS.some((one) => one === ticket)) return kind === ticket;
  const server = serverOf(credential).toLowerCase();
  const wanted = ticket.toLowerCase();
  return server === wanted || server.slice(0, server.lastIndexOf('@')) === wanted;
}

/**
 * What a client's cache would hold: a partial ticket has the name of the full one, and stands there only
 * as long as that is missing; the cloud's has another realm's client.
 */
export function usable(given: readonly Given[]): readonly Given[] {
  const full = new Set(given.flatMap(({ kind, client }) => (kind === 'full' ? [client] : [])));
  return given.filter(({ kind, client }) => {
    return kind === 'partial' ? !full.has(client) : kind !== 'cloud';
  });
}

function noneSuch(given: readonly Given[], ticket: string | undefined): string {
  const there = given.map(({ kind, client, credential }) => {
    return `${kind === 'service' ? serverOf(credential) : kind} of ${client}`;
  });
  return `--ticket ${ticket}: there is none such (expected ${KINDS.join(', ')} or a service); there are ${[...new Set(there)].join(', ')}`;
}

/** Whose file it is to be. @throws InputError when that is not clear. */
function clientOf(given: readonly Given[], wanted: string | undefined, option: string): string {
  const clients = clientsOf(given);
  const known = clients.join(', ');
  if (wanted !== undefined) {
    const match = clients.find((client) => client === wanted || client.split('@')[0] === wanted);
    if (match !== undefined) return match;
    throw new InputError(`--principal: ${wanted} was given no ticket; these were: ${known}`);
  }
  // Computers sign in by themselves; the tickets that people want are the user's.
  const users = clients.filter((client) => !/\$@/.test(client));
  const [only, ...others] = users.length > 0 ? users : clients;
  if (only !== undefined && others.length === 0) return only;
  throw new InputError(`${option}: say whose tickets with --principal: ${known}`);
}

export function clientsOf(given: readonly Given[]): readonly string[] {
  return [...new Set(given.map(({ client }) => client))];
}
