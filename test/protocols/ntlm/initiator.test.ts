import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as acceptor from '../../../protocols/ntlm/acceptor.ts';
import { avPair, avText } from '../../../protocols/ntlm/av-pairs.ts';
import { AvId } from '../../../protocols/ntlm/constants.ts';
import {
  CLIENT_FLAGS,
  type Effect,
  type Event,
  type State,
  step,
} from '../../../protocols/ntlm/initiator.ts';
import { readMessage } from '../../../protocols/ntlm/messages.ts';
import { ntHash, readNtlmv2Response } from '../../../protocols/ntlm/response.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import type { Env } from '../../../src/machine/machine.ts';
import { playbook } from '../../playbook.ts';
import { CHALLENGE } from './vectors.ts';

const s = suite('ntlm initiator');

const env = (): Env => ({
  now: Date.parse('2026-03-02T08:00:00Z'),
  random: (size) => new Uint8Array(size).fill(0x55),
});

const credentials = {
  userName: 'alice',
  domainName: 'CORP',
  ntHash: ntHash('Passw0rd!'),
  workstation: 'LAPTOP',
  targetName: 'cifs/10.0.0.7',
} as const;

const begun = () =>
  playbook<State, Event, Effect, Env>(step, { name: 'idle' }, env).on({
    kind: 'begun',
    credentials,
  });

/** Our server's challenge with its time. */
function challenge(): Uint8Array {
  const [sent] = begun().effects;
  assert.ok(sent?.kind === 'send');
  const next = acceptor.step(
    {
      netbiosComputerName: 'FILES',
      netbiosDomainName: 'CORP',
      dnsComputerName: 'files.corp.example',
      dnsDomainName: 'corp.example',
    },
    { name: 'expectNegotiate' },
    { kind: 'received', token: sent.token },
    env(),
  );
  const [answer] = next.effects;
  assert.ok(answer?.kind === 'send');
  return answer.token;
}

s('a challenge with a time is answered with a MIC and no LMv2 response', () => {
  const play = begun()
    .emits({ kind: 'send', message: 'NEGOTIATE_MESSAGE' })
    .ends('expectChallenge')
    .on({ kind: 'received', token: challenge() })
    .emits({ kind: 'send', message: 'AUTHENTICATE_MESSAGE' })
    .ends('established');
  const [sent] = play.effects;
  assert.ok(sent?.kind === 'send');
  const read = readMessage(sent.token);
  assert.ok(read.ok && read.message.type === 'AUTHENTICATE_MESSAGE');
  const { authenticate } = read.message;
  assert.is(authenticate.userName, 'alice');
  assert.is(authenticate.workstation, 'LAPTOP');
  assert.equal(authenticate.lmResponse, new Uint8Array(24));
  assert.is(authenticate.mic?.length, 16);
  const response = readNtlmv2Response(authenticate.ntResponse);
  assert.is(avText(response?.pairs ?? [], AvId.MsvAvTargetName), 'cifs/10.0.0.7');
  assert.equal(avPair(response?.pairs ?? [], AvId.MsvAvFlags), hex`02000000`);
  assert.equal(avPair(response?.pairs ?? [], AvId.MsvAvChannelBindings), new Uint8Array(16));
  assert.is(authenticate.flags & ~(CLIENT_FLAGS | 0x800000), 0);
});

s('a challenge without one gets an LMv2 response and no MIC', () => {
  const play = begun().on({ kind: 'received', token: CHALLENGE }).ends('established');
  const [sent] = play.effects;
  assert.ok(sent?.kind === 'send');
  const read = readMessage(sent.token);
  assert.ok(read.ok && read.message.type === 'AUTHENTICATE_MESSAGE');
  assert.is(read.message.authenticate.mic, undefined);
  assert.not.equal(read.message.authenticate.lmResponse, new Uint8Array(24));
});

s('what cannot be answered ends it', () => {
  const refusal = (token: Uint8Array): string => {
    const { state } = begun().on({ kind: 'received', token }).emits().ends('failed');
    return state.name === 'failed' ? state.reason : '';
  };
  assert.match(refusal(new Uint8Array(3)), /no message of NTLM/);
  const [own] = begun().effects;
  assert.ok(own?.kind === 'send');
  assert.match(refusal(own.token), /NEGOTIATE_MESSAGE instead of CHALLENGE_MESSAGE/);
  const weak = CHALLENGE.slice();
  weak[22] = 0x82;
  assert.match(refusal(weak), /NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY/);
  const noEnd = CHALLENGE.slice();
  noEnd.fill(1, noEnd.length - 4);
  assert.match(refusal(noEnd), /TargetInfo/);
});

s('nothing is expected before it begins, and nothing after it is over', () => {
  playbook<State, Event, Effect, Env>(step, { name: 'idle' }, env)
    .on({ kind: 'received', token: CHALLENGE })
    .emits({ kind: 'rejected', expected: ['begun'] })
    .ends('idle');
  begun()
    .on({ kind: 'received', token: CHALLENGE })
    .on({ kind: 'received', token: CHALLENGE })
    .emits({ kind: 'rejected' })
    .ends('established');
});

s.run();
