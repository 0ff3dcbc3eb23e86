import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserAccountControl } from '../../../protocols/kdc/accounts.ts';
import { KeyUsage, NT_X500_PRINCIPAL } from '../../../protocols/kerberos/constants.ts';
import { KDC_ERR_C_PRINCIPAL_UNKNOWN } from '../../../protocols/kerberos/error-codes.ts';
import { decrypt, type Key, stringToKey } from '../../../protocols/kerberos/etypes.ts';
import { AsRep, EncTicketPart, TypedData } from '../../../protocols/kerberos/messages.ts';
import { pacOf } from '../../../protocols/pac/authorization-data.ts';
import { LogonInfo } from '../../../protocols/pac/buffers.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { openPacCredentials } from '../../../protocols/pac/credentials.ts';
import { type Pac, pacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { decode } from '../../../src/der/codec.ts';
import { ALICE, ALICE_RC4_KEY, DAY, KRBTGT_KEYS, NOW } from './contoso.ts';
import { CARD, CASES, type Case, HELLO, RSA } from './pkinit-failures.ts';
import { aliceWithKeys, type Outcome, pkinitWorld, resultOf, signsIn } from './pkinit-world.ts';

const kdc = suite('kdc/public-key');

function tried({ identity = RSA, world, wish }: Case): Outcome {
  return signsIn(pkinitWorld(world), identity, wish);
}

for (const one of CASES) {
  kdc(`${one.code}: ${one.name}`, () => {
    const outcome = tried(one);
    assert.is(resultOf(outcome), `${one.code}`, outcome.causes);
    assert.match(outcome.causes, one.cause);
    assert.is(outcome.signatures, 0, 'nothing is signed for who is refused');
    const eData = outcome.errors.at(-1)?.eData;
    if (one.data === undefined) return;
    assert.equal(
      decode(TypedData, eData ?? new Uint8Array(0)).map(({ dataType }) => dataType),
      [one.data],
    );
  });
}

kdc(
  'takes key trust under the updates of April 2025 where NTAuth is not enforced, and says so',
  () => {
    for (const [allowNtAuthPolicyBypass, told] of [
      [0, /^$/],
      [1, /event 45/],
    ] as const) {
      const policy = { ntAuthChecksKeyTrust: true, allowNtAuthPolicyBypass };
      const world = pkinitWorld({ seeds: [aliceWithKeys(['rsa hello'])], policy });
      const outcome = signsIn(world, HELLO);
      assert.is(resultOf(outcome), 'done');
      assert.match(outcome.causes, told);
    }
  },
);

kdc('serves old clients under the legacy profile: group 2 with q of 0, SHA-1', () => {
  const world = pkinitWorld({ policy: { legacy: true, digests: ['sha256'] } });
  const outcome = signsIn(
    world,
    { ...RSA, algorithm: 'sha1WithRSAEncryption' },
    { options: { groups: ['modp-2'], q: 'zero' } },
  );
  assert.is(resultOf(outcome), 'done', outcome.causes);
});

kdc('lets who must use a smart card sign in, and an expired password not stand in the way', () => {
  const { NORMAL_ACCOUNT, SMARTCARD_REQUIRED } = UserAccountControl;
  const alice = {
    ...aliceWithKeys(['rsa hello']),
    userAccountControl: NORMAL_ACCOUNT | SMARTCARD_REQUIRED,
    passwordExpires: NOW - DAY,
  };
  assert.is(resultOf(signsIn(pkinitWorld({ seeds: [alice] }), HELLO)), 'done');
  assert.is(resultOf(signsIn(pkinitWorld({ seeds: [alice] }), RSA)), 'done');
});

function pacOfReply(outcome: Outcome): Pac {
  const { ticket } = decode(AsRep, outcome.replies.at(-1) ?? new Uint8Array(0));
  const { etype, cipher } = ticket.encPart;
  const krbtgt = KRBTGT_KEYS.find((key) => key.etype === etype) as Key;
  const plain = decrypt(krbtgt, KeyUsage.TICKET, cipher) ?? new Uint8Array(0);
  const read = readPac(pacOf(decode(EncTicketPart, plain).authorizationData) ?? plain);
  if (!read.ok) throw read.error;
  return read.value;
}

/** The NT hash that the client finds in the PAC. */
function hashIn(outcome: Outcome): string {
  const buffer = pacBuffer(pacOfReply(outcome), PacType.CREDENTIALS_INFO) ?? new Uint8Array(0);
  const opened = openPacCredentials(buffer, outcome.agreed[0] as Key);
  if (!opened.ok || opened.ntHash === undefined) throw new Error(JSON.stringify(opened));
  return toHex(opened.ntHash);
}

function identitiesIn(outcome: Outcome): readonly string[] {
  const buffer = pacBuffer(pacOfReply(outcome), PacType.LOGON_INFO) ?? new Uint8Array(0);
  const sids = LogonInfo.decode(buffer).ExtraSids ?? [];
  return sids.flatMap(({ Sid }) => (Sid?.startsWith('S-1-18-') ? [Sid] : []));
}

kdc('the PAC brings the NTLM hash under the reply’s key, and says how Alice was identified', () => {
  const known = (properties: Parameters<typeof aliceWithKeys>[1]) =>
    pkinitWorld({ seeds: [aliceWithKeys(['rsa hello'], properties)] });
  const fresh = { options: { freshness: true } };
  const card = signsIn(pkinitWorld(), RSA);
  assert.is(hashIn(card), toHex(ALICE_RC4_KEY.bytes));
  assert.equal(identitiesIn(card), ['S-1-18-1']);
  assert.equal(identitiesIn(signsIn(pkinitWorld(), RSA, fresh)), ['S-1-18-1', 'S-1-18-3']);
  const key = signsIn(known({}), HELLO);
  assert.is(hashIn(key), toHex(ALICE_RC4_KEY.bytes));
  assert.equal(identitiesIn(key), ['S-1-18-1', 'S-1-18-4']);
  assert.equal(identitiesIn(signsIn(known({ mfa: true, attested: true }), HELLO, fresh)), [
    'S-1-18-1',
    'S-1-18-4',
    'S-1-18-5',
    'S-1-18-6',
    'S-1-18-3',
  ]);
});

kdc('replaces the random password of who must use a smart card, when it is too old', () => {
  const { NORMAL_ACCOUNT, SMARTCARD_REQUIRED } = UserAccountControl;
  const userAccountControl = NORMAL_ACCOUNT | SMARTCARD_REQUIRED;
  const rotating = (passwordRotates: number) =>
    signsIn(
      pkinitWorld({
        seeds: [{ ...aliceWithKeys(['rsa hello']), userAccountControl, passwordRotates }],
      }),
      HELLO,
    );
  for (const when of [0, NOW - DAY, NOW]) {
    const outcome = rotating(when);
    assert.is(resultOf(outcome), 'done');
    const [change] = outcome.changes;
    assert.is(change?.why, 'passwordRotated');
    assert.is(change?.attributes.lastLogon, NOW);
    assert.is(change?.password?.length, 120);
    assert.is(hashIn(outcome), toHex(stringToKey(23, change?.password ?? '', '').bytes));
  }
  const [later] = rotating(NOW + 1).changes;
  assert.is(later?.why, 'signedIn');
  assert.is(later?.password, undefined);
});

kdc(
  'a name of type NT-X500-PRINCIPAL is whoever altSecurityIdentities maps the certificate to',
  () => {
    const subject = { nameType: NT_X500_PRINCIPAL, nameString: ['CN=Alice Example'] };
    const wish = { request: { cname: subject } };
    const unmapped = signsIn(pkinitWorld(), RSA, wish);
    assert.is(resultOf(unmapped), `${KDC_ERR_C_PRINCIPAL_UNKNOWN}`, unmapped.causes);
    const ski = CARD.subjectKeyIdentifier ?? '';
    const altSecurityIdentities = [`X509:<SKI>${ski.toUpperCase()}`];
    const world = pkinitWorld({ seeds: [{ ...ALICE, altSecurityIdentities }] });
    const mapped = signsIn(world, RSA, wish);
    assert.is(resultOf(mapped), 'done', mapped.causes);
    if (mapped.client.name !== 'done') return;
    assert.equal(mapped.client.reply.credential.cname.nameString, ['alice']);
  },
);

kdc(
  'an account without preauthentication is still answered with the key that a public key gave',
  () => {
    const { NORMAL_ACCOUNT, DONT_REQUIRE_PREAUTH } = UserAccountControl;
    const userAccountControl = NORMAL_ACCOUNT | DONT_REQUIRE_PREAUTH;
    const world = pkinitWorld({ seeds: [{ ...ALICE, userAccountControl }] });
    assert.is(resultOf(signsIn(world, RSA)), 'done');
  },
);

kdc.run();
