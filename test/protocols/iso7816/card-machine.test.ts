import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gids } from '../../../protocols/gids/application.ts';
import {
  type CardEnv,
  type Effect,
  type Event,
  initialState,
  type State,
  step,
} from '../../../protocols/iso7816/card-machine.ts';
import { piv } from '../../../protocols/piv/application.ts';
import { fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { type Playbook, playbook } from '../../playbook.ts';
import { contentsOf, RSA } from './held-card.ts';

const s = suite('card-machine');

const contents = contentsOf(RSA);
const APPLICATIONS = [gids, piv];

function held(changes: Partial<CardEnv['contents']> = {}): Playbook<State, Event, Effect> {
  return playbook<State, Event, Effect, CardEnv>(step, initialState, () => ({
    now: 0,
    random: (size) => new Uint8Array(size),
    contents: { ...contents, ...changes },
    applications: APPLICATIONS,
  }));
}

const apdu = (text: string): Event => ({ kind: 'received', bytes: fromHex(text) });
const answer = (text: string) => ({ kind: 'respond', bytes: fromHex(text) }) as const;

const SELECT_GIDS = '00a4040009a0000003974254465900';
const SELECT_PIV = '00a4040009a0000003080000100000';
const VERIFY = '0020008006343832393135';
const SIGNATURE = '0022 41b6 06 800157 840181'.replaceAll(' ', '');

s('a PIN, a signature, and what of it ends where', () => {
  held()
    .on(apdu(SELECT_GIDS))
    .check(([effect]) => {
      assert.ok(effect?.kind === 'respond');
      assert.match(toHex(effect.bytes), /^61124f0ba000000397425446590201.*9000$/);
    })
    .on(apdu(VERIFY))
    .emits({ kind: 'verify', pin: '482915' })
    .ends('expectVerdict')
    .on({ kind: 'judged', verdict: 'right' })
    .emits(answer('9000'))
    .ends('ready')
    .on(apdu(SIGNATURE))
    .emits(answer('9000'))
    .on(apdu('002a9e9a02abcd00'))
    .emits({ kind: 'sign', id: 'card-1', algorithm: 'CKM_RSA_PKCS', data: hex`abcd` })
    .ends('expectKey')
    .on({ kind: 'signed', id: 'card-1', signature: new Uint8Array(256).fill(7) })
    .emits(answer(`${'07'.repeat(256)}9000`))
    // The same application again keeps the PIN, not the environment.
    .on(apdu(SELECT_GIDS))
    .on(apdu('002a9e9a02abcd00'))
    .emits(answer('6985'))
    .on(apdu('00200080'))
    .emits(answer('9000'))
    // Another one does not know it.
    .on(apdu(SELECT_PIV))
    .emitsAmongOthers({ kind: 'loggedOut' })
    .on(apdu('00200080'))
    .emits(answer('63c5'));
});

s('a wrong PIN says how many are left, and ends what a right one had opened', () => {
  held()
    .on(apdu(SELECT_GIDS))
    .on(apdu(VERIFY))
    .on({ kind: 'judged', verdict: 'right' })
    .on(apdu(VERIFY))
    .on({ kind: 'judged', verdict: 'wrong' })
    .emits({ kind: 'loggedOut' }, answer('63c5'))
    .on(apdu(SIGNATURE))
    .on(apdu('002a9e9a02abcd00'))
    .emits(answer('6982'));
  held({ tries: { left: 0, most: 5 } })
    .on(apdu(SELECT_GIDS))
    .on(apdu(VERIFY))
    .on({ kind: 'judged', verdict: 'notUsable' })
    .emits(answer('6983'))
    .on(apdu('00200080'))
    .emits(answer('6983'));
  held()
    .on(apdu(SELECT_GIDS))
    .on(apdu(VERIFY))
    .on({ kind: 'judged', verdict: 'notUsable' })
    .emits(answer('6984'));
});

s('a reset forgets everything, also who is waited for', () => {
  held()
    .on(apdu(SELECT_GIDS))
    .on(apdu(VERIFY))
    .on({ kind: 'judged', verdict: 'right' })
    .on(apdu(SIGNATURE))
    .on(apdu('002a9e9a02abcd00'))
    .on({ kind: 'reset' })
    .emits({ kind: 'loggedOut' })
    .ends('ready')
    // Nothing is selected, and the late signature is nobody's.
    .on({ kind: 'signed', id: 'card-1', signature: hex`00` })
    .emits()
    .on(apdu('00200080'))
    .emits(answer('6a82'))
    .on({ kind: 'reset' })
    .emits();
});

s('an answer to an operation before a reset is not taken for one after it', () => {
  const signed = (id: string): Event => ({ kind: 'signed', id, signature: hex`01` });
  const ready = (book: Playbook<State, Event, Effect>) =>
    book
      .on(apdu(SELECT_GIDS))
      .on(apdu(VERIFY))
      .on({ kind: 'judged', verdict: 'right' })
      .on(apdu(SIGNATURE))
      .on(apdu('002a9e9a02abcd00'));
  ready(ready(held()).on({ kind: 'reset' }))
    .emits({ kind: 'sign', id: 'card-2' })
    .on(signed('card-1'))
    .emits()
    .ends('expectKey')
    .on(signed('card-2'))
    .emits(answer('019000'));
});

s('a reader that does not wait is told, and changes nothing', () => {
  held()
    .on(apdu(SELECT_GIDS))
    .on(apdu(VERIFY))
    .on(apdu(VERIFY))
    .emits({ kind: 'rejected' }, answer('6f00'))
    .ends('expectVerdict');
  held().on({ kind: 'judged', verdict: 'right' }).emits({ kind: 'rejected' }).ends('ready');
});

s(
  'nothing is selected by itself, and by the beginning of a name only from its ninth octet on',
  () => {
    held()
      .on(apdu('00cb3fff035c017e00'))
      .emits(answer('6a82'))
      .on(apdu('00a4040005a00000030800'))
      .emits(answer('6a82'))
      .on(apdu('00a404000aa00000039742544659ff00'))
      .emits(answer('6a82'))
      .on(apdu('00a404070aa0000003974254465902'))
      .emits(answer('6a86'))
      .on(apdu('00a4000002b081'))
      .emits(answer('6a82'));
  },
);

s.run();
