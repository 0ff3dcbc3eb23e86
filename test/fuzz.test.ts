/**
 * Spoilt requests at the KDC machine: seeded, and bounded in number. `KERBLAB_FUZZ=20` runs twenty times
 * as many. What crashes is written to `test/regressions/kdc/`, whose files are all tried first.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Effect, type State, step } from '../protocols/kdc/kdc.ts';
import { KdcOptions } from '../protocols/kerberos/constants.ts';
import {
  AsRep,
  EncTicketPart,
  KrbError,
  TgsRep,
  TgsReq,
  Ticket,
} from '../protocols/kerberos/messages.ts';
import { principal } from '../protocols/kerberos/names.ts';
import { authorizationDataWithPac, pacOf } from '../protocols/pac/authorization-data.ts';
import { readPac } from '../protocols/pac/pactype.ts';
import { draftPac, signPac } from '../protocols/pac/signatures.ts';
import { toHex } from '../src/bytes/bytes.ts';
import { digest } from '../src/crypto/digest.ts';
import { decode, encode, tryDecode } from '../src/der/codec.ts';
import { type Chance, chanceOf, mutated, mutatedInside } from './mutations.ts';
import {
  asReq,
  contents,
  contoso,
  envOf,
  type Held,
  KRBTGT_KEYS,
  provedAsReq,
  received,
  resealed,
  signIn,
  TGS_NAME,
  tgsReq,
  ticketFor,
} from './protocols/kdc/contoso.ts';
import { root } from './root.ts';

const fuzz = suite('fuzz');
const TIMES = Math.max(1, Number(process.env.KERBLAB_FUZZ ?? 1));
const REGRESSIONS = root('test/regressions/kdc');
/** Slower than this no request may be, whatever is in it; a garbage collection fits in. */
const LONGEST_MS = 250;

const world = contoso([], { supportedEncryptionTypes: 0x1c }, [
  {
    realm: 'FABRIKAM.COM',
    flatName: 'FABRIKAM',
    securityIdentifier: 'S-1-5-21-4-5-6',
    direction: 'bidirectional',
    secret: { kind: 'password', password: 'between us' },
  },
]);
const env = envOf(world);
const tgt = signIn(world);

const withTicket = (held: Held) => ({
  additionalTickets: [{ value: decode(Ticket, held.ticket), raw: held.ticket }],
});
/** One of each kind. */
const REQUESTS: readonly Uint8Array[] = [
  asReq(),
  provedAsReq({ padata: [{ padataType: 149, padataValue: new Uint8Array(0) }] }),
  asReq({ etype: [23], addresses: [{ addrType: 20, address: new Uint8Array(16).fill(0x20) }] }),
  tgsReq(tgt),
  tgsReq(tgt, { kdcOptions: KdcOptions.renewable | KdcOptions.renew, sname: TGS_NAME }),
  tgsReq(tgt, { sname: principal(2, 'cifs', 'nas.fabrikam.com'), cksumtype: 7 }),
  tgsReq(tgt, {
    kdcOptions: KdcOptions.encTktInSkey,
    sname: principal(1, 'alice'),
    ...withTicket(tgt),
  }),
  ticketFor(world, tgt).ticket,
];

/** Takes the request by TCP and UDP, and holds the machine to what it owes whoever sent it. */
function tried(state: State, bytes: Uint8Array): State {
  let next = state;
  for (const transport of ['tcp', 'udp'] as const) {
    const start = performance.now();
    const taken = step(next, received(bytes, transport), env());
    const ms = performance.now() - start;
    assert.ok(ms < LONGEST_MS, `took ${ms} ms`);
    judge(taken.effects, transport);
    next = taken.state;
  }
  return next;
}

function judge(effects: readonly Effect[], transport: 'tcp' | 'udp'): void {
  const first = effects.find(({ kind }) => kind !== 'account');
  assert.ok(first, 'no effect at all');
  if (first?.kind === 'reply') {
    const codec = { 'AS-REP': AsRep, 'TGS-REP': TgsRep, 'KRB-ERROR': KrbError }[first.message];
    assert.ok(tryDecode<unknown>(codec, first.bytes).ok, `${first.message} cannot be read`);
    if (transport === 'udp') assert.ok(first.bytes.length <= 1465);
  } else assert.is(first?.kind, transport === 'udp' ? 'silence' : 'close');
}

/** Tries it; what fails is kept before the failure is told. */
function kept(state: State, bytes: Uint8Array, label: string): State {
  try {
    return tried(state, bytes);
  } catch (error) {
    const name = toHex(digest('sha256', bytes)).slice(0, 16);
    mkdirSync(REGRESSIONS, { recursive: true });
    writeFileSync(`${REGRESSIONS}/${name}.bin`, bytes);
    throw new Error(`${label}: kept as test/regressions/kdc/${name}.bin`, { cause: error });
  }
}

function rounds(count: number, label: string, make: (chance: Chance, i: number) => Uint8Array) {
  const chance = chanceOf(1, `fuzz ${label}`);
  let { state } = world;
  for (let i = 0; i < count * TIMES; i++) state = kept(state, make(chance, i), `${label} ${i}`);
}

fuzz('the edges of DER, and what crashed once, do not crash it', () => {
  const files = existsSync(REGRESSIONS) ? readdirSync(REGRESSIONS) : [];
  assert.ok(files.length > 0, 'there are regression files');
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(`${REGRESSIONS}/${file}`));
    assert.not.throws(() => tried(world.state, bytes), undefined, file);
  }
});

fuzz('octets spoilt anywhere', () => {
  rounds(4_000, 'octets', (chance, i) =>
    mutated(REQUESTS[i % REQUESTS.length] as Uint8Array, chance, REQUESTS),
  );
});

fuzz('elements spoilt, with the lengths around them in order', () => {
  rounds(4_000, 'elements', (chance, i) =>
    mutatedInside(REQUESTS[i % REQUESTS.length] as Uint8Array, chance, REQUESTS),
  );
});

fuzz('chance alone', () => {
  rounds(500, 'chance', (chance) => {
    const bytes = chance.octets(chance.below(300));
    if (bytes.length > 0) bytes[0] = chance.pick([0x6a, 0x6c, 0x6e, 0x30, 0x00]);
    return bytes;
  });
});

fuzz('every prefix of every request', () => {
  for (const request of REQUESTS) {
    for (let length = 0; length < request.length; length += 7) {
      kept(world.state, request.subarray(0, length), `prefix ${length}`);
    }
  }
});

fuzz('PACs spoilt by who can sign them', () => {
  const octets = pacOf(contents(tgt, KRBTGT_KEYS).authorizationData) ?? new Uint8Array(0);
  const [krbtgt] = KRBTGT_KEYS;
  assert.ok(krbtgt);
  const keys = { serverKey: krbtgt, kdcKey: krbtgt };
  rounds(600, 'pac', (chance, i) => {
    const spoilt = mutated(octets, chance, [octets]);
    const read = readPac(spoilt);
    // Half of those that can be laid out get good signatures, so that their contents are looked at.
    const signed =
      read.ok && i % 2 === 0
        ? signPac(draftPac({ ...keys, buffers: read.value.buffers, forService: false }), keys)
        : spoilt;
    const held = resealed(tgt, KRBTGT_KEYS, (part) => ({
      ...part,
      authorizationData: authorizationDataWithPac(signed),
    }));
    return tgsReq(held, { cusec: i });
  });
});

fuzz('bodies spoilt by clients that can make their checksum', () => {
  const bodies = REQUESTS.flatMap((request) => {
    const read = tryDecode(TgsReq, request);
    return read.ok ? [read.value.reqBody.raw] : [];
  });
  rounds(1_500, 'body', (chance, i) => {
    const body = bodies[i % bodies.length] as Uint8Array;
    return tgsReq(tgt, { cusec: i % 1_000_000, reqBody: mutatedInside(body, chance, bodies) });
  });
});

fuzz('tickets spoilt by who can seal them', () => {
  const part = encode(EncTicketPart, contents(tgt, KRBTGT_KEYS));
  rounds(1_500, 'ticket', (chance, i) => {
    const read = tryDecode(EncTicketPart, mutatedInside(part, chance, [part]));
    const held = read.ok ? resealed(tgt, KRBTGT_KEYS, () => read.value) : tgt;
    const renew = { kdcOptions: KdcOptions.renewable | KdcOptions.renew, sname: TGS_NAME };
    return tgsReq(held, { cusec: i % 1_000_000, ...(i % 2 === 0 ? {} : renew) });
  });
});

fuzz('nesting and lengths that promise more than there is', () => {
  const nested = (depth: number) => {
    const bytes = new Uint8Array(2 * depth);
    for (let i = 0; i < depth; i++) bytes.set([0xa0, 0x80], 2 * i);
    return bytes;
  };
  const long = new Uint8Array(60_000).fill(0x30);
  long.set([0x6a, 0x84, 0x7f, 0xff, 0xff, 0xff]);
  const deep = new Uint8Array(60_000);
  let length = 59_990;
  for (let at = 0; length > 4 && at + 4 < deep.length; at += 4, length -= 4) {
    deep.set([at === 0 ? 0x6a : 0x30, 0x82, length >> 8, length & 0xff], at);
  }
  for (const bytes of [nested(10_000), long, deep]) kept(world.state, bytes, 'limits');
});

fuzz.run();
