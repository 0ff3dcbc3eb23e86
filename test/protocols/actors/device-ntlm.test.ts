import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAddress } from '../../../protocols/actors/device-ntlm.ts';
import { SMALLEST, type SmallWorld, smallWorld } from './small-world.ts';

const s = suite('device/ntlm');

const ADDRESS = 'cifs/192.0.2.7';
const ALIAS = 'cifs/archive.corp.example';

/** A file server that takes NTLM, under an address and an alias besides its name. */
const NTLM = {
  ...SMALLEST,
  laptop: { ...SMALLEST.laptop, signsInAtStart: false },
  files: { ...SMALLEST.files, ntlm: true, aliases: ['192.0.2.7', 'archive.corp.example'] },
} as const;

type Cast = Parameters<typeof smallWorld>[0];

async function opened(cast: Cast, ...services: readonly string[]): Promise<SmallWorld> {
  const small = smallWorld(cast);
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  for (const [i, opens] of services.entries()) {
    small.command('laptop', 'opens', { opens }, 1_000 * (i + 1));
  }
  await small.world.run();
  return small;
}

const openedOf = (small: SmallWorld) =>
  (small.world.view('laptop') as { opened: readonly unknown[] }).opened;

const since = (small: SmallWorld, message: string) => {
  const sent = small.sent();
  return sent.slice(sent.indexOf(message));
};

s('an address is opened with NTLM at once, with the hash of the password', async () => {
  const small = await opened(NTLM, ADDRESS);
  assert.equal(small.causes(), []);
  assert.equal(since(small, 'laptop NEGOTIATE_MESSAGE'), [
    'laptop NEGOTIATE_MESSAGE',
    'files CHALLENGE_MESSAGE',
    'laptop AUTHENTICATE_MESSAGE',
    'files NetrLogonSamLogonEx-request',
    'dc1 NetrLogonSamLogonEx-response',
    'files NegTokenResp',
  ]);
  assert.equal(openedOf(small), [{ service: ADDRESS, state: 'sessionOpen', mechanism: 'ntlm' }]);
  const { sessions } = small.world.view('files') as {
    sessions: readonly Readonly<Record<string, unknown>>[];
  };
  assert.is(sessions[0]?.name, 'CORP\\alice');
  assert.is(sessions[0]?.mechanism, 'ntlm');
  const groups = (sessions[0]?.groups ?? []) as readonly string[];
  assert.ok(groups.length > 1, 'Finance is among the groups');
});

s(
  'a name that nobody registered is asked for first, and the KDC’s refusal leads to NTLM',
  async () => {
    const small = await opened(NTLM, ALIAS, ALIAS);
    assert.equal(since(small, 'dc1 KRB-ERROR').slice(-7)[0], 'dc1 KRB-ERROR');
    assert.equal(openedOf(small), [{ service: ALIAS, state: 'sessionOpen', mechanism: 'ntlm' }]);
    const begun = small.sent().filter((line) => line === 'laptop NEGOTIATE_MESSAGE');
    assert.is(begun.length, 1, 'what is open is not opened again');
  },
);

s('a server that takes no NTLM rejects it', async () => {
  const small = await opened({ ...NTLM, files: { ...NTLM.files, ntlm: false } }, ADDRESS);
  assert.match(small.causes().join('\n'), /none is spoken here/);
  assert.equal(openedOf(small), [{ service: ADDRESS, state: 'failed' }]);
});

s('policy keeps a device from NTLM', async () => {
  const laptop = { ...NTLM.laptop, outgoingNtlm: 'deny' };
  const small = await opened({ ...NTLM, laptop }, ADDRESS, ALIAS);
  assert.match(`${small.causes()[0]}`, /outgoing NTLM is denied by policy/);
  assert.match(`${small.causes().at(-1)}`, /KDC_ERR_S_PRINCIPAL_UNKNOWN.*denied by policy/);
  assert.not.ok(small.sent().includes('laptop NEGOTIATE_MESSAGE'));
});

s('a member of Protected Users gets in with Kerberos and not with NTLM', async () => {
  const alice = { ...NTLM.alice, groups: ['Protected Users'] };
  const small = await opened({ ...NTLM, alice }, ADDRESS, 'cifs/files.corp.example');
  assert.match(small.causes().join('\n'), /STATUS_ACCOUNT_RESTRICTION/);
  assert.equal(openedOf(small), [
    { service: ADDRESS, state: 'failed' },
    { service: 'cifs/files.corp.example', state: 'sessionOpen' },
  ]);
});

s('a name that leads nowhere, or a service that is not there', async () => {
  const small = await opened(NTLM, 'cifs/192.0.2.8');
  assert.match(`${small.causes()[0]}`, /nobody listens at 192\.0\.2\.8/);
});

s('addresses', () => {
  assert.ok(isAddress('192.0.2.7') && isAddress('2001:db8::7'));
  assert.not.ok(isAddress('files.corp.example') || isAddress('files'));
});

s.run();
