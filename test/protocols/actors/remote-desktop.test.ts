import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALLEST, type SmallWorld, smallWorld } from './small-world.ts';

const s = suite('remote-desktop');

const DAY = 86_400_000;
const HOST = 'rd1.corp.example';
const PIN = '135791';

const CAST = {
  ...SMALLEST,
  ca: { role: 'certificate-authority', realm: 'CORP.EXAMPLE' },
  dc1: { ...SMALLEST.dc1, certificate: { issuer: 'ca' } },
  laptop: {
    ...SMALLEST.laptop,
    join: 'hybrid',
    hello: { alice: { pin: PIN, certificate: { issuer: 'ca' } } },
  },
  rd1: { role: 'rdp-host', realm: 'CORP.EXAMPLE', remoteDesktopUsers: ['alice'] },
} as const;

interface Remote {
  readonly state: string;
  readonly reason?: string;
  readonly message?: string;
  readonly user?: string;
  readonly readers?: readonly string[];
  readonly offers?: readonly string[];
}

interface View {
  readonly state: string;
  readonly failure?: string;
  readonly remoteDesktop?: Readonly<Record<string, Remote>>;
  readonly hello?: Readonly<Record<string, { readonly state: string }>>;
}

const viewOf = (small: SmallWorld) => small.world.view('laptop') as unknown as View;
const remote = (small: SmallWorld, host: string = HOST) => viewOf(small).remoteDesktop?.[host];

const CLIENT = { with: 'prompt', mode: 'normal', security: 'ext', on: 'laptop' } as const;

function signsIn(small: SmallWorld, at = 0): void {
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' }, at);
}

function connects(
  small: SmallWorld,
  at: number,
  more: Readonly<Record<string, string>> = {},
): void {
  small.command('alice', 'connects', { connects: HOST, ...CLIENT, ...more }, at);
}

function pin(small: SmallWorld, at: number, value = PIN): void {
  small.command('alice', 'enters', { enters: 'pin', value, on: 'laptop' }, at);
}

async function until(small: SmallWorld, ms: number): Promise<SmallWorld> {
  await small.world.run(ms);
  return small;
}

s('nobody is signed in, and so nobody opens the client', async () => {
  const small = smallWorld(CAST);
  connects(small, 1_000);
  await until(small, 2_000);
  assert.match(viewOf(small).failure ?? '', /nobody is signed in/);
  assert.is(remote(small), undefined);
});

s('one prompt at a time, which says what it takes', async () => {
  const small = smallWorld(CAST);
  signsIn(small);
  connects(small, 1_000);
  connects(small, 2_000);
  await until(small, 3_000);
  assert.match(viewOf(small).failure ?? '', /asks for credentials already/);
  assert.equal(remote(small)?.offers, ['Security device credential of alice', 'name and password']);
});

s('a host that nobody knows, and one that cannot be reached', async () => {
  const small = smallWorld(CAST, { faults: [{ kind: 'outage', link: ['laptop', 'rd1'], at: 0 }] });
  signsIn(small);
  connects(small, 1_000, { connects: 'nowhere.corp.example' });
  pin(small, 2_000);
  connects(small, 3_000);
  pin(small, 4_000);
  await until(small, 60_000);
  assert.match(small.causes().join('\n'), /can’t find the computer nowhere/);
  assert.is(remote(small)?.state, 'closed');
  assert.match(remote(small)?.reason ?? '', /can’t connect to the remote computer/);
});

s('a container that the prompt has opened is closed with the connection', async () => {
  const small = smallWorld(CAST);
  signsIn(small);
  connects(small, 1_000);
  pin(small, 2_000);
  await until(small, 10_000);
  assert.is(remote(small)?.user, 'CORP\\alice');
  assert.equal(remote(small)?.readers, ['Windows Hello for Business 1']);
  assert.is(viewOf(small).hello?.alice?.state, 'released');
  small.command('alice', 'disconnects', { disconnects: HOST, on: 'laptop' }, 11_000);
  await until(small, 20_000);
  assert.is(remote(small)?.state, 'closed');
  assert.is(viewOf(small).hello?.alice?.state, 'locked');
});

s('who signed in with the key goes on using it', async () => {
  const small = smallWorld(CAST);
  pin(small, 0);
  connects(small, 1_000);
  pin(small, 2_000);
  small.command('alice', 'disconnects', { disconnects: HOST, on: 'laptop' }, 10_000);
  await until(small, 20_000);
  assert.is(remote(small)?.state, 'closed');
  assert.is(viewOf(small).hello?.alice?.state, 'released');
});

s('two sessions share the card', async () => {
  const small = smallWorld({ ...CAST, rd2: CAST.rd1 });
  signsIn(small);
  connects(small, 1_000);
  pin(small, 2_000);
  connects(small, 3_000, { connects: 'rd2.corp.example' });
  pin(small, 4_000);
  await until(small, 20_000);
  assert.is(remote(small)?.state, 'session');
  assert.is(remote(small, 'rd2.corp.example')?.state, 'session');
});

s('signing out of the device ends its remote sessions', async () => {
  const small = smallWorld(CAST);
  signsIn(small);
  connects(small, 1_000);
  pin(small, 2_000);
  small.command('laptop', 'signsOut', { signsOut: 'user' }, 10_000);
  await until(small, 20_000);
  assert.is(viewOf(small).state, 'signedOut');
  assert.is(small.world.stateName('rd1'), 'ready');
});

s('revocation lists that have ended are fetched before the connection', async () => {
  const small = smallWorld(CAST);
  signsIn(small, 11 * DAY);
  connects(small, 11 * DAY + 1_000);
  pin(small, 11 * DAY + 2_000);
  await until(small, 11 * DAY + 20_000);
  assert.is(remote(small)?.state, 'session');
  assert.ok(small.sent().includes('laptop HTTP request'));
});

s('nobody types into a session that is not there', async () => {
  const small = smallWorld(CAST);
  signsIn(small);
  const args = { enters: 'pin', value: PIN, into: HOST, on: 'laptop' };
  small.command('alice', 'enters', args, 1_000);
  await until(small, 2_000);
  assert.match(viewOf(small).failure ?? '', /no remote session on rd1/);
});

s('without a card in any reader the host says STATUS_SMARTCARD_NO_CARD', async () => {
  const small = smallWorld({ ...CAST, laptop: SMALLEST.laptop });
  signsIn(small);
  connects(small, 1_000, { with: 'none', security: 'tls' });
  await until(small, 60_000);
  assert.match(small.causes().join('\n'), /STATUS_SMARTCARD_NO_CARD: ListReadersW/);
  assert.match(remote(small)?.reason ?? '', /ERRINFO_SERVER_DENIED_CONNECTION/);
});

s('a PIN is nothing for NTLM, and policy may forbid NTLM with a password', async () => {
  const rd1 = { ...CAST.rd1, aliases: ['192.0.2.8'] };
  const small = smallWorld({ ...CAST, rd1, laptop: { ...CAST.laptop, outgoingNtlm: 'deny' } });
  signsIn(small);
  connects(small, 1_000, { connects: '192.0.2.8' });
  pin(small, 2_000);
  connects(small, 10_000, { connects: '192.0.2.8' });
  signsIn(small, 11_000);
  await until(small, 20_000);
  const all = small.causes().filter((cause) => cause.includes('192.0.2.8'));
  assert.is(all.length, 2);
  for (const cause of all) assert.match(cause, /no Kerberos with 192.0.2.8, and outgoing NTLM/);
});

s('who offers no credentials is told so where the host wants to know first', async () => {
  const small = smallWorld({
    ...CAST,
    rd1: { ...CAST.rd1, networkLevelAuthentication: 'required' },
  });
  signsIn(small);
  connects(small, 1_000, { with: 'none' });
  await until(small, 20_000);
  assert.match(remote(small)?.reason ?? '', /nobody gave credentials/);
});

s('a container that is deleted takes the card out of a sign-in under way', async () => {
  const small = smallWorld(CAST);
  signsIn(small);
  connects(small, 1_000, { with: 'none', security: 'tls' });
  small.command('alice', 'deletes', { deletes: 'hello-container', on: 'laptop' }, 10_000);
  await until(small, 60_000);
  assert.match(small.causes().join('\n'), /STATUS_SMARTCARD_NO_CARD: the card was taken out/);
});

s.run();
