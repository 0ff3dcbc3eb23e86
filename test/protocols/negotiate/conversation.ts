/** Both sides of a negotiation, and somebody between them who may alter what is said. */

import type { Credential } from '../../../protocols/kerberos/ticket-cache.ts';
import * as acceptor from '../../../protocols/negotiate/acceptor.ts';
import type * as accepting from '../../../protocols/negotiate/acceptor-state.ts';
import * as initiator from '../../../protocols/negotiate/initiator.ts';
import type * as initiating from '../../../protocols/negotiate/initiator-state.ts';
import type { NetworkLogon, Verdict } from '../../../protocols/ntlm/acceptor.ts';
import { ntHash, provedKey } from '../../../protocols/ntlm/response.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { Step } from '../../../src/machine/machine.ts';
import { ACCEPTOR } from '../gss/initiator.ts';
import { freshKey, NOW } from '../kerberos/forged-kdc.ts';
import { credential, SESSION } from '../kerberos/service-ticket.ts';

export const PASSWORD = 'Passw0rd!';

export const TARGET = {
  netbiosComputerName: 'FILES',
  netbiosDomainName: 'CORP',
  dnsComputerName: 'files.corp.example',
  dnsDomainName: 'corp.example',
} as const;

/** The session key of the host's own ticket-granting ticket. */
export const OWN_KEY = freshKey(18);

export const EVERYTHING: accepting.Acceptor<string> = {
  kerberos: ACCEPTOR,
  userToUser: { ticket: credential().ticket, key: OWN_KEY },
  ntlm: TARGET,
  sequenceAfterMic: 'on',
};

export const NTLM_OFFER = {
  mechanism: 'ntlm',
  credentials: {
    userName: 'alice',
    domainName: 'CORP',
    ntHash: ntHash(PASSWORD),
    workstation: 'LAPTOP',
    targetName: 'cifs/10.0.0.7',
  },
} as const satisfies initiating.Offer;

/** The ticket that a KDC gives for the host's own ticket. */
export function userToUserCredential(): Credential {
  return { ...credential({ key: OWN_KEY, kvno: 0 }), key: SESSION, isSkey: true };
}

export function judge(logon: NetworkLogon, password = PASSWORD): Verdict<string> {
  const sessionBaseKey = provedKey(ntHash(password), logon);
  return sessionBaseKey === undefined
    ? { kind: 'denied', status: 0xc000006a, reason: 'another password' }
    : { kind: 'granted', sessionBaseKey, identity: `NTLM ${logon.userName}` };
}

export interface Conversation {
  readonly client: initiating.State;
  readonly server: accepting.State<string>;
  /** In the order in which they went, from the client first. */
  readonly tokens: readonly Uint8Array[];
  readonly notes: readonly string[];
}

/** @param tampered what becomes of the nth token on its way */
export function conversation(
  request: initiating.Request,
  host: accepting.Acceptor<string> = EVERYTHING,
  tampered: (token: Uint8Array, n: number) => Uint8Array = (token) => token,
): Conversation {
  const random = seededRandom(1, 'negotiate');
  const env = { now: NOW, random, stamp: NOW * 1_000, offset: 0 };
  let client: initiating.State = { name: 'idle' };
  let server: accepting.State<string> = { name: 'expectToken' };
  const tokens: Uint8Array[] = [];
  const notes: string[] = [];
  const toServer: accepting.Event<string>[] = [];
  const toClient: initiating.Event[] = [{ kind: 'begun', request }];
  for (let turns = 0; turns < 20; turns++) {
    const heard = toClient.shift();
    if (heard !== undefined) {
      const next = initiator.step(client, heard, env);
      client = next.state;
      for (const effect of next.effects) {
        if (effect.kind === 'ask') {
          toClient.push({ kind: 'ticket', credential: userToUserCredential() });
        } else if (effect.kind === 'send') {
          const token = tampered(effect.token, tokens.length);
          tokens.push(token);
          toServer.push({ kind: 'received', token });
        }
      }
      continue;
    }
    const told = toServer.shift();
    if (told === undefined) break;
    const next: Step<accepting.State<string>, accepting.Effect> = acceptor.step(
      host,
      server,
      told,
      env,
    );
    server = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'judge') toServer.push({ kind: 'judged', verdict: judge(effect.logon) });
      else if (effect.kind === 'note') notes.push(effect.text);
      else if (effect.kind === 'send') {
        const token = tampered(effect.token, tokens.length);
        tokens.push(token);
        toClient.push({ kind: 'received', token });
      }
    }
  }
  return { client, server, tokens, notes };
}
