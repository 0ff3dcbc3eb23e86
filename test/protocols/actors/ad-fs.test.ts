import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link } from '../../../src/sim/network.ts';
import { enrollingDevice } from './enrolling-device.ts';
import { AUTHORITIES, DC1 } from './pki-scene.ts';
import { type SmallWorld, smallWorld } from './small-world.ts';

const s = suite('ad-fs');

/** The laptop begins when the authority has listed. */
const SLOW: readonly Link[] = [{ between: ['laptop', 'dc1'], latency: 1_000 }];

const ADMINISTRATOR = 'Adm1n-Passw0rd!';

const CAST = {
  ...AUTHORITIES,
  dc1: { ...DC1, administratorPassword: ADMINISTRATOR },
  alice: {
    role: 'user',
    realm: 'CORP.EXAMPLE',
    password: 'Passw0rd!',
    userPrincipalName: 'alice@corp.example',
    rid: 1_234,
  },
  sts: { role: 'ad-fs', realm: 'CORP.EXAMPLE', issuer: 'issuing' },
  laptop: {
    role: 'enrolling-device',
    userName: 'alice@corp.example',
    password: 'Passw0rd!',
    administratorPassword: ADMINISTRATOR,
    deviceWriteback: true,
    keySynchronised: true,
  },
} as const;

async function world(changes: Readonly<Record<string, object>> = {}): Promise<SmallWorld> {
  const cast = Object.fromEntries(
    Object.entries(CAST).map(([name, entry]) => [name, { ...entry, ...changes[name] }]),
  );
  const small = smallWorld(cast, { roles: [enrollingDevice] });
  await small.world.run();
  return small;
}

type View = Readonly<Record<string, unknown>>;

s('enrols a certificate for a Hello key of a device that was written back', async () => {
  const small = await world();
  const view = small.world.view('laptop') as View;
  assert.is(view.state, 'done', JSON.stringify(view));
  assert.is(view.subject, 'CN=alice,CN=Users,DC=corp,DC=example');
  assert.is(view.issuer, 'CN=Corp Issuing CA,DC=corp,DC=example');
  assert.equal(view.upn, ['alice@corp.example']);
  assert.match(view.sid as string, /^S-1-5-21-.*-1234$/);
  assert.equal(view.chain, ['CN=Corp Issuing CA,DC=corp,DC=example', 'CN=Corp Root CA']);
  assert.equal(small.causes(), []);
  const { enterprisePrts } = small.world.view('sts') as { enterprisePrts: readonly View[] };
  assert.equal(
    enterprisePrts.map(({ user }) => user),
    ['alice@corp.example'],
  );
  const { issued } = small.world.view('issuing') as { issued: readonly View[] };
  assert.equal(issued, [{ holder: 'alice', serialNumber: view.serialNumber }]);
});

s('does not, where the device was not written back', async () => {
  const small = await world({ laptop: { deviceWriteback: false } });
  const view = small.world.view('laptop') as View;
  assert.is(view.state, 'failed');
  assert.is(view.stage, 'refreshToken');
  assert.is(view.error, 'invalid_grant');
  assert.is(view.enterprisePrt, 'NO');
  assert.match(small.causes().join(), /no msDS-Device object of the directory has its certificate/);
});

s('does not with a wrong password', async () => {
  const small = await world({ laptop: { password: 'wrong' } });
  const view = small.world.view('laptop') as View;
  assert.is(view.stage, 'refreshToken');
  assert.match(view.reason as string, /invalidCredentials/);
});

s('does not before the key is in the directory', async () => {
  const small = await world({ laptop: { keySynchronised: false } });
  const view = small.world.view('laptop') as View;
  assert.is(view.stage, 'certificate');
  assert.is(view.error, 'invalid_request');
  assert.is(view.enterprisePrt, 'YES');
  assert.match(view.reason as string, /and no receipt came with it/);
});

s('is denied by the authority when its certificate is no agent’s', async () => {
  const small = await world({ sts: { agentCertificate: 'notAnAgent' } });
  const view = small.world.view('laptop') as View;
  assert.is(view.stage, 'certificate');
  assert.match(view.reason as string, /CERTSRV_E_SIGNATURE_POLICY_REQUIRED, 0x80094809/);
});

s('is denied when its agent is revoked', async () => {
  const cast = { ...CAST, laptop: { ...CAST.laptop } };
  const small = smallWorld(cast, { roles: [enrollingDevice], links: SLOW });
  small.command('issuing', 'revokes', { revokes: 'sts', reason: 'keyCompromise' });
  small.command('issuing', 'publishes', { publishes: 'crl' });
  await small.world.run();
  const view = small.world.view('laptop') as View;
  assert.is(view.stage, 'certificate');
  assert.match(view.reason as string, /CRYPT_E_REVOKED, 0x80092010/);
});

s('says of itself that it issues nothing, where it does not', async () => {
  const small = await world({ sts: { issuesCertificates: false } });
  const view = small.world.view('laptop') as View;
  assert.is(view.stage, 'metadata');
});

s('tells the client when no authority answers', async () => {
  const small = await world({ sts: { issuer: 'root' } });
  const view = small.world.view('laptop') as View;
  assert.is(view.stage, 'certificate');
  assert.match(view.reason as string, /requests are not taken over the network/);
});

s.run();
