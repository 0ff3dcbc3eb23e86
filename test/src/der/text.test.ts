import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import {
  bmpString,
  generalString,
  ia5String,
  printableString,
  utf8String,
  visibleString,
} from '../../../src/der/text.ts';
import { arbitrary } from '../../arbitrary.ts';
import { vectors } from '../../codec-vectors.ts';

const FIXED = { seed: 1, numRuns: 200 };
const s = suite('der/text');

s('GeneralString is UTF-8', () => {
  vectors(generalString, {
    correct: [
      ['', hex`1b 00`],
      ['CORP.EXAMPLE', concat(hex`1b 0c`, utf8('CORP.EXAMPLE'))],
      ['Zoë', hex`1b 04 5a 6f c3 ab`],
      ['\u{1f511}', hex`1b 04 f0 9f 94 91`],
      ['x'.repeat(200), concat(hex`1b 81 c8`, utf8('x'.repeat(200)))],
    ],
    wrong: [
      ['GeneralString is not UTF-8', hex`1b 01 ff`],
      ['GeneralString is not UTF-8', hex`1b 01 eb`], // ISO 8859-1
      ['GeneralString is not UTF-8', hex`1b 02 c0 80`], // an overlong NUL
      ['GeneralString is not UTF-8', hex`1b 03 ed a0 80`], // half a surrogate pair
      ['expected GeneralString, got UTF8String', hex`0c 01 61`],
    ],
  });
  assert.throws(() => encode(generalString, 'a\ud800'), /lone surrogate/);
});

s('a text seen before is told from others that look alike', () => {
  // An octet above 7F must not be taken for the code unit of the same number.
  assert.is(decode(generalString, hex`1b 02 c3 ab`), 'ë');
  assert.throws(() => decode(generalString, hex`1b 01 eb`), /not UTF-8/);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5000; i++) {
      const text = `principal-${i}`;
      assert.is(decode(generalString, encode(generalString, text)), text);
    }
  }
});

s('all string types give back what they were given', () => {
  for (const codec of [
    generalString,
    utf8String,
    printableString,
    ia5String,
    visibleString,
    bmpString,
  ]) {
    fc.assert(
      fc.property(arbitrary(codec), (value) => {
        assert.is(decode(codec, encode(codec, value)), value);
      }),
      FIXED,
    );
  }
});

s('UTF8String and GeneralString write what TextEncoder does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const bytes = encode(utf8String, value);
      assert.is(toHex(bytes.subarray(bytes.length - utf8(value).length)), toHex(utf8(value)));
    }),
    FIXED,
  );
});

s('restricted strings refuse characters outside their alphabet', () => {
  vectors(printableString, {
    correct: [['Contoso Ltd. (UK)', concat(hex`13 11`, utf8('Contoso Ltd. (UK)'))]],
    wrong: [
      ['PrintableString has a character outside of its alphabet', hex`13 01 40`],
      ['PrintableString has a character outside of its alphabet', hex`13 01 2a`],
    ],
  });
  vectors(ia5String, {
    correct: [['a@b\u0000', hex`16 04 61 40 62 00`]],
    wrong: [['IA5String has a character outside of its alphabet', hex`16 02 c3 ab`]],
  });
  vectors(visibleString, {
    correct: [['~ ', hex`1a 02 7e 20`]],
    wrong: [['VisibleString has a character outside of its alphabet', hex`1a 01 0a`]],
  });
  assert.throws(() => encode(printableString, 'a@b'), /"a@b" is no PrintableString/);
  assert.throws(() => encode(printableString, 'a\n'), RangeError);
});

s('BMPString has two octets a character and no surrogates', () => {
  vectors(bmpString, {
    correct: [
      ['', hex`1e 00`],
      ['SmartcardLogon', concat(hex`1e 1c`, utf16be('SmartcardLogon'))], // a template's name
      ['\u20ac', hex`1e 02 20 ac`],
    ],
    wrong: [
      ['BMPString has an odd number of octets', hex`1e 03 00 61 00`],
      ['BMPString with a surrogate', hex`1e 04 d8 3d dd 11`],
    ],
  });
  assert.throws(() => encode(bmpString, '\u{1f511}'), /surrogate/);
});

function utf16be(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'utf16le').swap16());
}

s.run();
