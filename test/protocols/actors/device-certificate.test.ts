import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keptIn } from '../../../protocols/actors/device-store.ts';
import { readCertificate } from '../../../protocols/x509/certificate.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { AUTHORITIES, DC1 } from './pki-scene.ts';
import { type SmallWorld, smallWorld } from './small-world.ts';

const s = suite('actors/device-certificate');

const MINUTE = 60_000;
const REALM = { realm: 'CORP.EXAMPLE' } as const;
const PIN = '135791';

const CAST = {
  ...AUTHORITIES,
  dc1: DC1,
  sts: { role: 'ad-fs', ...REALM, issuer: 'issuing' },
  entra: { role: 'entra-tenant', ...REALM },
  connect: {
    role: 'entra-connect',
    ...REALM,
    tenant: 'entra',
    deviceWriteback: true,
    deviceContainer: true,
    firstSync: '10s',
  },
  alice: { role: 'user', ...REALM, password: 'Passw0rd!', userPrincipalName: 'alice@corp.example' },
  laptop: {
    role: 'device',
    ...REALM,
    join: 'hybrid',
    signsInAtStart: false,
    helloPolicy: { UseCertificateForOnPremAuth: true },
  },
} as const;

/** @param changes to actors by name; null: without that one */
function world(changes: Readonly<Record<string, object | null>> = {}): SmallWorld {
  const cast = Object.entries(CAST).flatMap(([name, entry]) =>
    changes[name] === null ? [] : [[name, { ...entry, ...changes[name] }] as const],
  );
  return smallWorld(Object.fromEntries(cast));
}

function does(small: SmallWorld, at: number, verb: string, what: string, value?: string): void {
  const args = { [verb]: what, on: 'laptop', ...(value === undefined ? {} : { value }) };
  small.command('alice', verb, args, at);
}

function signsOut(small: SmallWorld, at: number): void {
  small.command('laptop', 'signsOut', { signsOut: 'user' }, at);
}

/** Signs in with the password and sets Hello up a minute later. */
function provisions(small: SmallWorld): void {
  does(small, MINUTE, 'enters', 'password', 'Passw0rd!');
  does(small, 2 * MINUTE, 'provisions', 'hello', PIN);
}

interface View {
  readonly state: string;
  readonly failure?: string;
  readonly enrollment?: {
    readonly state: string;
    readonly enterprisePrt?: string;
    readonly failure?: string;
  };
  readonly hello?: { readonly alice: { readonly state: string; readonly certificates: number } };
}

const view = (small: SmallWorld) => small.world.view('laptop') as unknown as View;

function notes(small: SmallWorld): string {
  return small.steps
    .flatMap(({ actor, effects }) =>
      effects.flatMap((effect) =>
        actor === 'laptop' && effect.kind === 'note' ? [effect.text] : [],
      ),
    )
    .join('\n');
}

function stored(small: SmallWorld) {
  const store = memoryStore();
  for (const { actor, effects } of small.steps) {
    if (actor !== 'laptop') continue;
    for (const effect of effects) if (effect.kind === 'write') store.write(effect.batch);
  }
  return keptIn(store).certificates.map(({ certificate, privateKey }) => {
    const read = readCertificate(certificate);
    if (!read.ok) throw new Error(read.reason);
    return { ...read.value, privateKey };
  });
}

s(
  'a registered key gets its certificate by its receipt, before any cycle, and the PIN signs in',
  async () => {
    const small = world();
    provisions(small);
    signsOut(small, 3 * MINUTE);
    does(small, 4 * MINUTE, 'enters', 'pin', PIN);
    await small.world.run();
    assert.equal(small.causes(), []);
    assert.equal(view(small).enrollment, { user: 'alice', enterprisePrt: 'YES', state: 'done' });
    assert.is(view(small).state, 'signedIn');
    const [certificate, ...others] = stored(small);
    assert.is(others.length, 0, 'the certificate that the key gave itself has gone');
    assert.is(certificate?.issuer.text, 'CN=Corp Issuing CA,DC=corp,DC=example');
    assert.equal(certificate?.subjectAltName.upn, ['alice@corp.example']);
    assert.match(certificate?.privateKey?.container ?? '', /\/alice@corp\.example$/);
    const { issued } = small.world.view('issuing') as unknown as {
      issued: readonly { serialNumber: string }[];
    };
    assert.equal(
      issued.map(({ serialNumber }) => serialNumber),
      [certificate?.serialNumber],
    );
    assert.match(
      notes(small),
      /event 300: (?:.|\n)*\nthe Hello key of alice has a certificate of CN=Corp/,
    );
  },
);

s('AD FS that trusts no tenant’s receipts waits for the cycle', async () => {
  const small = world({ entra: { keyReceipts: false } });
  provisions(small);
  small.command('connect', 'syncs', { syncs: 'now' }, 3 * MINUTE);
  does(small, 4 * MINUTE, 'enrolls', 'certificate', PIN);
  await small.world.run();
  assert.match(small.causes().join('\n'), /no certificate for alice’s Hello key, .* no receipt/);
  assert.match(small.causes().join('\n'), /\(EnterprisePrt: YES\)/);
  assert.not.match(notes(small), /event 362/);
  assert.is(view(small).enrollment?.state, 'done');
});

s('without device write-back: event 362, no certificate, and a PIN that says why', async () => {
  const small = world({ connect: { deviceWriteback: false } });
  provisions(small);
  signsOut(small, 3 * MINUTE);
  does(small, 4 * MINUTE, 'enters', 'pin', PIN);
  await small.world.run();
  assert.match(notes(small), /event 300: (?:.|\n)*\nevent 362: /);
  assert.match(notes(small), /authenticated to the enterprise STS: No/);
  const { enrollment, state, failure } = view(small);
  assert.is(enrollment?.enterprisePrt, 'NO');
  assert.match(enrollment?.failure ?? '', /invalid_grant: .*no msDS-Device object/);
  assert.is(state, 'signedOut');
  assert.match(failure ?? '', /no authority has issued a certificate .* no msDS-Device object/);
  assert.equal(
    stored(small).map(({ issuer, subject }) => issuer.text === subject.text),
    [true],
  );
  assert.is(view(small).hello?.alice.state, 'locked', 'the PIN was right, and the key is shut');
});

s('once the device is written back, the prompt’s PIN brings the certificate', async () => {
  const small = world({ connect: { deviceWriteback: false } });
  provisions(small);
  signsOut(small, 3 * MINUTE);
  small.command('connect', 'configures', { configures: 'deviceWriteback', to: true }, 4 * MINUTE);
  small.command('connect', 'syncs', { syncs: 'now' }, 5 * MINUTE);
  does(small, 6 * MINUTE, 'enrolls', 'certificate', PIN);
  does(small, 7 * MINUTE, 'enters', 'password', 'Passw0rd!');
  does(small, 8 * MINUTE, 'enrolls', 'certificate', '999998');
  does(small, 9 * MINUTE, 'enrolls', 'certificate', PIN);
  signsOut(small, 10 * MINUTE);
  does(small, 11 * MINUTE, 'enters', 'pin', PIN);
  await small.world.run();
  const causes = small.causes().slice(2);
  assert.match(causes[0] ?? '', /alice is not signed in \(signedOut\)/);
  assert.match(causes[1] ?? '', /0x80090033.*the PIN is incorrect/);
  assert.is(causes.length, 2);
  assert.is(view(small).enrollment?.state, 'done');
  assert.is(view(small).state, 'signedIn');
});

s('a device that is disabled in the tenant gets none after the next cycle', async () => {
  const small = world();
  provisions(small);
  small.command('entra', 'disables', { disables: 'laptop' }, 3 * MINUTE);
  small.command('connect', 'syncs', { syncs: 'now' }, 4 * MINUTE);
  does(small, 5 * MINUTE, 'enrolls', 'certificate', PIN);
  await small.world.run();
  assert.is(view(small).enrollment?.enterprisePrt, 'NO');
  assert.match(view(small).enrollment?.failure ?? '', /the device CN=.* is disabled/);
  assert.match(stored(small)[0]?.issuer.text ?? '', /Corp Issuing CA/, 'the old one stays');
});

s(
  'a user who signed in with the key renews with it: AD FS knows the key from the directory',
  async () => {
    const small = world();
    provisions(small);
    signsOut(small, 3 * MINUTE);
    small.command('connect', 'syncs', { syncs: 'now' }, 3 * MINUTE);
    does(small, 4 * MINUTE, 'enters', 'pin', PIN);
    does(small, 5 * MINUTE, 'enrolls', 'certificate', PIN);
    await small.world.run();
    assert.equal(small.causes(), []);
    const { issued } = small.world.view('issuing') as unknown as { issued: readonly object[] };
    assert.is(issued.length, 2);
    assert.is(stored(small).length, 1, 'the new one takes the place of the old one');
  },
);

s('who signs out or deletes the container meanwhile ends it', async () => {
  const small = world();
  provisions(small);
  await small.world.run();
  const asking = small.steps.find(
    ({ actor, event }) =>
      actor === 'laptop' && event.kind === 'connected' && event.connection === 'http/2',
  );
  assert.ok(asking !== undefined, 'the primary refresh token was being asked for');
  for (const end of ['signsOut', 'deletes', 'restarts']) {
    const other = world();
    provisions(other);
    if (end === 'signsOut') signsOut(other, asking.at);
    else if (end === 'deletes') does(other, asking.at, 'deletes', 'hello-container');
    else other.command('laptop', 'restarts', { restarts: 'device' }, asking.at);
    await other.world.run();
    assert.is(view(other).enrollment, undefined, end);
    const issuers = stored(other).map(({ issuer }) => issuer.text);
    assert.not.match(issuers.join(), /Corp Issuing CA/, end);
    assert.equal(other.causes(), [], end);
  }
});

s(
  'without AD FS provisioning is not launched, and without a tenant the key is not registered',
  async () => {
    const without = world({ sts: null });
    provisions(without);
    await without.world.run();
    assert.match(without.causes().join(), /event 362: .*enrollment endpoint is ready: No/);
    assert.is(view(without).hello, undefined);
    const alone = world({ entra: null, connect: null });
    provisions(alone);
    await alone.world.run();
    assert.match(notes(alone), /key of alice is not registered: there is no tenant of Entra/);
    assert.is(view(alone).enrollment, undefined);
  },
);

s.run();
