/** What a person does at a device, as the person tells it and as the device hears it. */
import type { ActorEvent, Args, Secret } from '../../src/machine/actor.ts';
import { NT_ENTERPRISE, NT_PRINCIPAL } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import type { LogonName } from './logon-session.ts';

/** A password that was typed. */
export interface PasswordEntry {
  readonly kind: 'password';
  readonly who: LogonName;
  readonly password: string;
}

export type Entry = PasswordEntry;

export const PASSWORD = 'password';

export function isSecret(value: Args[string] | undefined): value is Secret {
  return typeof value === 'object' && value !== null && 'secret' in value && 'from' in value;
}

type Told = Extract<ActorEvent, { readonly kind: 'told' }>;

/** Reads what a user tells a device; undefined: it is something else. */
export function entryOf(event: Told): Entry | undefined {
  const { value } = event.args;
  const who = logonName(event);
  if (event.what !== PASSWORD || !isSecret(value) || who === undefined) return undefined;
  return { kind: 'password', who, password: value.secret };
}

/** As Windows: `user@suffix` is one component of type NT-ENTERPRISE, anything else NT-PRINCIPAL. */
function logonName({ from, args }: Told): LogonName | undefined {
  const { userName, realm } = args;
  if (typeof userName !== 'string' || typeof realm !== 'string') return undefined;
  const nameType = userName.includes('@') ? NT_ENTERPRISE : NT_PRINCIPAL;
  return { user: from, realm, cname: principal(nameType, userName) };
}
