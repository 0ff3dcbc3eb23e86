import { inflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FILE, OBJECT } from '../../../protocols/gids/constants.ts';
import { objectOf } from '../../../protocols/gids/files.ts';
import type { CardContents } from '../../../protocols/iso7816/application.ts';
import { contentOf, readObjects } from '../../../protocols/iso7816/tlv.ts';
import { fromUtf8, fromUtf16le, hex, view } from '../../../src/bytes/bytes.ts';
import { CERTIFICATE, contentsOf, P256, RSA } from '../iso7816/held-card.ts';

const s = suite('gids/files');

const contents = contentsOf(RSA);

function content(file: number, object: number, of: CardContents = contents): Uint8Array {
  const found = objectOf(of, file, object);
  assert.ok(found, object.toString(16));
  const value = contentOf(readObjects(found), object);
  assert.ok(value);
  return value;
}

function named(octets: Uint8Array): string {
  return fromUtf8(octets.subarray(0, octets.indexOf(0)));
}

/** The records of the file system table, as OpenSC reads them. */
function table(of: CardContents): readonly string[] {
  const octets = content(FILE.master, OBJECT.fileSystemTable, of);
  assert.is(octets[0], 1);
  assert.is((octets.length - 1) % 28, 0);
  return Array.from({ length: (octets.length - 1) / 28 }, (_, i) => {
    const record = octets.slice(1 + 28 * i, 29 + 28 * i);
    const [object, file] = [20, 24].map((at) => view(record).getUint16(at, true));
    assert.ok(objectOf(of, file as number, object as number), 'the table names what is there');
    return `${named(record)}/${named(record.subarray(9))} ${file?.toString(16)} ${object?.toString(16)}`;
  });
}

s('the file system table says where every file is', () => {
  assert.equal(table(contents), [
    '/cardid a012 df20',
    '/cardapps a010 df21',
    '/cardcf a010 df22',
    'mscp/cmapfile a010 df23',
    'mscp/kxc00 a010 df24',
  ]);
});

s('a key without a certificate', () => {
  const { certificate: _, ...without } = contents;
  assert.is(table(without).length, 4);
  assert.is(objectOf(without, FILE.minidriver, OBJECT.certificate), undefined);
  const freshness = (of: CardContents) => content(FILE.minidriver, OBJECT.cacheFreshness, of);
  assert.not.equal(freshness(without), freshness(contents), 'hosts see that something changed');
});

s('the container map: name, flags, size of the key', () => {
  for (const [pair, bits] of [
    [RSA, 2048],
    [P256, 256],
  ] as const) {
    const record = content(FILE.minidriver, OBJECT.containerMap, contentsOf(pair));
    assert.is(record.length, 86);
    const name = fromUtf16le(record.subarray(0, 80)).replace(/\0+$/, '');
    assert.is(name, 'a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf');
    assert.equal(record.slice(80, 84), hex`03000000`);
    assert.is(view(record).getUint16(84, true), bits);
  }
  const long = contentsOf(RSA, { container: 'x'.repeat(60) });
  const record = content(FILE.minidriver, OBJECT.containerMap, long);
  assert.equal(record.slice(76, 80), hex`78000000`, 'ended by zeros after 39 characters');
});

s('the certificate comes out of its stream', () => {
  const stored = content(FILE.minidriver, OBJECT.certificate);
  assert.equal(stored.slice(0, 2), hex`0100`);
  assert.is(view(stored).getUint16(2, true), CERTIFICATE.length);
  assert.equal(new Uint8Array(inflateSync(stored.subarray(4))), CERTIFICATE);
});

s('the key map: algorithm, kind, file', () => {
  const map = content(FILE.master, OBJECT.keyMap);
  assert.equal(map, hex`0101000000079a81b0ffff00000000000000000000`);
});

s('what the PIN has left', () => {
  const tries = { left: 2, most: 5 };
  const status = objectOf(contentsOf(RSA, { tries }), FILE.application, OBJECT.pinStatus);
  assert.equal(status, hex`7f7106970102930105`);
});

s.run();
