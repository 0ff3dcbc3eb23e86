import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Certificate } from '../../../protocols/x509/certificate.ts';
import { buildChain } from '../../../protocols/x509/chain.ts';
import { KEY_USAGE } from '../../../protocols/x509/constants.ts';
import type { CertificateProfile } from '../../../protocols/x509/issue.ts';
import { basicConstraints, keyUsage } from '../../../protocols/x509/library.ts';
import { commonName, smartcardLogon } from '../../../protocols/x509/profiles.ts';
import { type Chain, isNtAuth, type TrustStore } from '../../../protocols/x509/trust.ts';
import { type Authority, authority, issue, keyOf, NOW, revocationList, YEAR } from './pki.ts';

const s = suite('chain');

const root = authority('Root');
const issuing = authority('Issuing', root, { pathLength: 0 });
const rogue = authority('Rogue');

const user = (issuer: Authority, options = {}): Certificate =>
  issue(
    smartcardLogon({ subject: commonName('Alice'), upn: 'alice@corp.example' }),
    keyOf('alice'),
    issuer,
    options,
  );
const alice = user(issuing);

const trustOf = (more: Partial<TrustStore> = {}): TrustStore => ({
  roots: [root.certificate],
  intermediates: [],
  revocationLists: [],
  revocation: 'off',
  ...more,
});

/** The problem, whose it is, and that the sentence says it. */
function refusedAs(chain: Chain, problem: string, certificate: Certificate, text: RegExp): void {
  if (chain.ok) throw new Error('the chain holds');
  assert.is(chain.problem, problem, chain.text);
  assert.is(chain.certificate, certificate, chain.text);
  assert.match(chain.text, text);
}

s('a chain goes from the leaf to the root, over what was sent or known', () => {
  const expected = { ok: true, chain: [alice, issuing.certificate, root.certificate] };
  assert.equal(buildChain(alice, [issuing.certificate], trustOf(), NOW), expected);
  const known = trustOf({ intermediates: [issuing.certificate] });
  assert.equal(buildChain(alice, [], known, NOW), expected);
  // What does not belong there does not matter.
  const sent = [rogue.certificate, alice, issuing.certificate, alice];
  assert.equal(buildChain(alice, sent, trustOf(), NOW), expected);
  assert.equal(buildChain(root.certificate, [], trustOf(), NOW), {
    ok: true,
    chain: [root.certificate],
  });
});

s('an issuer that is not there, and a root that nobody trusts', () => {
  refusedAs(buildChain(alice, [], trustOf(), NOW), 'partialChain', alice, /CN=Issuing/);
  const sent = [issuing.certificate, root.certificate];
  const chain = buildChain(alice, sent, trustOf({ roots: [rogue.certificate] }), NOW);
  refusedAs(chain, 'untrustedRoot', root.certificate, /CN=Root.*no trusted root/);
  const selfSigned = issue({ subject: commonName('Hello'), extensions: [] }, keyOf('hello'));
  refusedAs(buildChain(selfSigned, [], trustOf(), NOW), 'untrustedRoot', selfSigned, /CN=Hello/);
});

s('a signature of another key', () => {
  const imposter: Authority = { certificate: issuing.certificate, key: rogue.key };
  const forged = user(imposter);
  const chain = buildChain(forged, [issuing.certificate], trustOf(), NOW);
  refusedAs(chain, 'badSignature', forged, /signature of CN=Alice/);
});

s('validity of every certificate of the chain', () => {
  const old = user(issuing, { notAfter: NOW - 1000 });
  const sent = [issuing.certificate];
  refusedAs(
    buildChain(old, sent, trustOf(), NOW),
    'expired',
    old,
    /expired at 2026-02-28T23:59:59/,
  );
  const young = user(issuing, { notBefore: NOW + 1000 });
  refusedAs(buildChain(young, sent, trustOf(), NOW), 'notYetValid', young, /valid from 2026-03-01/);
  const oldCa = authority('Issuing', root, { notAfter: NOW - 1000 });
  const chain = buildChain(user(oldCa), [oldCa.certificate], trustOf(), NOW);
  refusedAs(chain, 'expired', oldCa.certificate, /CN=Issuing/);
});

s('issuers are CAs, may sign certificates, and have the length that they allow', () => {
  const open = authority('Open', root);
  const bob = user(open);
  const below = user({ certificate: bob, key: keyOf('alice') });
  const sent = [bob, open.certificate];
  refusedAs(buildChain(below, sent, trustOf(), NOW), 'notAnAuthority', bob, /no certificate auth/);

  const profile: CertificateProfile = {
    subject: commonName('CRL only'),
    extensions: [keyUsage(KEY_USAGE.cRLSign), basicConstraints({ ca: true })],
  };
  const crlOnly: Authority = {
    certificate: issue(profile, keyOf('crl only'), root),
    key: keyOf('crl only'),
  };
  const chain = buildChain(user(crlOnly), [crlOnly.certificate], trustOf(), NOW);
  refusedAs(chain, 'notAnAuthority', crlOnly.certificate, /keyUsage/);

  const sub = authority('Sub', issuing);
  const long = buildChain(user(sub), [sub.certificate, issuing.certificate], trustOf(), NOW);
  refusedAs(long, 'pathTooLong', issuing.certificate, /allows 0 authorities/);
});

s('more certificates than a chain may have', () => {
  const line = [root];
  for (let i = 1; i < 9; i++) line.push(authority(`Level ${i}`, line[i - 1]));
  const leaf = user(line[8] as Authority);
  const sent = line.slice(1).map(({ certificate }) => certificate);
  const chain = buildChain(leaf, sent, trustOf(), NOW);
  refusedAs(chain, 'pathTooLong', line[2]?.certificate as Certificate, /more than 8/);
});

s('a critical extension that nobody knows', () => {
  const strange: CertificateProfile = {
    subject: commonName('Strange'),
    extensions: [{ extnID: '1.2.3.4', critical: true, extnValue: Uint8Array.of(5, 0) }],
  };
  const leaf = issue(strange, keyOf('strange'), issuing);
  assert.equal(leaf.unknownCritical, ['1.2.3.4']);
  const chain = buildChain(leaf, [issuing.certificate], trustOf(), NOW);
  refusedAs(chain, 'unknownCriticalExtension', leaf, /1\.2\.3\.4/);
});

s('revoked, and the reason', () => {
  const revoked = [{ serialNumber: alice.serialNumber, date: NOW - 1000, reason: 1 }];
  const lists = [revocationList(root, []), revocationList(issuing, revoked)];
  for (const revocation of ['required', 'ifKnown'] as const) {
    const trust = trustOf({ revocationLists: lists, revocation });
    const chain = buildChain(alice, [issuing.certificate], trust, NOW);
    refusedAs(chain, 'revoked', alice, /CN=Alice was revoked at 2026-02-28.*keyCompromise/);
    const other = user(issuing);
    assert.ok(buildChain(other, [issuing.certificate], trust, NOW).ok);
  }
  const off = trustOf({ revocationLists: lists });
  assert.ok(buildChain(alice, [issuing.certificate], off, NOW).ok);
  const ca = [{ serialNumber: issuing.certificate.serialNumber, date: NOW }];
  const trust = trustOf({ revocationLists: [revocationList(root, ca)], revocation: 'ifKnown' });
  const chain = buildChain(alice, [issuing.certificate], trust, NOW);
  refusedAs(chain, 'revoked', issuing.certificate, /CN=Issuing.*unspecified/);
});

s('lists that do not count: missing, stale, from the future, signed by others', () => {
  const good = revocationList(root, []);
  const cases: readonly (readonly [RegExp, ReturnType<typeof revocationList>[]])[] = [
    [/there is none/, []],
    [/renewed at 2026-02-28/, [revocationList(issuing, [], { nextUpdate: NOW - 1000 })]],
    [/from the future/, [revocationList(issuing, [], { thisUpdate: NOW + 1000 })]],
    [/signature is wrong/, [revocationList(issuing, [], { by: rogue.key })]],
  ];
  for (const [text, lists] of cases) {
    const revocationLists = [good, ...lists];
    const required = trustOf({ revocationLists, revocation: 'required' });
    const chain = buildChain(alice, [issuing.certificate], required, NOW);
    refusedAs(chain, 'revocationUnknown', alice, text);
    const ifKnown = trustOf({ revocationLists, revocation: 'ifKnown' });
    assert.ok(buildChain(alice, [issuing.certificate], ifKnown, NOW).ok);
  }
});

s('of several current lists the newest counts', () => {
  const revoked = [{ serialNumber: alice.serialNumber, date: NOW - 5000 }];
  const older = revocationList(issuing, revoked, { thisUpdate: NOW - 3000 });
  const newer = revocationList(issuing, [], { thisUpdate: NOW - 2000 });
  for (const revocationLists of [
    [older, newer],
    [newer, older],
  ]) {
    const trust = trustOf({ revocationLists, revocation: 'ifKnown' });
    assert.ok(buildChain(alice, [issuing.certificate], trust, NOW).ok);
  }
});

s('a kept answer holds until something turns', () => {
  const list = revocationList(issuing, [], { nextUpdate: NOW + 1000 });
  const trust = trustOf({
    revocationLists: [revocationList(root, []), list],
    revocation: 'required',
  });
  const ask = (now: number) => buildChain(alice, [issuing.certificate], trust, now);
  const first = ask(NOW);
  assert.ok(first.ok);
  assert.is(ask(NOW + 1000), first, 'the same object');
  refusedAs(ask(NOW + 1001), 'revocationUnknown', alice, /to be renewed/);
  assert.ok(ask(NOW).ok, 'back in time');
  refusedAs(ask(NOW + 2 * YEAR), 'expired', root.certificate, /CN=Root/);
});

s('certificates that all sign each other cost a bounded number of signatures', () => {
  const ring = Array.from({ length: 16 }, (_, i) =>
    authority('Ring', undefined, { serialNumber: Uint8Array.of(i + 1) }),
  );
  const leaf = user(ring[0] as Authority);
  const before = process.hrtime.bigint();
  const chain = buildChain(
    leaf,
    ring.map(({ certificate }) => certificate),
    trustOf(),
    NOW,
  );
  assert.not.ok(chain.ok);
  assert.ok(process.hrtime.bigint() - before < 1_000_000_000n, 'less than a second');
});

s('NTAuth asks for the CA that issued the leaf', () => {
  const chain = [alice, issuing.certificate, root.certificate];
  assert.ok(isNtAuth(chain, [issuing.certificate]));
  assert.not.ok(isNtAuth(chain, [root.certificate]));
  assert.not.ok(isNtAuth([alice], [issuing.certificate]));
});

s.run();
