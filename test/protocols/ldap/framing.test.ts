import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ldapFraming, ldapFramingWith } from '../../../protocols/ldap/framing.ts';
import { cut, NO_PIECES } from '../../../protocols/ldap/pieces.ts';
import { messageName } from '../../../protocols/ldap/recognise.ts';
import { concat, hex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('ldap/framing');

const UNBIND = hex`30 05 02 01 05 42 00`;
const WINDOWS_UNBIND = hex`30 84 00 00 00 05 02 01 05 42 00`;
const TOKEN = hex`05 04 06 ff 00 00`;

const reason = (buffer: Uint8Array, framing = ldapFraming): string => {
  const next = framing.next(buffer);
  return next.kind === 'refused' ? next.reason : next.kind;
};

s('messages are cut by the length in their BER', () => {
  for (const message of [UNBIND, WINDOWS_UNBIND]) {
    for (let length = 0; length < message.length; length++) {
      assert.equal(ldapFraming.next(message.subarray(0, length)), { kind: 'more' });
    }
    const next = ldapFraming.next(concat(message, UNBIND));
    assert.equal(next, { kind: 'message', message, consumed: message.length });
    assert.equal(ldapFraming.wrap(message), message);
  }
});

s('SASL buffers are cut by the four octets before them, and put behind them', () => {
  const wrapped = ldapFraming.wrap(TOKEN);
  assert.is(toHex(wrapped), '00000006050406ff0000');
  for (let length = 0; length < wrapped.length; length++) {
    assert.is(ldapFraming.next(wrapped.subarray(0, length)).kind, 'more');
  }
  const next = ldapFraming.next(concat(wrapped, UNBIND));
  assert.equal(next, { kind: 'message', message: TOKEN, consumed: wrapped.length });
});

s('what is neither is refused at its first octets', () => {
  assert.match(reason(hex`16 03 01`), 'TLS');
  assert.match(reason(hex`47 45 54 20`), 'neither an LDAPMessage (30) nor a SASL buffer (00): 47');
  assert.match(reason(hex`30 80`), 'indefinite');
  assert.match(reason(hex`30 85`), 'a length of 5 octets');
  assert.match(reason(hex`00 00 00 00`), 'empty');
  assert.match(reason(hex`00 00 00 05 30`), 'in place of a token');
});

s('too much is refused before it has come', () => {
  assert.match(reason(hex`30 84 7f ff ff ff`), 'a message of 2147483653 octets');
  assert.match(reason(hex`30 84 ff ff ff ff`), 'a message of 4294967301 octets');
  assert.match(reason(hex`00 ff ff ff`), 'a message of 16777215 octets, at most 10485760');
  const small = ldapFramingWith(10);
  assert.is(reason(hex`30 09`, small), 'a message of 11 octets, at most 10 are taken');
  assert.is(small.next(hex`30 08`).kind, 'more');
});

s('messages inside SASL buffers come whole, however they were cut', () => {
  const stream = concat(UNBIND, WINDOWS_UNBIND, UNBIND);
  for (let size = 1; size <= stream.length; size++) {
    let pieces = NO_PIECES;
    const messages: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      const next = cut(pieces, stream.subarray(at, at + size));
      if (!next.ok) return assert.unreachable(next.reason);
      pieces = next.pieces;
      messages.push(...next.messages.map(toHex));
    }
    assert.equal(messages, [UNBIND, WINDOWS_UNBIND, UNBIND].map(toHex), `in pieces of ${size}`);
    assert.equal(pieces, NO_PIECES);
  }
});

s('a long message in tiny buffers is put together in a few copies', () => {
  const message = new Uint8Array(1 << 17);
  message.set(hex`30 83 01 ff fb`);
  let pieces = NO_PIECES;
  for (let at = 0; at < message.length; at += 16) {
    const next = cut(pieces, message.subarray(at, at + 16));
    if (!next.ok) return assert.unreachable(next.reason);
    pieces = next.pieces;
    assert.ok(pieces.chunks.length <= 18, `${pieces.chunks.length} chunks`);
    if (at + 16 === message.length) assert.equal(next.messages, [message]);
  }
});

s('inside SASL buffers only messages stand', () => {
  const next = cut(NO_PIECES, hex`00 00 00 01 05`);
  assert.ok(!next.ok);
  assert.not(cut(NO_PIECES, hex`30 80`).ok);
  assert.not(cut(NO_PIECES, hex`30 84 7f ff ff ff 00`).ok);
});

s('messages are recognised by their first octets', () => {
  assert.is(messageName(UNBIND), 'LDAP UnbindRequest');
  assert.is(messageName(WINDOWS_UNBIND), 'LDAP UnbindRequest');
  assert.is(messageName(TOKEN), 'SASL buffer');
  assert.is(messageName(hex`30 05 04 01 05 42 00`), undefined);
  assert.is(messageName(hex`30 05 02 01 05 02 00`), undefined);
  assert.is(messageName(hex`6a 05`), undefined);
  for (let length = 0; length < 6; length++) messageName(WINDOWS_UNBIND.subarray(0, length));
});

s.run();
