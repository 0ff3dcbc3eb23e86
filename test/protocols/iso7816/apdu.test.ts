import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CommandApdu,
  commandOctets,
  readCommand,
  readResponse,
  responseOctets,
} from '../../../protocols/iso7816/apdu.ts';
import { fromHex, hex } from '../../../src/bytes/bytes.ts';

const apdu = suite('iso7816/apdu');

const octet = fc.integer({ min: 0, max: 255 });
const commands: fc.Arbitrary<CommandApdu> = fc
  .record(
    {
      cla: octet,
      ins: octet,
      p1: octet,
      p2: octet,
      data: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(new Uint8Array(65_535), new Uint8Array(255), new Uint8Array(256)),
      ),
      ne: fc.option(
        fc.oneof(fc.constantFrom(1, 255, 256, 257, 65_536), fc.integer({ min: 1, max: 65_536 })),
        { nil: undefined },
      ),
    },
    { noNullPrototype: true },
  )
  .map(({ ne, ...rest }) => (ne === undefined ? rest : { ...rest, ne }));

apdu('what is written is read again, in every form', () => {
  fc.assert(
    fc.property(commands, (command) => {
      assert.equal(readCommand(commandOctets(command)), { ok: true, command });
    }),
  );
});

apdu('the four cases, short and extended', () => {
  for (const [octets, data, ne] of [
    ['00200080', '', undefined],
    ['00c0000008', '', 8],
    ['00c0000000', '', 256],
    ['002000800131', '31', undefined],
    ['00cb3fff035c017e00', '5c017e', 256],
    ['00c00000000100', '', 256],
    ['00c00000000000', '', 65_536],
    ['0020008000000131', '31', undefined],
    ['00cb3fff0000035c017e0000', '5c017e', 65_536],
  ] as const) {
    const read = readCommand(fromHex(octets));
    assert.ok(read.ok, octets);
    assert.equal([read.command.data, read.command.ne], [fromHex(data), ne], octets);
  }
});

apdu('lengths that do not agree with the octets are refused', () => {
  for (const octets of ['', '0020', '00200080023132333435', '0020008000000001']) {
    assert.not.ok(readCommand(fromHex(octets)).ok, octets);
  }
  assert.throws(() =>
    commandOctets({ cla: 0, ins: 0, p1: 0, p2: 0, data: new Uint8Array(65_536) }),
  );
  assert.throws(() => commandOctets({ cla: 0, ins: 0, p1: 0, p2: 0, data: hex``, ne: 0 }));
});

apdu('any octets are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (octets) => {
      const read = readCommand(octets);
      if (!read.ok) assert.ok(read.reason.length > 0);
      else assert.ok(read.command.data.length <= octets.length);
    }),
  );
});

apdu('responses', () => {
  assert.equal(readResponse(hex`01029000`), { data: hex`0102`, status: 0x9000 });
  assert.is(readResponse(hex`90`), undefined);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 300 }), (octets) => {
      const read = readResponse(octets);
      assert.ok(read);
      assert.equal(responseOctets(read), octets);
    }),
  );
});

apdu.run();
