/**
 * Spoilt PKINIT at both ends: PA-PK-AS-REQ and what is signed in it at the KDC, AS-REPs and what is signed
 * in them at the client. Seeded, and bounded in number; `KERBLAB_FUZZ=20` runs twenty times as many.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishSignedData, prepareSignedData } from '../protocols/cms/sign.ts';
import { readSignedData } from '../protocols/cms/signed-data.ts';
import { PA_PK_AS_REQ } from '../protocols/kerberos/constants.ts';
import { AsRep, AsReq, KrbError } from '../protocols/kerberos/messages.ts';
import { OID } from '../protocols/pkinit/constants.ts';
import { PaPkAsReq } from '../protocols/pkinit/messages.ts';
import { seededRandom } from '../src/crypto/random.ts';
import { decode, encode, tryDecode } from '../src/der/codec.ts';
import { type Chance, chanceOf, mutated, mutatedInside } from './mutations.ts';
import { NOW } from './protocols/kdc/contoso.ts';
import {
  aliceWithKeys,
  answeredBy,
  certified,
  hello,
  identityOf,
  pkinitWorld,
  signsIn,
  smartcard,
} from './protocols/kdc/pkinit-world.ts';
import { certificateOf, keyOf, signed } from './protocols/x509/pki.ts';

const fuzz = suite('pkinit-fuzz');
const TIMES = Math.max(1, Number(process.env.KERBLAB_FUZZ ?? 1));
/** Slower than this no message may be, whatever is in it; a garbage collection fits in. */
const LONGEST_MS = 400;

const world = pkinitWorld({ seeds: [aliceWithKeys(['rsa hello'])], policy: { legacy: true } });
const env = { now: NOW, random: seededRandom(4, 'pkinit fuzz'), accounts: world.accounts };
const CARD = identityOf(certified(smartcard(), 'rsa alice'), 'rsa alice');
const HELLO = identityOf(hello('rsa hello'), 'rsa hello');

const SIGN_INS = [
  signsIn(world, HELLO),
  signsIn(world, CARD, { options: { groups: ['P-256'], kdfs: [OID.kdfSha256] } }),
  signsIn(world, CARD, { options: { groups: [], paChecksum2: 'sha256' } }),
  signsIn(world, CARD, { options: { variant: 'win2k', groups: ['modp-2'] } }),
  signsIn(world, HELLO, { options: { freshness: true } }),
];
const REQUESTS = SIGN_INS.map(({ requests }) => requests.at(-1) as Uint8Array);

/** The KDC's answer is a message, or none; and it comes soon. */
function judged(bytes: Uint8Array): boolean {
  const start = performance.now();
  const reply = answeredBy(world, bytes, env);
  const ms = performance.now() - start;
  assert.ok(ms < LONGEST_MS, `took ${ms} ms`);
  if (reply === undefined) return false;
  const granted = tryDecode(AsRep, reply).ok;
  assert.ok(granted || tryDecode(KrbError, reply).ok, 'neither AS-REP nor KRB-ERROR');
  return granted;
}

function rounds(count: number, label: string, one: (chance: Chance, i: number) => void): void {
  const chance = chanceOf(1, `pkinit fuzz ${label}`);
  for (let i = 0; i < count * TIMES; i++) {
    try {
      one(chance, i);
    } catch (error) {
      throw new Error(`${label} ${i}`, { cause: error });
    }
  }
}

/** The request with another value of PA-PK-AS-REQ. */
function withPkAsReq(request: Uint8Array, padataValue: Uint8Array): Uint8Array {
  const read = decode(AsReq, request);
  const padata = (read.padata ?? []).map((item) =>
    item.padataType === PA_PK_AS_REQ ? { ...item, padataValue } : item,
  );
  return encode(AsReq, { ...read, padata });
}

const OF_RFC = REQUESTS.filter((request) =>
  decode(AsReq, request).padata?.some(({ padataType }) => padataType === PA_PK_AS_REQ),
);
const VALUES = OF_RFC.map(
  (request) =>
    decode(AsReq, request).padata?.find(({ padataType }) => padataType === PA_PK_AS_REQ)
      ?.padataValue as Uint8Array,
);

fuzz('what is not spoilt is granted', () => {
  for (const request of REQUESTS) assert.ok(judged(request));
});

fuzz('requests spoilt anywhere', () => {
  rounds(600, 'octets', (chance, i) => {
    judged(mutated(REQUESTS[i % REQUESTS.length] as Uint8Array, chance, REQUESTS));
  });
});

fuzz('PA-PK-AS-REQ spoilt inside, with the lengths around it in order', () => {
  rounds(1_500, 'value', (chance, i) => {
    const value = mutatedInside(VALUES[i % VALUES.length] as Uint8Array, chance, VALUES);
    judged(withPkAsReq(OF_RFC[i % OF_RFC.length] as Uint8Array, value));
  });
});

/** The same request with other octets signed, by the right key. */
function resigned(request: Uint8Array, value: Uint8Array, content: Uint8Array): Uint8Array {
  const key = content.length % 2 === 0 ? 'rsa hello' : 'rsa alice';
  const identity = key === 'rsa hello' ? HELLO : CARD;
  const { toBeSigned, draft } = prepareSignedData({
    contentType: OID.authData,
    content,
    certificates: [identity.certificate],
    signer: certificateOf(identity.certificate),
    algorithm: identity.algorithm,
    signedAttributes: true,
  });
  const signedAuthPack = finishSignedData(draft, signed(keyOf(key), toBeSigned));
  return withPkAsReq(request, encode(PaPkAsReq, { ...decode(PaPkAsReq, value), signedAuthPack }));
}

fuzz('AuthPacks spoilt by who has the key', () => {
  const packs = VALUES.map((value) => {
    const read = readSignedData(decode(PaPkAsReq, value).signedAuthPack);
    if (!read.ok || read.value.content === undefined) throw new Error('no AuthPack');
    return read.value.content;
  });
  rounds(500, 'pack', (chance, i) => {
    const at = i % packs.length;
    const content = mutatedInside(packs[at] as Uint8Array, chance, packs);
    judged(resigned(OF_RFC[at] as Uint8Array, VALUES[at] as Uint8Array, content));
  });
});

/** What a client comes to that is answered with this; its keys do what is asked of them. */
function believed(i: number, answer: (reply: Uint8Array) => Uint8Array): string {
  const options =
    i % 2 === 0 ? { groups: ['P-256'] as const, kdfs: [OID.kdfSha1] } : { groups: [] };
  const start = performance.now();
  const outcome = signsIn(world, CARD, { options, answered: answer });
  const ms = performance.now() - start;
  assert.ok(ms < LONGEST_MS, `took ${ms} ms`);
  return outcome.client.name;
}

fuzz('replies spoilt on the way: the client takes none for another', () => {
  rounds(500, 'reply', (chance, i) => {
    let same = false;
    const name = believed(i, (reply) => {
      const spoilt = mutatedInside(reply, chance, [reply]);
      same = Buffer.compare(spoilt, reply) === 0;
      return spoilt;
    });
    assert.ok(name === 'failed' || name === 'done', name);
    if (same) assert.is(name, 'done');
  });
});

fuzz('a reply to somebody else is none', () => {
  const other = signsIn(world, CARD, { chance: 'other', options: { groups: ['P-256'] } });
  const reply = other.replies[0] as Uint8Array;
  const options = { groups: ['P-256'] } as const;
  const { client } = signsIn(world, CARD, { options, answered: () => reply });
  assert.is(client.name, 'failed');
});

fuzz.run();
