import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BUFFERS } from '../../../protocols/pac/buffers.ts';
import { PacType, pacTypeName } from '../../../protocols/pac/constants.ts';
import { explainPac, layoutPac, pacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import { verifyPac } from '../../../protocols/pac/signatures.ts';
import { fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { NdrError } from '../../../src/ndr/codec.ts';
import { krbtgtKey, serviceKey } from './inputs.ts';
import { vector } from './vectors.ts';

const s = suite('pactype');

function refusal(octets: Uint8Array): string {
  const read = readPac(octets);
  assert.not(read.ok);
  return read.ok ? '' : read.error.message;
}

s('buffers on boundaries of eight, padding zero', () => {
  const pac = layoutPac([
    { ulType: 10, bytes: hex`01 02 03` },
    { ulType: 17, bytes: hex`` },
    { ulType: 18, bytes: hex`04` },
  ]);
  assert.is(
    toHex(pac.bytes),
    '0300000000000000' +
      '0a000000030000003800000000000000' +
      '11000000000000004000000000000000' +
      '12000000010000004000000000000000' +
      '0102030000000000' +
      '0400000000000000',
  );
  const read = readPac(pac.bytes);
  assert.ok(read.ok);
  if (read.ok) {
    assert.equal(
      read.value.buffers.map(({ ulType, Offset }) => [ulType, Offset]),
      [
        [10, 56],
        [17, 64],
        [18, 64],
      ],
    );
    assert.equal(pacBuffer(read.value, 18), hex`04`);
    assert.is(pacBuffer(read.value, 1), undefined);
  }
});

s('the directory of a real one', () => {
  const read = readPac(vector('ms-pac/section-3').subarray(22));
  assert.ok(read.ok);
  if (!read.ok) return;
  assert.equal(
    read.value.buffers.map(({ ulType, Offset, bytes }) => [ulType, bytes.length, Offset]),
    [
      [1, 1200, 72],
      [10, 18, 1272],
      [6, 20, 1296],
      [7, 20, 1320],
    ],
  );
});

s('what is no PAC is refused with path and offset', () => {
  const entry = (ulType: string, size: string, offset: string): Uint8Array =>
    fromHex(`01000000 00000000 ${ulType} ${size} ${offset} 00000000 0102030405060708`);
  assert.is(refusal(hex`01`), 'object: expected at least 8 octets, got 1 at 0');
  // Two of MIT krb5's fuzzing corpus.
  assert.match(
    refusal(hex`00000010 00000000 06ffffff 0000f5`),
    /cBuffers: at most 64 expected, got 268435456 at 0/,
  );
  assert.match(refusal(hex`00000020 00000000 2020`), /cBuffers: at most 64/);
  assert.match(refusal(hex`01000000 01000000`), /Version: expected 0, got 1 at 4/);
  assert.match(refusal(hex`01000000 00000000`), /Buffers: 1 entries are not in 8 octets/);
  assert.match(
    refusal(entry('01000000', '09000000', '18000000')),
    /Buffers\[0\]: 9 octets at 24 are not in 32/,
  );
  assert.match(
    refusal(entry('01000000', '01000000', '19000000')),
    /Offset 25 is no multiple of 8 at 16/,
  );
  assert.match(refusal(entry('01000000', '01000000', '10000000')), /1 octets at 16/);
  assert.match(
    refusal(
      hex`02000000 00000000 01000000 00000000 28000000 00000000 01000000 00000000 28000000 00000000`,
    ),
    /Buffers\[1\]: a second LOGON_INFO at 24/,
  );
});

s("rows: directory and contents, offsets from the PAC's start", () => {
  const octets = vector('own/pac-partial-pac');
  const rows = explainPac(octets, 'PAC');
  const row = (path: string) => rows.find((candidate) => candidate.path === path);
  assert.equal(row('PAC.Buffers[1].ulType'), {
    path: 'PAC.Buffers[1].ulType',
    type: 'ULONG',
    start: 24,
    end: 28,
    value: 10,
    name: 'CLIENT_INFO',
  });
  const name = row('PAC.CLIENT_INFO.Name');
  assert.is(name?.value, 'alice');
  assert.is(toHex(octets.subarray(name?.start, name?.end)), '61006c00690063006500');
  assert.is(row('PAC.LOGON_INFO.*.EffectiveName')?.value, 'alice');
  assert.is(row('PAC.KDC_CHECKSUM.RODCIdentifier')?.value, 27845);
  const sid = row('PAC.REQUESTOR_SID.Sid');
  assert.is(sid?.value, 'S-1-5-21-1-2-3-1105');
  assert.not(rows.some(({ type }) => type === 'error'));
  assert.is(explainPac(hex`01`).at(-1)?.type, 'error');
});

s('mutated PACs are read or refused in all their parts, never worse', () => {
  const seeds = ['own/pac-partial-pac', 'mit/saved-pac', 'samba/claims-pac'].map(vector);
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(),
      (seed, edits, cut) => {
        const octets = seed.slice(0, cut % 4 === 0 ? cut % seed.length : seed.length);
        for (const [at, octet] of edits) if (octets.length > 0) octets[at % octets.length] = octet;
        explainPac(octets);
        const read = readPac(octets);
        if (!read.ok) return assert.instance(read.error, NdrError);
        verifyPac(read.value, { serverKey: serviceKey, kdcKey: krbtgtKey }, hex`00`);
        for (const { ulType, bytes } of read.value.buffers) BUFFERS.get(ulType)?.tryDecode(bytes);
      },
    ),
    { seed: 1, numRuns: 1500 },
  );
});

s('names of types', () => {
  assert.is(pacTypeName(PacType.UPN_DNS_INFO), 'UPN_DNS_INFO');
  assert.is(pacTypeName(99), 'ulType 99');
});

s.run();
