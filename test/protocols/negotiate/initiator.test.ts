import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  initialToken,
  Mechanism,
  mechTypesIn,
  mechTypesOf,
  NegState,
  openSpnego,
  responseToken,
} from '../../../protocols/gss/spnego.ts';
import { step } from '../../../protocols/negotiate/initiator.ts';
import type {
  Effect,
  Event,
  Offer,
  Request,
  State,
} from '../../../protocols/negotiate/initiator-state.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { playbook } from '../../playbook.ts';
import { clientEnv, NOW } from '../kerberos/forged-kdc.ts';
import { CIFS } from '../kerberos/service-ticket.ts';
import { conversation, NTLM_OFFER } from './conversation.ts';

const s = suite('negotiate/initiator');

const USER_TO_USER: Offer = {
  mechanism: 'userToUser',
  sname: CIFS,
  gssFlags: 0x32,
  learnsTime: false,
};

const begun = (...offers: readonly [Offer, ...Offer[]]) => {
  const request: Request = { offers, framing: 'spnego', sequenceAfterMic: 'anew' };
  return playbook<State, Event, Effect, ReturnType<typeof clientEnv>>(step, { name: 'idle' }, () =>
    clientEnv(NOW),
  ).on({ kind: 'begun', request });
};

s('the list of mechanisms is that of Windows', () => {
  const { effects } = begun(USER_TO_USER, NTLM_OFFER).ends('exchanging');
  const [sent] = effects;
  assert.ok(sent?.kind === 'send');
  const opened = openSpnego(sent.token);
  assert.ok(opened.ok && 'negTokenInit' in opened.token);
  const { mechTypes } = opened.token.negTokenInit;
  assert.is(
    toHex(mechTypes.raw),
    '302206092a864882f71201020206092a864886f712010202060a2b06010401823702020a',
  );
  assert.equal(mechTypesIn(mechTypes.raw), [
    Mechanism.MS_KERBEROS,
    Mechanism.KERBEROS,
    Mechanism.NTLM,
  ]);
});

s('what a service may not answer', () => {
  const reason = (token: Uint8Array, ...offers: readonly [Offer, ...Offer[]]): string => {
    const { state } = begun(...offers)
      .on({ kind: 'received', token })
      .emits()
      .ends('failed');
    return state.name === 'failed' ? state.reason : '';
  };
  const mechTypes = mechTypesOf([Mechanism.NTLM]);
  assert.match(reason(initialToken({ negTokenInit: { mechTypes } }), NTLM_OFFER), /NegTokenInit/);
  assert.match(
    reason(responseToken({ negState: NegState.reject }), NTLM_OFFER),
    /the service rejects the negotiation/,
  );
  const chosen = { negState: NegState['request-mic'], supportedMech: Mechanism.KERBEROS };
  assert.match(reason(responseToken(chosen), NTLM_OFFER), /was not offered/);
  const nothing = { negState: NegState['accept-completed'], supportedMech: Mechanism.NTLM };
  assert.match(reason(responseToken(nothing), NTLM_OFFER), /without a token/);
});

s('a ticket that cannot be had ends it', () => {
  const { tokens } = conversation({
    offers: [USER_TO_USER],
    framing: 'spnego',
    sequenceAfterMic: 'on',
  });
  begun(USER_TO_USER)
    .on({ kind: 'received', token: tokens[1] as Uint8Array })
    .emits({ kind: 'ask', sname: CIFS })
    .ends('expectTicket')
    .on({ kind: 'noTicket', reason: 'no such service' })
    .ends('failed');
});

s('the last word of the service has to be there, with its MIC', () => {
  const asked: Request = { offers: [NTLM_OFFER], framing: 'spnego', sequenceAfterMic: 'anew' };
  for (const [last, why] of [
    [
      responseToken({ negState: NegState['accept-completed'] }),
      /mechListMIC of the service is missing/,
    ],
    [responseToken({ negState: NegState['accept-incomplete'] }), /does not complete/],
    [responseToken({ negState: NegState.reject }), /rejects/],
  ] as const) {
    const { client } = conversation(asked, undefined, (token, n) => (n === 3 ? last : token));
    assert.ok(client.name === 'failed');
    assert.match(client.reason, why);
  }
});

s.run();
