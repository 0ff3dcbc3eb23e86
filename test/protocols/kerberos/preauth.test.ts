import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  PA_ENC_TIMESTAMP,
  PA_ETYPE_INFO,
  PA_ETYPE_INFO2,
} from '../../../protocols/kerberos/constants.ts';
import { stringToKey } from '../../../protocols/kerberos/etypes.ts';
import {
  EncryptedData,
  EtypeInfo,
  EtypeInfo2,
  type PaData,
} from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import {
  encryptedTimestamp,
  type PreAuthContext,
  type TimestampState,
} from '../../../protocols/kerberos/preauth.ts';
import { hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';

const CONTEXT: PreAuthContext = {
  realm: 'CONTOSO.COM',
  cname: principal(1, 'alice'),
  etypes: [18, 17, 23],
  body: { kdcOptions: 0, realm: 'CONTOSO.COM', till: 0, nonce: 1, etype: [18, 17, 23] },
  reqBody: hex``,
  nonce: 1,
  stamp: Date.UTC(2024, 0, 1) * 1_000,
  hints: [],
};
const ENV = {
  now: 0,
  random: (size: number) => Uint8Array.from({ length: size }, (_, i) => i),
};
const PASSWORD: TimestampState = { secret: { kind: 'password', password: 'Passw0rd!' } };

const info2 = (...entries: { etype: number; salt?: string; s2kparams?: Uint8Array }[]): PaData => ({
  padataType: PA_ETYPE_INFO2,
  padataValue: encode(EtypeInfo2, entries),
});

function proven(hints: readonly PaData[], state = PASSWORD) {
  return encryptedTimestamp.prove(state, { ...CONTEXT, hints }, ENV);
}

/** The key that was used, by what it made: chance is the same each time. */
function etypeAndCipher(hints: readonly PaData[], state = PASSWORD): string {
  const step = proven(hints, state);
  if (step.kind !== 'ready') throw new Error(step.kind);
  const [padata] = step.padata;
  assert.is(padata?.padataType, PA_ENC_TIMESTAMP);
  const { etype, cipher } = decode(EncryptedData, padata?.padataValue ?? hex``);
  return `${etype} ${toHex(cipher)}`;
}

const preauth = suite('preauth');

preauth('makes the PA-ENC-TIMESTAMP of another implementation, octet for octet', () => {
  // PA-ENC-TS-ENC 20240101000000Z, usec 0, confounder 00..0f: computed once by a second program.
  const cipher =
    '039a635ff60be2b948f89d1e0a5956d82fd2da15840c5940ab956c4ffb3f4390' +
    '7d1ebe6d5db26a849fd7db85ed2e5aa1b080d4b39baf';
  assert.is(etypeAndCipher([info2({ etype: 18, salt: 'CONTOSO.COMalice' })]), `18 ${cipher}`);
  // RFC 4120 §4: without a word of the KDC, the first etype and the default salt.
  assert.is(etypeAndCipher([]), `18 ${cipher}`);
});

preauth('takes the KDC’s first entry that it offered', () => {
  const hints = [info2({ etype: 20 }, { etype: 17, salt: 'x' }, { etype: 18, salt: 'y' })];
  assert.ok(etypeAndCipher(hints).startsWith('17 '));
  assert.is.not(etypeAndCipher(hints), etypeAndCipher([info2({ etype: 17, salt: 'z' })]));
});

preauth('takes the salt of ETYPE-INFO only where ETYPE-INFO2 is absent', () => {
  const info: PaData = {
    padataType: PA_ETYPE_INFO,
    padataValue: encode(EtypeInfo, [{ etype: 18, salt: utf8('old') }]),
  };
  const old = etypeAndCipher([info2({ etype: 18, salt: 'old' })]);
  assert.is(etypeAndCipher([info]), old);
  assert.is.not(etypeAndCipher([info, info2({ etype: 18, salt: 'new' })]), old);
});

preauth('does not make keys that are cheap to guess, or too dear', () => {
  for (const s2kparams of [hex`00 00 00 01`, hex`ff ff ff ff`, hex`00`]) {
    const step = proven([info2({ etype: 18, salt: 'x', s2kparams })]);
    assert.is(step.kind === 'failed' && step.failure.kind, 'malformed');
  }
  const more = etypeAndCipher([info2({ etype: 18, salt: 'x', s2kparams: hex`00 00 20 00` })]);
  assert.is.not(more, etypeAndCipher([info2({ etype: 18, salt: 'x' })]));
});

preauth('uses a keytab’s key whatever the salt, and no other', () => {
  const keys = [stringToKey(18, 'Passw0rd!', 'CONTOSO.COMalice')];
  const state: TimestampState = { secret: { kind: 'keys', keys } };
  const hints = [info2({ etype: 18, salt: 'whatever' })];
  assert.is(etypeAndCipher(hints, state), etypeAndCipher([], PASSWORD));
  const step = proven([info2({ etype: 23 })], state);
  assert.is(step.kind === 'failed' && step.failure.kind, 'noCommonEtype');
});

preauth('opens the reply with the reply’s salt, else with the hint’s', () => {
  const replyKey = (padata: readonly PaData[], etype: number) =>
    encryptedTimestamp.replyKey(
      PASSWORD,
      {
        padata,
        encPart: { etype, cipher: hex`` },
      } as Parameters<typeof encryptedTimestamp.replyKey>[1],
      { ...CONTEXT, sent: hex``, hints: [info2({ etype: 18, salt: 'hinted' })] },
    );
  const made = (padata: readonly PaData[]): string => {
    const found = replyKey(padata, 18);
    return found.kind === 'key' ? toHex(found.key.bytes) : found.kind;
  };
  const expected = (salt: string) => toHex(stringToKey(18, 'Passw0rd!', salt).bytes);
  assert.is(made([info2({ etype: 18, salt: 'replied' })]), expected('replied'));
  assert.is(made([]), expected('hinted'));
  assert.is(replyKey([], 99).kind, 'failed');
});

preauth.run();
