import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALLEST, type SmallWorld, START, smallWorld } from './small-world.ts';

const device = suite('device');

const CIFS = 'cifs/files.corp.example';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const QUIET = { ...SMALLEST, laptop: { ...SMALLEST.laptop, signsInAtStart: false } } as const;

function enter(small: SmallWorld, value = 'Passw0rd!', at = 0, on = 'laptop', who = 'alice'): void {
  small.command(who, 'enters', { enters: 'password', value, on }, at);
}

function open(small: SmallWorld, at: number, service = CIFS): void {
  small.command('laptop', 'opens', { opens: service }, at);
}

/** What the test looks at in a device's view. */
interface View {
  readonly state: string;
  readonly computer: { readonly state: string };
  readonly clockOffset: number;
  readonly exchanges: readonly string[];
  readonly failure?: string;
  readonly identity?: { readonly name: string; readonly groups: readonly string[] };
  readonly tickets?: readonly {
    readonly server: string;
    readonly authtime: string;
    readonly endtime: string;
  }[];
  readonly opened?: readonly { readonly service: string; readonly state: string }[];
}

function viewOf(small: SmallWorld, name = 'laptop'): View {
  return small.world.view(name) as unknown as View;
}

device('signs itself in, then a user, and learns from the PAC who that is', async () => {
  const small = smallWorld(SMALLEST);
  enter(small);
  await small.world.run();
  const view = viewOf(small);
  assert.is(view.state, 'signedIn');
  assert.is(view.computer.state, 'signedIn');
  assert.is(view.identity?.name, 'CORP\\alice');
  assert.is(view.identity?.groups.length, 3, 'Domain Users, Finance, and the authority’s S-1-18-1');
  assert.equal(
    view.tickets?.map(({ server }) => server),
    ['host/laptop.corp.example@CORP.EXAMPLE', 'krbtgt/CORP.EXAMPLE@CORP.EXAMPLE'],
  );
  assert.equal(view.exchanges, []);
});

device('opens a service once, and again when the ticket has ended', async () => {
  const small = smallWorld(QUIET);
  enter(small);
  open(small, 1_000);
  open(small, 1_000);
  open(small, 2_000);
  await small.world.run();
  const tokens = (): number => small.sent().filter((line) => line === 'laptop AP-REQ').length;
  assert.is(tokens(), 1);
  assert.equal(viewOf(small).opened, [{ service: CIFS, state: 'sessionOpen' }]);
  open(small, 11 * HOUR);
  await small.world.run();
  assert.is(tokens(), 2);
  const files = small.world.view('files') as { readonly connections: number };
  assert.is(files.connections, 1, 'the old connection is closed');
  const tgt = viewOf(small).tickets?.find(({ server }) => server.startsWith('krbtgt'));
  assert.is(tgt?.authtime, new Date(START + 11 * HOUR).toISOString());
});

device('says why a service cannot be opened', async () => {
  const small = smallWorld(QUIET);
  enter(small);
  open(small, 1_000, 'cifs/nowhere.corp.example');
  open(small, 2_000, 'http/laptop.corp.example');
  await small.world.run();
  const { failure, opened } = viewOf(small);
  assert.equal(opened, [
    { service: 'cifs/nowhere.corp.example', state: 'failed' },
    { service: 'http/laptop.corp.example', state: 'failed' },
  ]);
  // The KDC knows the name (an alias of host/), but nobody in this network listens there.
  assert.is(failure, 'opening http/laptop.corp.example: nobody listens at laptop.corp.example');
  assert.match(
    small.causes().join('\n'),
    /opening cifs\/nowhere.*: refused with KDC_ERR_S_PRINCIPAL_UNKNOWN/,
  );
});

device(
  'does not sign in with a wrong password, and forgets the failure when it works',
  async () => {
    const small = smallWorld(QUIET);
    enter(small, 'Passw0rd?');
    await small.world.run();
    assert.is(viewOf(small).state, 'signedOut');
    assert.is(viewOf(small).failure, 'signing in alice: refused with KDC_ERR_PREAUTH_FAILED');
    enter(small, 'Passw0rd!', 1_000);
    await small.world.run();
    assert.is(viewOf(small).state, 'signedIn');
    assert.is(viewOf(small).failure, undefined);
  },
);

device('takes a user principal name', async () => {
  const small = smallWorld({
    ...QUIET,
    alice: {
      ...SMALLEST.alice,
      userPrincipalName: 'Alice.Example@corp.example',
      userName: 'alice.example@CORP.example',
    },
  });
  enter(small);
  await small.world.run();
  assert.is(viewOf(small).state, 'signedIn');
  const [ticket] = viewOf(small).tickets ?? [];
  assert.is(ticket?.server, 'host/laptop.corp.example@CORP.EXAMPLE');
  assert.is(viewOf(small).identity?.name, 'CORP\\alice');
});

device('locks, and opens again for the same user only', async () => {
  const bob = { role: 'user', realm: 'CORP.EXAMPLE', password: 'Sommer2026' } as const;
  const small = smallWorld({ ...QUIET, bob });
  enter(small);
  small.command('laptop', 'locks', { locks: 'session' }, 1_000);
  open(small, 2_000);
  enter(small, 'Sommer2026', 3_000, 'laptop', 'bob');
  enter(small, 'Passw0rd?', 4_000);
  await small.world.run();
  assert.is(viewOf(small).state, 'locked');
  assert.equal(viewOf(small).opened, []);
  assert.match(small.causes().join('\n'), /bob cannot sign in now: alice has locked it/);
  assert.match(small.causes().join('\n'), /unlocking for alice: refused with KDC_ERR_PREAUTH_FAIL/);
  enter(small, 'Passw0rd!', 20_000);
  await small.world.run();
  assert.is(viewOf(small).state, 'signedIn');
  const tgt = viewOf(small).tickets?.find(({ server }) => server.startsWith('krbtgt'));
  assert.is(tgt?.authtime, new Date(START + 20_000).toISOString(), 'a new ticket');
});

device('forgets everything when the user signs out, also what is under way', async () => {
  const small = smallWorld(QUIET);
  enter(small);
  open(small, 1_000);
  open(small, 60_000, 'cifs/other.corp.example');
  small.command('laptop', 'signsOut', { signsOut: 'user' }, 60_001);
  await small.world.run();
  const view = viewOf(small);
  assert.is(view.state, 'signedOut');
  assert.is(view.tickets, undefined);
  assert.equal(view.exchanges, []);
  assert.is(small.world.stateName('files'), 'ready');
  open(small, 70_000);
  await small.world.run();
  assert.match(small.causes().join('\n'), /opens: nobody is signed in \(signedOut\)/);
});

device('renews while it may, and signs in anew when it may not', async () => {
  const small = smallWorld(QUIET);
  enter(small);
  small.command('laptop', 'renews', { renews: 'tgt' }, 9 * HOUR);
  await small.world.run();
  const tgt = () => viewOf(small).tickets?.find(({ server }) => server.startsWith('krbtgt'));
  assert.is(tgt()?.authtime, new Date(START).toISOString());
  assert.is(tgt()?.endtime, new Date(START + 19 * HOUR).toISOString());
  small.command('laptop', 'renews', { renews: 'tgt' }, 8 * DAY);
  await small.world.run();
  assert.is(viewOf(small).failure, 'renewing the ticket: refused with KRB_AP_ERR_TKT_EXPIRED');
});

device('learns the KDC’s time once for all exchanges', async () => {
  const small = smallWorld(SMALLEST, { skews: { laptop: 600_000 } });
  // The computer's own sign-in and alice's run at once, and both are told that the clock is wrong.
  enter(small);
  open(small, 5_000);
  await small.world.run();
  const view = viewOf(small);
  assert.is(view.state, 'signedIn');
  assert.ok(Math.abs(view.clockOffset + 600_000) < 10, `${view.clockOffset}`);
  assert.equal(view.opened, [{ service: CIFS, state: 'sessionOpen' }]);
});

device('is signed out and empty after a power failure', async () => {
  const crash = { kind: 'crash', actor: 'laptop', at: 5_000, ms: 10_000 } as const;
  const small = smallWorld(QUIET, { faults: [crash] });
  enter(small);
  open(small, 1_000);
  await small.world.run();
  const view = viewOf(small);
  assert.is(view.state, 'signedOut');
  assert.is(view.tickets, undefined);
  assert.equal(view.exchanges, []);
});

device.run();
