import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasErrorCode, TSRequest } from '../../../protocols/credssp/messages.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { decode, encode, tryDecode } from '../../../src/der/codec.ts';
import * as vectors from './vectors.ts';

const s = suite('credssp/messages');

/** Read as its fields, and written again octet for octet. */
function same(bytes: Uint8Array, fields: TSRequest): void {
  assert.equal(decode(TSRequest, bytes), fields);
  assert.equal(encode(TSRequest, fields), bytes);
}

s("the requests of sspi-rs' sign-in are read and written", () => {
  const { NONCE: clientNonce } = vectors;
  same(vectors.FIRST_REQUEST, {
    version: 6,
    negoTokens: [{ negoToken: vectors.NEGOTIATE_TOKEN }],
    clientNonce,
  });
  same(vectors.FOURTH_REQUEST, {
    version: 6,
    pubKeyAuth: vectors.SERVER_PUB_KEY_AUTH,
    clientNonce,
  });
  same(vectors.FIFTH_REQUEST, { version: 6, authInfo: vectors.AUTH_INFO, clientNonce });
});

s('errorCode is an NTSTATUS in four octets', () => {
  same(vectors.ERROR_REQUEST, {
    version: 6,
    pubKeyAuth: vectors.ERROR_PUB_KEY_AUTH,
    errorCode: 0xc00700ea,
    clientNonce: vectors.ERROR_NONCE,
  });
  assert.equal(
    encode(TSRequest, { version: 3, errorCode: 0xc000006d }),
    hex`300da003020103a4060204c000006d`,
  );
});

s('an errorCode with a zero before its high bit is understood too', () => {
  const five = decode(TSRequest, hex`300ea003020106a407020500c000006d`);
  assert.is(five.errorCode, 0xc000006d);
});

s('which versions know an errorCode', () => {
  assert.equal([2, 3, 4, 5, 6].filter(hasErrorCode), [3, 4, 6]);
});

s('negative versions and tokens without end are refused', () => {
  assert.is(tryDecode(TSRequest, hex`3005a0030201ff`).ok, false);
  const token = { negoToken: new Uint8Array(1) };
  const many = { version: 6, negoTokens: Array.from({ length: 16 }, () => token) };
  const bytes = encode(TSRequest, many);
  assert.is(tryDecode(TSRequest, bytes).ok, true);
  assert.throws(() => encode(TSRequest, { ...many, negoTokens: [...many.negoTokens, token] }));
});

s.run();
