import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FRAMINGS } from '../../../protocols/roles.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { SMALLEST, START, smallWorld } from './small-world.ts';

const s = suite('actors/entra-tenant');

const MINUTE = 60_000;

const CAST = {
  dc1: SMALLEST.dc1,
  alice: SMALLEST.alice,
  laptop: { ...SMALLEST.laptop, join: 'hybrid', signsInAtStart: false },
  entra: { role: 'entra-tenant', realm: 'CORP.EXAMPLE' },
  connect: { role: 'entra-connect', realm: 'CORP.EXAMPLE', tenant: 'entra' },
};
type Small = ReturnType<typeof smallWorld>;

interface TenantView {
  readonly users: readonly { readonly sessionsValidFrom?: string }[];
  readonly state: string;
  readonly keys: readonly { readonly userPrincipalName: string; readonly deviceId: string }[];
  readonly devices: readonly { readonly deviceId: string; readonly displayName: string }[];
}

const tenant = (small: Small) => small.world.view('entra') as unknown as TenantView;

/** Alice signs in and sets Hello up. */
function provisioning(changes: Readonly<Record<string, unknown>> = {}): Small {
  const small = smallWorld({ ...CAST, entra: { ...CAST.entra, ...changes } });
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  return small;
}

function keysInDirectory(small: Small): readonly number[] {
  const { outcomes } = small.world.view('dc1') as unknown as {
    outcomes: readonly { readonly shown?: readonly string[] }[];
  };
  return outcomes.map(({ shown }) => shown?.length ?? 0);
}

s(
  'a key registered in the story reaches Active Directory with the next cycle, and not before',
  async () => {
    const small = provisioning();
    for (const at of [29 * MINUTE, 31 * MINUTE]) {
      const reads = { reads: 'alice', attribute: 'msDS-KeyCredentialLink', as: 'Administrator' };
      small.command('dc1', 'reads', reads, at);
    }
    await small.world.run();
    assert.equal(small.causes(), []);
    const { keys, devices } = tenant(small);
    assert.is(keys.length, 1);
    assert.is(keys[0]?.userPrincipalName, 'alice@corp.example');
    assert.is(keys[0]?.deviceId, devices[0]?.deviceId);
    assert.is(devices[0]?.displayName, 'LAPTOP');
    assert.equal(keysInDirectory(small), [0, 1]);
    const sent = small.sent().filter((message) => /^(entra|laptop .*-request)/.test(message));
    // After the sign-in a nonce and the primary refresh token; then what provisioning asks for.
    const token = ['laptop token-request', 'entra token-response'];
    assert.equal(sent.slice(0, 8), [
      ...token,
      ...token,
      'laptop token-request',
      'entra token-response',
      'laptop key-registration-request',
      'entra key-registration-response',
    ]);
  },
);

s('a second factor that fails or does not come ends it, and no key is there', async () => {
  for (const mfa of ['failed', 'timeout']) {
    const small = provisioning({ users: { alice: { mfa } } });
    await small.world.run();
    assert.equal(tenant(small).keys, []);
    const causes = small.causes().join('\n');
    assert.match(causes, mfa === 'failed' ? /was refused/ : /did not come in time/);
    assert.match(causes, /0x801C03ED/);
  }
});

s('who is disabled gets no token; what the script changes counts from then on', async () => {
  const user = provisioning();
  user.command('entra', 'disables', { disables: 'alice' }, 1);
  await user.world.run();
  assert.match(user.causes().join('\n'), /AADSTS50057/);
  const device = provisioning();
  device.command('entra', 'disables', { disables: 'laptop' }, 1);
  await device.world.run();
  assert.match(device.causes().join('\n'), /AADSTS135011/);
  const changed = provisioning({ users: { alice: { mfa: 'failed' } } });
  changed.command('entra', 'setsMfa', { setsMfa: 'alice', to: 'satisfied' }, 1);
  await changed.world.run();
  assert.is(tenant(changed).keys.length, 1);
});

s('strangers’ octets are answered and the tenant stays', async () => {
  const small = smallWorld(CAST);
  const framing = FRAMINGS.find(({ name }) => name === 'http');
  const from = { transport: 'tcp', from: 'x', fromPort: 50_000, port: 443 } as const;
  const octets = [
    'GET / HTTP/1.1\r\n\r\n',
    'POST /common/oauth2/token HTTP/1.1\r\nHost: a\r\n\r\n',
  ];
  for (const [i, text] of octets.entries()) {
    const bytes = utf8(text);
    assert.is(framing?.next(bytes).kind, 'message');
    small.world.deliver('entra', { kind: 'received', ...from, connection: `c${i}`, bytes }, i);
  }
  small.world.deliver('entra', { kind: 'malformed', connection: 'c9', reason: 'long (413)' }, 9);
  await small.world.run();
  assert.equal(
    small.sent().filter((message) => message.startsWith('entra')),
    ['entra HTTP response', 'entra token-response', 'entra HTTP response'],
  );
  assert.is(tenant(small).state, 'ready');
});

s('a user whose suffix is not verified is another one to Entra than to Windows', async () => {
  const small = provisioning({ domains: { 'corp.example': { verified: false } } });
  await small.world.run();
  const { users } = small.world.view('entra') as unknown as {
    users: readonly { readonly userPrincipalName: string }[];
  };
  assert.is(users[0]?.userPrincipalName, 'alice@corp.onmicrosoft.com');
  assert.match(small.causes().join('\n'), /AADSTS50034/);
  assert.equal(tenant(small).keys, []);
});

s('a federated domain takes no password at Entra', async () => {
  const small = provisioning({ domains: { 'corp.example': { authentication: 'federated' } } });
  await small.world.run();
  assert.match(small.causes().join('\n'), /AADSTS50126.*federated/);
});

s('what the tenant learnt is there when its process begins again', async () => {
  const crash = { kind: 'crash', actor: 'entra', at: 2 * MINUTE, ms: MINUTE } as const;
  const small = smallWorld(CAST, { faults: [crash] });
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  small.command('entra', 'revokes', { revokes: 'alice' }, 90_000);
  await small.world.run();
  assert.is(
    small.steps.filter(({ actor, event }) => actor === 'entra' && event.kind === 'started').length,
    2,
  );
  const { keys, users } = small.world.view('entra') as unknown as TenantView;
  assert.is(keys.length, 1);
  assert.is(users[0]?.sessionsValidFrom, new Date(START + 90_000).toISOString());
  assert.is(users[1]?.sessionsValidFrom, undefined);
});

s.run();
