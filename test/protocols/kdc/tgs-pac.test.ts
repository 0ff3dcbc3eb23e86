import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KdcOptions } from '../../../protocols/kerberos/constants.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { authorizationDataWithPac, pacOf } from '../../../protocols/pac/authorization-data.ts';
import { PacRequestorSid } from '../../../protocols/pac/buffers.ts';
import { type PacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import { draftPac, signPac } from '../../../protocols/pac/signatures.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import {
  ALICE,
  answer,
  causeOf,
  codeOf,
  contents,
  contoso,
  errorOf,
  type Held,
  KRBTGT_KEYS,
  resealed,
  signIn,
  TGS_NAME,
  tgsReq,
  type World,
} from './contoso.ts';

const pac = suite('kdc/tgs-pac');
const world = contoso();
const tgt = signIn(world);
const [KRBTGT_KEY] = KRBTGT_KEYS;
const ask = (held: Held, at: World = world) => answer(at, tgsReq(held));
const code = (held: Held, at: World = world) => codeOf(ask(held, at));

function buffersOf(held: Held): readonly PacBuffer[] {
  const octets = pacOf(contents(held, KRBTGT_KEYS).authorizationData);
  const read = readPac(octets ?? new Uint8Array(0));
  if (!read.ok) throw read.error;
  return read.value.buffers;
}

/** The ticket with another PAC, in octets. */
const withOctets = (octets: Uint8Array | undefined) =>
  resealed(tgt, KRBTGT_KEYS, (part) => {
    const { authorizationData: _, ...rest } = part;
    return octets === undefined
      ? rest
      : { ...rest, authorizationData: authorizationDataWithPac(octets) };
  });

/** The ticket with other buffers, signed by who has the key. */
function withBuffers(change: (buffers: readonly PacBuffer[]) => readonly PacBuffer[]): Held {
  assert.ok(KRBTGT_KEY);
  const keys = { serverKey: KRBTGT_KEY, kdcKey: KRBTGT_KEY };
  const draft = draftPac({ ...keys, buffers: change(buffersOf(tgt)), forService: false });
  return withOctets(signPac(draft, keys));
}

/** The ticket's PAC, its octets changed after it was signed. */
function altered(change: (octets: Uint8Array) => void): Held {
  const octets = pacOf(contents(tgt, KRBTGT_KEYS).authorizationData)?.slice();
  assert.ok(octets);
  change(octets);
  return withOctets(octets);
}

pac('resealed and signed again it is as good as before', () => {
  assert.is(code(withBuffers((buffers) => buffers)), 0);
});

pac('no PAC, or authorization data without one: 20', () => {
  assert.is(code(withOctets(undefined)), 20);
  const other = resealed(tgt, KRBTGT_KEYS, (part) => ({
    ...part,
    authorizationData: [{ adType: 1, adData: new Uint8Array([0x30, 0]) }],
  }));
  assert.is(code(other), 20);
});

pac('no requestor: 20, for renewing and validating as well', () => {
  const held = withBuffers((buffers) => buffers.filter((buffer) => buffer.ulType !== 18));
  assert.is(code(held), 20);
  const kdcOptions = KdcOptions.renewable | KdcOptions.renew;
  assert.is(codeOf(answer(world, tgsReq(held, { kdcOptions, sname: TGS_NAME }))), 20);
});

pac('a requestor that is somebody else, or nobody: 20', () => {
  for (const sid of ['S-1-5-21-1-2-3-1106', 'S-1-5-21-1-2-3-9999', 'S-1-5-21-9-9-9-1105']) {
    const held = withBuffers((buffers) =>
      buffers.map((buffer) =>
        buffer.ulType === 18 ? { ulType: 18, bytes: PacRequestorSid.encode(sid) } : buffer,
      ),
    );
    assert.is(code(held), 20, sid);
  }
});

pac('without attributes it is accepted', () => {
  assert.is(code(withBuffers((buffers) => buffers.filter((buffer) => buffer.ulType !== 17))), 0);
});

pac('unknown buffers are dropped', () => {
  const extra = { ulType: 0x4711, bytes: new Uint8Array(8) };
  assert.is(code(withBuffers((buffers) => [...buffers, extra])), 0);
});

pac('the account is gone, was renamed, or the name is another’s now: 20', () => {
  const { accounts } = world;
  const gone = {
    ...accounts,
    bySAMAccountName: () => undefined,
    byUserPrincipalName: () => undefined,
  };
  const effects = ask(tgt, { ...world, accounts: gone });
  assert.is(codeOf(effects), 20);
  assert.match(causeOf(effects), /no account alice@CONTOSO\.COM any more/);
  const successor = contoso([{ ...ALICE, rid: 1999 }]);
  const other = ask(tgt, successor);
  assert.is(codeOf(other), 20);
  assert.match(causeOf(other), /issued to S-1-5-21-1-2-3-1105, but .* is S-1-5-21-1-2-3-1999 now/);
});

pac('altered after it was signed: 41 with an NTSTATUS', () => {
  const error = errorOf(
    ask(
      altered((octets) => {
        octets[octets.length - 60] = (octets[octets.length - 60] as number) ^ 1;
      }),
    ),
  );
  assert.is(error.errorCode, 41);
  assert.is(
    toHex(error.eData ?? new Uint8Array(0)),
    '3015a103020103a20e040c6d0000c00000000003000000',
  );
});

pac('each signature is looked at', () => {
  for (const ulType of [6, 7]) {
    const held = altered((octets) => {
      const read = readPac(octets);
      if (!read.ok) throw read.error;
      const found = read.value.buffers.find((buffer) => buffer.ulType === ulType);
      assert.ok(found);
      octets[found.Offset + 5] = (octets[found.Offset + 5] as number) ^ 1;
    });
    const effects = ask(held);
    assert.is(codeOf(effects), 41, `${ulType}`);
    assert.match(causeOf(effects), ulType === 6 ? /server signature/ : /KDC signature/);
  }
});

pac('signed with another key: 41', () => {
  const foreign = key(18, new Uint8Array(32).fill(0x77));
  const keys = { serverKey: foreign, kdcKey: foreign };
  const draft = draftPac({ ...keys, buffers: buffersOf(tgt), forService: false });
  assert.is(code(withOctets(signPac(draft, keys))), 41);
});

pac('signatures of a type that anyone can make: 41; none at all: 60', () => {
  const unkeyed = altered((octets) => {
    const read = readPac(octets);
    if (!read.ok) throw read.error;
    for (const buffer of read.value.buffers) {
      if (buffer.ulType === 6 || buffer.ulType === 7) octets.set([1, 0, 0, 0], buffer.Offset);
    }
  });
  assert.is(code(unkeyed), 41);
  const without = altered((octets) => {
    const read = readPac(octets);
    if (!read.ok) throw read.error;
    read.value.buffers.forEach((buffer, i) => {
      if (buffer.ulType === 6) octets.set([0x66, 0, 0, 0], 8 + 16 * i);
    });
  });
  assert.is(code(without), 60);
});

pac('octets that are no PAC: 41', () => {
  assert.is(code(withOctets(new Uint8Array([1, 2, 3]))), 41);
});

pac.run();
