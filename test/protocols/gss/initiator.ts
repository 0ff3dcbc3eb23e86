/** The other side of a context: a client with a ticket, as ap-client makes its tokens. */

import { securityLayer } from '../../../protocols/gss/context.ts';
import type { SecurityLayer } from '../../../protocols/gss/per-message.ts';
import { type State, step } from '../../../protocols/kerberos/ap-client.ts';
import type { Acceptor } from '../../../protocols/kerberos/ap-server.ts';
import { GssFlags } from '../../../protocols/kerberos/gss.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { clientEnv, NOW, REALM } from '../kerberos/forged-kdc.ts';
import { CIFS, credential, SERVICE, type TicketChanges } from '../kerberos/service-ticket.ts';

export const ALL_FLAGS = GssFlags.mutual | GssFlags.integ | GssFlags.conf | GssFlags.sequence;

export const ACCEPTOR: Acceptor<string> = {
  realm: REALM,
  names: [CIFS],
  keys: [{ kvno: 2, key: SERVICE }],
  replays: [],
  clockSkew: 300_000,
  authorize: (part) => ({ kind: 'granted', identity: `${part.cname.nameString}` }),
};

export const acceptorEnv = () => ({ now: NOW, random: seededRandom(2, 'acceptor') });

export interface Initiator {
  /** The token with the AP-REQ. */
  readonly token: Uint8Array;
  /** The context, from the acceptor's token; undefined where none was asked for. */
  layer(reply?: Uint8Array): SecurityLayer;
}

export function initiator(gssFlags = ALL_FLAGS, changes: TicketChanges = {}): Initiator {
  const held = credential(changes);
  const request = {
    credential: { ...held, cname: changes.part?.cname ?? held.cname },
    gssFlags,
    learnsTime: false,
  };
  const asked = step({ name: 'idle' }, { kind: 'asked', request }, clientEnv(NOW));
  const [send] = asked.effects;
  if (send?.kind !== 'send') throw new Error('no AP-REQ');
  return {
    token: send.token,
    layer(reply) {
      const state: State =
        reply === undefined
          ? asked.state
          : step(asked.state, { kind: 'received', token: reply }, clientEnv(NOW)).state;
      if (state.name !== 'established') throw new Error(`the client is ${state.name}`);
      return securityLayer(state.context, 'initiator');
    },
  };
}
