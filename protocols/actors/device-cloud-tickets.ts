/** Entra's partial ticket for a domain, and how a domain controller is asked for a full one in its stead. */
import type { Env } from '../../src/machine/machine.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import type { EncryptionKey } from '../kerberos/messages.ts';
import { principal } from '../kerberos/names.ts';
import { type Credential, isValid } from '../kerberos/ticket-cache.ts';
import type { Hello } from './device-hello.ts';
import type { Base, DeviceConfig, Purpose } from './device-state.ts';
import type { Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { serviceRequest } from './logon-session.ts';

/** rc4-hmac: its key is the NT hash, which is what Windows asks for. */
const RC4_HMAC = 23;

/** A user's partial ticket, as long as it counts; `now` in milliseconds by the KDC's clock. */
export function partialTicket(
  { cloud }: Pick<Hello, 'cloud'>,
  user: string,
  now: number,
): Credential | undefined {
  const tgt = Object.hasOwn(cloud, user) ? cloud[user]?.tgtAd : undefined;
  if (tgt?.kind !== 'ticket') return undefined;
  return isValid(tgt.credential, now) ? tgt.credential : undefined;
}

/** Why there is none, as far as Entra has said it. */
export function whyNoPartialTicket({ cloud }: Pick<Hello, 'cloud'>, user: string): string {
  const tgt = Object.hasOwn(cloud, user) ? cloud[user]?.tgtAd : undefined;
  switch (tgt?.kind) {
    case undefined:
      return 'Entra gave no partial ticket (tgt_ad)';
    case 'error':
      return `Entra gave no partial ticket: ${tgt.error.error}`;
    case 'unreadable':
      return `the partial ticket of Entra is unreadable: ${tgt.reason}`;
    case 'ticket':
      return 'the partial ticket of Entra has ended';
  }
}

/** KERB-KEY-LIST-REQ beside it: NTLM wants the NT hash of who has typed no password. */
export function beginPartialExchange(
  config: DeviceConfig,
  { exchanges: running }: Pick<Base, 'exchanges'>,
  partial: Credential,
  purpose: Purpose,
  env: Env,
): Progress<Purpose> {
  const sname = principal(NT_SRV_INST, 'krbtgt', partial.srealm);
  const request = serviceRequest(partial, sname, config, { keyList: [RC4_HMAC] });
  return exchanges.beginTgs(running, purpose, request, config.exchanges, env);
}

/** The NT hash among the keys that a domain controller gave out. */
export function ntHashIn(keyList: readonly EncryptionKey[] | undefined): {
  readonly ntHash?: Uint8Array;
} {
  const found = keyList?.find(({ keytype }) => keytype === RC4_HMAC);
  return found === undefined ? {} : { ntHash: found.keyvalue };
}
