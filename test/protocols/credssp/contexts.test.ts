import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as client from '../../../protocols/credssp/client.ts';
import { acceptorContext, initiatorContext } from '../../../protocols/credssp/contexts.ts';
import { TSRequest } from '../../../protocols/credssp/messages.ts';
import * as server from '../../../protocols/credssp/server.ts';
import { Mechanism, mechanismOf, openSpnego } from '../../../protocols/gss/spnego.ts';
import { STATUS_LOGON_FAILURE } from '../../../protocols/kerberos/ntstatus.ts';
import type * as accepting from '../../../protocols/negotiate/acceptor-state.ts';
import type * as initiating from '../../../protocols/negotiate/initiator-state.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode } from '../../../src/der/codec.ts';
import type { Step } from '../../../src/machine/machine.ts';
import { NOW } from '../kerberos/forged-kdc.ts';
import { CIFS, credential } from '../kerberos/service-ticket.ts';
import {
  EVERYTHING,
  judge,
  NTLM_OFFER,
  PASSWORD,
  userToUserCredential,
} from '../negotiate/conversation.ts';

const s = suite('credssp/contexts');

const FLAGS = 0x3a;
const USER_TO_USER: initiating.Offer = {
  mechanism: 'userToUser',
  sname: CIFS,
  gssFlags: FLAGS,
  learnsTime: false,
};
const KERBEROS: initiating.Offer = {
  mechanism: 'kerberos',
  credential: credential(),
  gssFlags: FLAGS,
  learnsTime: false,
};

const publicKey = hex`3082010a0282010100c0ffee`;
const credentials = {
  kind: 'password',
  domainName: 'CORP',
  userName: 'alice',
  password: PASSWORD,
} as const;

interface Talk {
  readonly client: client.State<initiating.State>;
  readonly server: server.State<accepting.State<string>>;
  readonly requests: readonly TSRequest[];
}

/** The two of them until nobody has anything left to say. */
function talk(
  request: initiating.Request,
  host: accepting.Acceptor<string> = EVERYTHING,
  password = PASSWORD,
): Talk {
  const random = seededRandom(3, 'credssp');
  const env = { now: NOW, random };
  const theirs = { context: acceptorContext(host), publicKey, version: 6 };
  const clock = () => ({ ...env, stamp: NOW * 1_000, offset: 0 });
  const ours = { context: initiatorContext(clock), publicKey, version: 6, credentials };
  let here: client.State<initiating.State> = { name: 'idle' };
  let there: server.State<accepting.State<string>> = { name: 'expectRequest' };
  const requests: TSRequest[] = [];
  const toClient: Parameters<
    typeof client.step<initiating.State, initiating.Event, initiating.Effect>
  >[2][] = [{ kind: 'context', event: { kind: 'begun', request } }];
  const toServer: Parameters<
    typeof server.step<accepting.State<string>, accepting.Event<string>, accepting.Effect>
  >[2][] = [];
  for (let turns = 0; turns < 40; turns++) {
    const heard = toClient.shift();
    if (heard !== undefined) {
      const next: Step<
        client.State<initiating.State>,
        client.Effect<initiating.Effect>
      > = client.step(ours, here, heard as never, env);
      here = next.state;
      for (const effect of next.effects) {
        if (effect.kind === 'send') {
          requests.push(decode(TSRequest, effect.bytes));
          toServer.push({ kind: 'received', bytes: effect.bytes });
        } else if (effect.kind === 'context' && effect.effect.kind === 'ask') {
          const event = { kind: 'ticket', credential: userToUserCredential() } as const;
          toClient.push({ kind: 'context', event });
        }
      }
      continue;
    }
    const told = toServer.shift();
    if (told === undefined) break;
    const next: Step<
      server.State<accepting.State<string>>,
      server.Effect<accepting.Effect>
    > = server.step(theirs, there, told as never, env);
    there = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'send') {
        requests.push(decode(TSRequest, effect.bytes));
        toClient.push({ kind: 'received', bytes: effect.bytes });
      } else if (effect.kind === 'context' && effect.effect.kind === 'judge') {
        const verdict = judge(effect.effect.logon, password);
        toServer.push({ kind: 'context', event: { kind: 'judged', verdict } });
      }
    }
  }
  return { client: here, server: there, requests };
}

const request = (
  framing: initiating.Request['framing'],
  ...offers: readonly [initiating.Offer, ...initiating.Offer[]]
): initiating.Request => ({ offers, framing, sequenceAfterMic: 'on' });

for (const [what, asked, count] of [
  ['user-to-user inside SPNEGO', request('spnego', USER_TO_USER, NTLM_OFFER), 7],
  ['user-to-user as it is', request('none', USER_TO_USER), 7],
  ['a ticket inside SPNEGO', request('spnego', KERBEROS, NTLM_OFFER), 5],
  ['NTLM inside SPNEGO, with MICs', request('spnego', NTLM_OFFER), 7],
  ['NTLM as it is, the proof with the last token', request('none', NTLM_OFFER), 5],
] as const) {
  s(`${what}: ${count} requests`, () => {
    const { client: here, server: there, requests } = talk(asked);
    assert.is(here.name, 'done', here.name === 'failed' ? here.reason : '');
    assert.is(there.name, 'done', there.name === 'failed' ? there.reason : '');
    if (there.name === 'done') assert.equal(there.credentials, credentials);
    assert.is(requests.length, count);
    const proofs = requests.filter(({ pubKeyAuth }) => pubKeyAuth !== undefined);
    assert.is(proofs.length, 2);
    assert.ok(requests.at(-1)?.authInfo !== undefined);
  });
}

s('Kerberos wraps with 60 octets before the data, NTLM with 16', () => {
  const lengths = (asked: initiating.Request) =>
    talk(asked).requests.flatMap(({ pubKeyAuth }) => (pubKeyAuth ? [pubKeyAuth.length] : []));
  assert.equal(lengths(request('spnego', USER_TO_USER)), [92, 92]);
  assert.equal(lengths(request('none', NTLM_OFFER)), [48, 48]);
});

s('the first token of user-to-user is a TGT-REQ under the first mechanism', () => {
  const [first] = talk(request('spnego', USER_TO_USER, NTLM_OFFER)).requests;
  const opened = openSpnego(first?.negoTokens?.[0]?.negoToken as Uint8Array);
  assert.ok(opened.ok && 'negTokenInit' in opened.token);
  const { mechToken } = opened.token.negTokenInit;
  assert.is(mechanismOf(mechToken as Uint8Array), Mechanism.KERBEROS_USER_TO_USER);
  assert.match(toHex(mechToken as Uint8Array), /^60..060a2a864886f712010202030400/);
});

s('whoever has another password is refused with a code', () => {
  const {
    client: here,
    server: there,
    requests,
  } = talk(request('none', NTLM_OFFER), EVERYTHING, 'another');
  assert.is(there.name, 'failed');
  assert.is(here.name, 'failed');
  assert.is(requests.at(-1)?.errorCode, 0xc000006a);
  assert.is(here.name === 'failed' ? here.status : undefined, 0xc000006a);
});

s('a host without NTLM says so', () => {
  const { ntlm: _, ...host } = EVERYTHING;
  const { server: there } = talk(request('none', NTLM_OFFER), host);
  assert.ok(there.name === 'failed');
  if (there.name === 'failed') assert.match(there.reason, /NTLM is not spoken here/);
});

s('a host without a ticket of its own cannot do user-to-user', () => {
  const { userToUser: _, ...host } = EVERYTHING;
  const { server: there } = talk(request('none', USER_TO_USER), host);
  assert.ok(there.name === 'failed');
  if (there.name === 'failed') {
    assert.match(there.reason, /no ticket of our own/);
    assert.is(there.status, STATUS_LOGON_FAILURE);
  }
});

s.run();
