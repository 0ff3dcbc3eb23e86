import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { decode } from '../../../src/der/codec.ts';
import { type SmallWorld, type SmallWorldOptions, smallWorld } from './small-world.ts';

const realm = 'CORP.EXAMPLE';
const ALLOWED = 'Allowed RODC Password Replication Group';
const BRANCH = {
  rodc1: { role: 'read-only-domain-controller', realm, writable: 'dc1', number: 27_845 },
  dc1: { role: 'domain-controller', realm, netbios: 'CORP' },
  alice: { role: 'user', realm, password: 'Passw0rd!', groups: [ALLOWED] },
  zoe: { role: 'user', realm, password: 'Winter2026' },
  laptop: { role: 'device', realm, signsInAtStart: false, groups: [ALLOWED] },
} as const;
const HELD = { ...BRANCH, rodc1: { ...BRANCH.rodc1, revealed: ['alice', 'LAPTOP$'] } };
/** The branch is cut off, and laptops have nobody else to ask. */
const ISOLATED: SmallWorldOptions = {
  links: [
    { between: ['rodc1', 'dc1'], latency: 1 },
    { between: ['laptop', 'dc1'], latency: 1 },
  ],
  faults: [
    { kind: 'outage', link: ['rodc1', 'dc1'], at: 0, ms: 3_600_000 },
    { kind: 'outage', link: ['laptop', 'dc1'], at: 0, ms: 3_600_000 },
  ],
};

function signIn(small: SmallWorld, user: string, value: string, at = 0): void {
  small.command(user, 'enters', { enters: 'password', value, on: 'laptop' }, at);
}

const laptopState = (small: SmallWorld) => (small.world.view('laptop') as { state: string }).state;
const sentBy = (small: SmallWorld, actor: string) =>
  small.sent().filter((entry) => entry.startsWith(`${actor} `));
const notes = (small: SmallWorld) =>
  small.steps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'note' ? [effect.text] : [])),
  );
/** Codes of the errors that the read-only controller answered with. */
const codes = (small: SmallWorld) =>
  small.steps.flatMap(({ actor, effects }) =>
    effects.flatMap((effect) =>
      actor === 'rodc1' && effect.kind === 'send' && effect.message === 'KRB-ERROR'
        ? [decode(KrbError, effect.bytes).errorCode]
        : [],
    ),
  );

const s = suite('read-only-domain-controller');

s('cut off, it signs in those whose secrets it has', async () => {
  const small = smallWorld(HELD, ISOLATED);
  signIn(small, 'alice', 'Passw0rd!');
  await small.world.run();
  assert.is(laptopState(small), 'signedIn');
  assert.equal(sentBy(small, 'dc1'), []);
});

s('cut off, it can do nothing for others: 29 with NO_SECRETS, said in the trace', async () => {
  const small = smallWorld(HELD, ISOLATED);
  signIn(small, 'zoe', 'Winter2026');
  await small.world.run();
  assert.is(laptopState(small), 'signedOut');
  assert.is(codes(small)[0], 29);
  assert.match(
    small.causes().join('\n'),
    /KDC_ERR_SVC_UNAVAILABLE: the secrets of zoe are not held here, and no writable domain/,
  );
});

s('cut off, a ticket for a service without secrets here: 7', async () => {
  const cast = { ...HELD, rodc1: { ...HELD.rodc1, revealed: ['alice'] } };
  const small = smallWorld(cast, ISOLATED);
  signIn(small, 'alice', 'Passw0rd!');
  await small.world.run();
  assert.is(laptopState(small), 'signedOut');
  assert.ok(codes(small).includes(7), `${codes(small)}`);
  assert.match(small.causes().join('\n'), /secrets of LAPTOP\$ are not held here/);
});

s('who may be revealed is, at the first sign-in that headquarters let pass', async () => {
  const small = smallWorld(BRANCH);
  signIn(small, 'alice', 'Passw0rd!');
  small.command('laptop', 'signsOut', { signsOut: 'user' }, 60_000);
  signIn(small, 'alice', 'Passw0rd!', 120_000);
  await small.world.run();
  assert.is(laptopState(small), 'signedIn');
  const given = notes(small).filter((text) => /are held here now/.test(text));
  assert.equal(given, ['the secrets of alice are held here now']);
  // The second AS-REP is the branch's alone.
  assert.is(sentBy(small, 'dc1').filter((entry) => entry === 'dc1 AS-REP').length, 1);
  assert.is(sentBy(small, 'rodc1').filter((entry) => entry === 'rodc1 AS-REP').length, 2);
});

s('who may not be is not, and is let in all the same', async () => {
  const small = smallWorld(BRANCH);
  signIn(small, 'zoe', 'Winter2026');
  await small.world.run();
  assert.is(laptopState(small), 'signedIn');
  assert.match(notes(small).join('\n'), /zoe are not given: it is not in msDS-RevealOnDemandGroup/);
  const denied = { ...BRANCH, rodc1: { ...BRANCH.rodc1, neverReveal: ['alice'] } };
  const other = smallWorld(denied);
  signIn(other, 'alice', 'Passw0rd!');
  await other.world.run();
  assert.is(laptopState(other), 'signedIn');
  assert.match(notes(other).join('\n'), /alice are not given: it is in msDS-NeverRevealGroup/);
});

s('a wrong password is headquarters’ to judge, and gives nothing away', async () => {
  const small = smallWorld(HELD);
  signIn(small, 'alice', 'wrong');
  await small.world.run();
  assert.is(laptopState(small), 'signedOut');
  assert.match(notes(small).join('\n'), /forwarded to dc1: the password of alice may have been/);
  assert.ok(codes(small).includes(24), `${codes(small)}`);
  assert.not.match(notes(small).join('\n'), /are held here now/);
});

s('secrets outlast a loss of power', async () => {
  const small = smallWorld(BRANCH, {
    ...ISOLATED,
    faults: [
      { kind: 'crash', actor: 'rodc1', at: 60_000, ms: 1_000 },
      { kind: 'outage', link: ['rodc1', 'dc1'], at: 90_000, ms: 3_600_000 },
      { kind: 'outage', link: ['laptop', 'dc1'], at: 90_000, ms: 3_600_000 },
    ],
  });
  signIn(small, 'alice', 'Passw0rd!');
  small.command('laptop', 'signsOut', { signsOut: 'user' }, 30_000);
  signIn(small, 'alice', 'Passw0rd!', 120_000);
  await small.world.run();
  const replies = small.steps.filter(({ actor, effects }) =>
    effects.some((e) => actor === 'rodc1' && e.kind === 'send' && e.message === 'AS-REP'),
  );
  assert.is(replies.length, 2); // the second one with headquarters out of sight
});

s(
  'headquarters may take its tickets in exchange only, or of those revealed to it only',
  async () => {
    for (const [policy, cause] of [
      [{ readOnlyTicketsFor: 'exchange' }, /has to be exchanged for one of CORP\.EXAMPLE first/],
      // The writable controller's own directory has nobody in msDS-RevealedUsers.
      [{ readOnlyTickets: 'revealed' }, /secrets it was never given \(msDS-RevealedUsers\)/],
    ] as const) {
      const rodc1 = { ...BRANCH.rodc1, revealed: ['alice'] };
      const small = smallWorld({ ...BRANCH, rodc1, dc1: { ...BRANCH.dc1, policy } });
      signIn(small, 'alice', 'Passw0rd!');
      await small.world.run();
      assert.is(laptopState(small), 'signedOut');
      assert.match(small.causes().join('\n'), cause);
    }
  },
);

s.run();
