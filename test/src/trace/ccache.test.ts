import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import {
  type Ccache,
  configEntry,
  configOf,
  readCcache,
  writeCcache,
} from '../../../src/trace/ccache.ts';

const s = suite('ccache');

/** One TGT of alice@CONTOSO.COM with a dummy cipher: made by another program and read by MIT's klist. */
const PUBLISHED = hex`0504000c00010008000000000000000000000001000000010000000b434f4e544f534f2e434f4d00000005616c69636500000001000000010000000b434f4e544f534f2e434f4d00000005616c69636500000002000000020000000b434f4e544f534f2e434f4d000000066b72627467740000000b434f4e544f534f2e434f4d0012000000204444444444444444444444444444444444444444444444444444444444444444659200806592008065928d20659b3b000040e10000000000000000000000000050614e304ca003020105a10d1b0b434f4e544f534f2e434f4da220301ea003020102a11730151b066b72627467741b0b434f4e544f534f2e434f4da3143012a003020112a103020102a2060404aaaaaaaa00000000`;

const alice = { nameType: 1, realm: 'CONTOSO.COM', components: ['alice'] };
const AT = Date.UTC(2024, 0, 1) / 1000;
const cache: Ccache = {
  timeOffset: { seconds: 0, microseconds: 0 },
  principal: alice,
  credentials: [
    {
      client: alice,
      server: { nameType: 2, realm: 'CONTOSO.COM', components: ['krbtgt', 'CONTOSO.COM'] },
      key: { etype: 18, bytes: new Uint8Array(32).fill(0x44) },
      authtime: AT,
      starttime: AT,
      endtime: AT + 36_000,
      renewTill: AT + 7 * 86_400,
      isSkey: false,
      ticketFlags: 0x40e10000,
      addresses: [],
      authdata: [],
      ticket: hex`614e304ca003020105a10d1b0b434f4e544f534f2e434f4da220301ea003020102a11730151b066b72627467741b0b434f4e544f534f2e434f4da3143012a003020112a103020102a2060404aaaaaaaa`,
      secondTicket: new Uint8Array(0),
    },
  ],
};

s('writes the published octets', () => {
  assert.is(toHex(writeCcache(cache)), toHex(PUBLISHED));
});

s('reads the published octets', () => {
  assert.equal(readCcache(PUBLISHED), cache);
});

s('every field comes back', () => {
  const full: Ccache = {
    principal: alice,
    credentials: [
      ...cache.credentials.map((credential) => ({
        ...credential,
        isSkey: true,
        ticketFlags: 0x80000001,
        addresses: [{ addrType: 2, address: hex`0a580001` }],
        authdata: [{ adType: 1, adData: hex`3000` }],
        secondTicket: hex`6100`,
      })),
      configEntry(alice, 'fast_avail', 'yes', 'krbtgt/CONTOSO.COM@CONTOSO.COM'),
    ],
  };
  assert.equal(readCcache(writeCcache(full)), full);
  const skewed = { ...cache, timeOffset: { seconds: -600, microseconds: 5 } };
  assert.equal(readCcache(writeCcache(skewed)), skewed);
});

s('a setting is a credential that no one takes for a ticket', () => {
  assert.equal(configOf(configEntry(alice, 'refresh_time', '1709366400')), {
    key: 'refresh_time',
    value: '1709366400',
  });
  assert.equal(configOf(configEntry(alice, 'pa_type', '2', 'krbtgt/R@R')), {
    key: 'pa_type',
    value: '2',
    server: 'krbtgt/R@R',
  });
  assert.is(configOf(cache.credentials[0] as (typeof cache.credentials)[0]), undefined);
});

s('refuses what is no cache, and every cut', () => {
  assert.throws(() => readCcache(hex`0503`), /expected version 0x0504, got 0x503/);
  const ends: number[] = [];
  for (let length = 2; length < PUBLISHED.length; length++) {
    try {
      readCcache(PUBLISHED.subarray(0, length));
      ends.push(length);
    } catch (error) {
      assert.match((error as Error).message, /^ccache.*: \d+ octets expected at offset \d+/);
    }
  }
  // A cache may end after its principal: it is then an empty one, and nowhere else.
  assert.equal(ends, [48]);
});

s('a count larger than the file ends in an error, not in a long wait', () => {
  const lies = PUBLISHED.slice();
  lies.set([0xff, 0xff, 0xff, 0xff], 20); // components of the principal
  assert.throws(() => readCcache(lies), /octets expected/);
});

s.run();
