/** Real PC/SC software uses Hello containers as smart cards: OpenSC's tools, and MIT's kinit at our KDC. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { OPENSC_PKCS11, PCSC, type Pcscd, startPcscd } from './pcscd.ts';
import { cacheOf, execute, type Outcome, type Served, serve } from './served.ts';

const s = suite('Hello containers behind pcscd');
const isThere = PCSC.every((name) => peer(name) !== undefined);
let pcscd: Pcscd;

s.before(async () => {
  if (isThere) pcscd = await startPcscd();
});
s.after(async () => {
  if (!isThere) return;
  try {
    await taken();
  } finally {
    await pcscd.stop();
  }
});

/** Whose card is served now. */
let current: { readonly user: string; readonly served: Served } | undefined;

/** The tests that want the same card follow one another and share it. */
async function withCard(user: string, body: (served: Served) => Promise<void>): Promise<void> {
  if (current?.user !== user) {
    await taken();
    const options = ['--kdc', '0', '--vpcd', pcscd.reader, '--card', user];
    const served = await serve('test/interop/hello-card.yaml', options);
    current = { user, served };
    await pcscd.card(true);
  }
  await body(current.served);
}

/** Takes the card out of the reader. */
async function taken(): Promise<void> {
  if (current === undefined) return;
  const { served } = current;
  current = undefined;
  const { code } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
  await pcscd.card(false);
}

/** OpenSC's drivers for the two faces of the card. */
const FACES = ['gids', 'PIV-II'] as const;
type Face = (typeof FACES)[number];

function tool(name: string, face: Face | undefined, ...args: readonly string[]): Promise<Outcome> {
  return execute(peer(name) as string, args, face === undefined ? {} : { OPENSC_DRIVER: face });
}

async function well(done: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await done;
  assert.is(code, 0, stdout + stderr);
  return stdout + stderr;
}

const pkcs11 = (face: Face, ...args: readonly string[]): Promise<Outcome> =>
  tool('pkcs11-tool', face, '--module', OPENSC_PKCS11, ...args);

const PIN = '482915';

/** Signs by the card, and lets OpenSSL judge by the certificate that the card shows. */
async function signedWell(
  { folder }: Served,
  face: Face,
  pin: string,
  mechanism: string,
  judge: readonly string[],
): Promise<void> {
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('message'), `signed by ${face} with ${mechanism}`);
  const read = await tool('pkcs15-tool', face, '--list-certificates');
  const id = /^\s*ID\s*: (\w+)/m.exec(read.stdout)?.[1] as string;
  await well(tool('pkcs15-tool', face, '--read-certificate', id, '-o', at('certificate.pem')));
  const openssl = (...args: string[]) => execute(peer('openssl') as string, args, {});
  const key = await well(openssl('x509', '-in', at('certificate.pem'), '-noout', '-pubkey'));
  writeFileSync(at('key.pem'), key);
  const files = ['-i', at('message'), '-o', at('signature'), '--signature-format', 'openssl'];
  await well(
    pkcs11(face, '--login', '--pin', pin, '--sign', '-m', mechanism, '--id', id, ...files),
  );
  const verified = await well(
    openssl(
      'dgst',
      ...judge,
      '-verify',
      at('key.pem'),
      '-signature',
      at('signature'),
      at('message'),
    ),
  );
  assert.match(verified, /Verified OK/);
}

peerTest(s, 'the card that Windows shows, by its ATR and both its faces', PCSC, () =>
  withCard('alice', async () => {
    const atr = await well(tool('opensc-tool', undefined, '--atr'));
    assert.match(atr, /3b:8d:01:80:fb:a0:00:00:03:97:42:54:46:59:04:01:cf/);
    assert.match(await well(tool('opensc-tool', 'gids', '--name')), /GIDS Smart Card/);
    assert.match(
      await well(tool('opensc-tool', 'PIV-II', '--name')),
      /Personal Identity Verification Card/,
    );
  }),
);

peerTest(s, 'pkcs15-tool reads the certificate and verifies the PIN', PCSC, () =>
  withCard('alice', async ({ folder }) => {
    const pem = readFileSync(join(folder, 'users', 'alice.pem'), 'utf8');
    const [own] = pem.split('-----END CERTIFICATE-----');
    for (const face of FACES) {
      const shown = await well(tool('pkcs15-tool', face, '--dump'));
      assert.match(shown, /ModLength\s+: 2048/);
      const id = face === 'gids' ? '00' : '01';
      const read = await well(tool('pkcs15-tool', face, '--read-certificate', id));
      const octets = (text: string | undefined) => text?.replace(/-----[^-]+-----|\s|Using.*/g, '');
      assert.is(octets(read.split('-----END')[0]), octets(own), face);
      await well(tool('pkcs15-tool', face, '--verify-pin', '--pin', PIN));
      const wrong = await tool('pkcs15-tool', face, '--verify-pin', '--pin', '111222');
      assert.not.equal(wrong.code, 0);
      assert.match(wrong.stdout + wrong.stderr, /PIN code or key incorrect/);
    }
  }),
);

peerTest(s, 'pkcs11-tool signs with RSA, and OpenSSL verifies', [...PCSC, 'openssl'], () =>
  withCard('alice', async (served) => {
    for (const face of FACES) {
      const slots = await well(pkcs11(face, '--list-slots'));
      assert.match(slots, /login required, .*token initialized/);
      for (const bits of ['256', '512']) {
        await signedWell(served, face, PIN, `SHA${bits}-RSA-PKCS`, [`-sha${bits}`]);
      }
    }
    const pss = ['-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:-1'];
    await signedWell(served, 'PIV-II', PIN, 'SHA256-RSA-PKCS-PSS', pss);
  }),
);

const KINIT = [...PCSC, 'kinit', 'kvno'];

peerTest(s, 'MIT: kinit signs in with the emulated Hello card, by either face', KINIT, () =>
  withCard('alice', async (served) => {
    for (const face of FACES) {
      const env = { ...cacheOf(served, face), OPENSC_DRIVER: face };
      const identity = `X509_user_identity=PKCS11:${OPENSC_PKCS11}`;
      const kinit = (pin: string) =>
        execute(peer('kinit') as string, ['-X', identity, 'alice'], env, `${pin}\n`);
      const wrong = await kinit('000111');
      assert.is(wrong.code, 1, wrong.stdout);
      const done = await kinit(PIN);
      assert.is(done.code, 0, done.stdout + done.stderr);
      const kvno = await execute(peer('kvno') as string, ['cifs/files.corp.example'], env);
      assert.is(kvno.code, 0, kvno.stderr);
    }
  }),
);

peerTest(s, 'pkcs11-tool signs with a key on P-256', [...PCSC, 'openssl'], () =>
  withCard('bob@laptop', async (served) => {
    await signedWell(served, 'PIV-II', '739105', 'ECDSA-SHA256', ['-sha256']);
  }),
);

peerTest(s, 'wrong PINs are counted until none is taken, the right one neither', PCSC, () =>
  withCard('carol', async () => {
    const login = (face: Face, pin: string) => pkcs11(face, '--login', '--pin', pin, '-O');
    await well(login('gids', '615204'));
    // Both faces count together, and the right PIN wipes what was counted.
    for (const [face, pin, outcome] of [
      ['gids', '000111', /CKR_PIN_INCORRECT/],
      ['PIV-II', '000111', /CKR_PIN_INCORRECT/],
      ['gids', '615204', /Certificate Object/],
      ['gids', '000111', /CKR_PIN_INCORRECT/],
      ['PIV-II', '000111', /CKR_PIN_INCORRECT/],
      ['gids', '000111', /CKR_PIN_INCORRECT/],
      ['PIV-II', '000111', /CKR_PIN_INCORRECT/],
      ['gids', '000111', /CKR_PIN_(INCORRECT|LOCKED)/],
      ['PIV-II', '615204', /CKR_PIN_LOCKED/],
      ['gids', '615204', /CKR_PIN_LOCKED/],
    ] as const) {
      const { stdout, stderr } = await login(face, pin);
      assert.match(stdout + stderr, outcome, `${face} ${pin}`);
    }
  }),
);

s.run();
