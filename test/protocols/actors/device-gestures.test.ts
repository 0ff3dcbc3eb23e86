import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALLEST, type SmallWorld, START, smallWorld } from './small-world.ts';

const gestures = suite('device-gestures');

const HOUR = 3_600_000;
const CIFS = 'cifs/files.corp.example';

const CA = { role: 'certificate-authority', realm: 'CORP.EXAMPLE' } as const;
const DC = { ...SMALLEST.dc1, certificate: { issuer: 'ca' } } as const;
const LAPTOP = { ...SMALLEST.laptop, signsInAtStart: false, join: 'hybrid' } as const;
const ALICE = { pin: '135791', biometrics: ['fingerprint'] } as const;
const KEY_TRUST = {
  ...SMALLEST,
  ca: CA,
  dc1: DC,
  laptop: { ...LAPTOP, hello: { alice: ALICE } },
} as const;
const CERTIFICATE_TRUST = {
  ...KEY_TRUST,
  laptop: { ...LAPTOP, hello: { alice: { ...ALICE, certificate: { issuer: 'ca' } } } },
} as const;

interface View {
  readonly state: string;
  readonly identity?: { readonly name: string; readonly groups: readonly string[] };
  readonly opened?: readonly { readonly service: string; readonly state: string }[];
  readonly tickets?: readonly { readonly server: string; readonly authtime: string }[];
  readonly hello?: Readonly<Record<string, { readonly state: string }>>;
}

const viewOf = (small: SmallWorld) => small.world.view('laptop') as unknown as View;

function pin(small: SmallWorld, at = 0, value = '135791'): void {
  small.command('alice', 'enters', { enters: 'pin', value, on: 'laptop' }, at);
}

/** The gestures that released a key, in order. */
function released(small: SmallWorld): readonly (string | undefined)[] {
  return small.steps.flatMap(({ actor, effects }) =>
    effects.flatMap((effect) =>
      actor === 'laptop' && effect.kind === 'sign' ? [effect.gesture] : [],
    ),
  );
}

for (const [trust, cast] of Object.entries({ key: KEY_TRUST, certificate: CERTIFICATE_TRUST })) {
  gestures(`a PIN signs in by ${trust} trust, and a service opens`, async () => {
    const small = smallWorld(cast);
    pin(small);
    small.command('laptop', 'opens', { opens: CIFS }, 5_000);
    await small.world.run();
    assert.equal(small.causes(), []);
    const view = viewOf(small);
    assert.is(view.state, 'signedIn');
    assert.is(view.identity?.name, 'CORP\\alice');
    assert.is(view.identity?.groups.includes('S-1-18-4'), trust === 'key', 'key trust identity');
    assert.equal(view.opened, [{ service: CIFS, state: 'sessionOpen' }]);
    assert.equal(released(small), ['pin']);
    assert.is(view.hello?.alice?.state, 'released');
  });
}

gestures('a finger signs in, locks away, and unlocks', async () => {
  const small = smallWorld(KEY_TRUST);
  const finger = { shows: 'fingerprint', matches: true, on: 'laptop' };
  small.command('alice', 'shows', finger);
  small.command('laptop', 'locks', { locks: 'session' }, 5_000);
  small.command('alice', 'shows', { ...finger, matches: false }, 6_000);
  pin(small, 7_000, '999998');
  small.command('alice', 'shows', finger, 8_000);
  await small.world.run();
  assert.is(viewOf(small).state, 'signedIn');
  assert.equal(released(small), ['fingerprint', 'fingerprint']);
  const tgt = viewOf(small).tickets?.find(({ server }) => server.startsWith('krbtgt'));
  assert.is(tgt?.authtime, new Date(START + 8_000).toISOString(), 'a new ticket');
  assert.is(small.causes().length, 2);
});

gestures(
  'the key stays released while its user is signed in, and signs anew by itself',
  async () => {
    const small = smallWorld(KEY_TRUST);
    pin(small);
    small.command('laptop', 'opens', { opens: CIFS }, 11 * HOUR);
    small.command('laptop', 'signsOut', { signsOut: 'user' }, 12 * HOUR);
    await small.world.run();
    assert.equal(small.causes(), []);
    assert.equal(released(small), ['pin', 'pin']);
    assert.is(viewOf(small).hello?.alice?.state, 'locked');
  },
);

gestures('after the container is deleted nothing can be signed anew', async () => {
  const small = smallWorld(KEY_TRUST);
  pin(small);
  small.command('alice', 'deletes', { deletes: 'hello-container', on: 'laptop' }, HOUR);
  small.command('laptop', 'opens', { opens: CIFS }, 11 * HOUR);
  await small.world.run();
  assert.match(small.causes().join('\n'), /opening cifs.*: 0x80090011 NTE_NOT_FOUND/);
  assert.equal(released(small), ['pin']);
});

gestures('deleting the container ends what would have signed with its key', async () => {
  // So slow a line that the domain controller's question is still on its way when the key goes.
  const links = [{ between: ['laptop', 'dc1'], latency: 1_000 }] as const;
  const laptop = { ...KEY_TRUST.laptop, pkinit: { freshness: true } };
  const small = smallWorld({ ...KEY_TRUST, laptop } as typeof KEY_TRUST, { links });
  pin(small);
  small.command('laptop', 'opens', { opens: CIFS }, 11 * HOUR);
  small.command('alice', 'deletes', { deletes: 'hello-container', on: 'laptop' }, 11 * HOUR + 100);
  await small.world.run();
  assert.match(small.causes().join('\n'), /opening cifs.*: 0x80090011 NTE_NOT_FOUND/);
  assert.equal(viewOf(small).opened, [{ service: CIFS, state: 'failed' }]);
  assert.equal(released(small), ['pin']);
});

gestures('before the key is synchronised the option is temporarily unavailable', async () => {
  const hello = { alice: { ...ALICE, trust: 'key', registered: false } };
  const small = smallWorld({ ...KEY_TRUST, laptop: { ...LAPTOP, hello } });
  pin(small);
  await small.world.run();
  assert.is(viewOf(small).state, 'signedOut');
  assert.is(viewOf(small).hello?.alice?.state, 'locked');
  assert.match(
    small.causes().at(-1) ?? '',
    /KDC_ERR_CLIENT_NOT_TRUSTED.*msDS-KeyCredentialLink.*“That option is temporarily unavailable\. For now, please use a different method to sign in\.”/,
  );
});

/** A KDC's certificate, but not of this domain. */
const OF_FILES = {
  issuer: 'ca',
  template: 'DomainController',
  purposes: ['pkinitKPKdc'],
  dnsNames: ['files.corp.example'],
};

gestures('a domain controller without a certificate, and one that is not believed', async () => {
  const other = { role: 'certificate-authority' } as const;
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ dc1: SMALLEST.dc1 }, /KDC_ERR_PADATA_TYPE_NOSUPP.*no certificate.*0xC00000BB/],
    [
      { other, dc1: { ...SMALLEST.dc1, certificate: { issuer: 'other' } } },
      /the KDC is not to be trusted: .*0xC00000BB/,
    ],
    [
      { dc1: { ...SMALLEST.dc1, certificate: { issuer: 'ca', template: 'DomainController' } } },
      /not for KDC Authentication.*0xC00000BB/,
    ],
    [
      { dc1: { ...SMALLEST.dc1, certificate: OF_FILES } },
      /neither the domain corp\.example nor.*0xC000006D/,
    ],
  ];
  for (const [change, expected] of cases) {
    const small = smallWorld({ ...KEY_TRUST, ...change } as typeof KEY_TRUST);
    pin(small);
    await small.world.run();
    assert.match(small.causes().join('\n'), expected);
    assert.is(viewOf(small).state, 'signedOut');
  }
});

gestures('a list that has ended is fetched before the domain controller is asked', async () => {
  const small = smallWorld(KEY_TRUST);
  pin(small, 9 * 24 * HOUR);
  await small.world.run();
  assert.equal(small.causes(), []);
  assert.is(viewOf(small).state, 'signedIn');
  const asked = small.sent().filter((line) => line.startsWith('laptop'));
  assert.equal(asked.slice(0, 2), ['laptop HTTP request', 'laptop AS-REQ']);
});

gestures(
  'without a list that counts the domain controller is not believed, unless policy is lenient',
  async () => {
    const later = 9 * 24 * HOUR;
    for (const [revocationCheck, state] of [
      ['required', 'signedOut'],
      ['ifKnown', 'signedIn'],
      ['off', 'signedIn'],
    ] as const) {
      const laptop = { ...KEY_TRUST.laptop, revocationCheck };
      const outage = { kind: 'outage', link: ['laptop', 'ca'], at: 0 } as const;
      const small = smallWorld({ ...KEY_TRUST, laptop } as typeof KEY_TRUST, { faults: [outage] });
      pin(small, later);
      await small.world.run();
      assert.is(viewOf(small).state, state, revocationCheck);
      const causes = small.causes().join('\n');
      assert.is(
        /revocation list .*ca\.crl is not to be had/.test(causes),
        revocationCheck !== 'off',
      );
      assert.is(/signing in alice: the KDC is not.*0xC00000BB/.test(causes), state === 'signedOut');
    }
  },
);

gestures('signs in by curves, by key transport, with a freshness token', async () => {
  for (const pkinit of [
    { groups: ['P-256'], kdfs: ['sha512', 'sha256'] },
    { groups: [] },
    { freshness: true, paChecksum2: 'sha256' },
    { variant: 'win2k' },
  ]) {
    const laptop = { ...CERTIFICATE_TRUST.laptop, pkinit };
    const small = smallWorld({ ...CERTIFICATE_TRUST, laptop } as typeof CERTIFICATE_TRUST);
    pin(small);
    await small.world.run();
    assert.equal(small.causes(), [], JSON.stringify(pkinit));
    assert.is(viewOf(small).state, 'signedIn', JSON.stringify(pkinit));
  }
});

gestures(
  'cloud trust is refused with what is missing, and certificate trust without certificate',
  async () => {
    for (const [trust, expected] of [
      ['cloud', /cloud Kerberos trust asks Entra for a partial ticket/],
      ['certificate', /no authority has issued a certificate for the key yet/],
    ] as const) {
      const laptop = { ...LAPTOP, hello: { alice: { ...ALICE, trust } } };
      const small = smallWorld({ ...KEY_TRUST, laptop });
      pin(small);
      await small.world.run();
      assert.match(small.causes().join('\n'), expected);
      assert.is(viewOf(small).hello?.alice?.state, 'locked');
    }
  },
);

gestures.run();
