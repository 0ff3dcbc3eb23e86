import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Filter,
  LDAP_LIMITS,
  LdapMessage,
  OPERATIONS,
  operationName,
  type ProtocolOp,
} from '../../../protocols/ldap/messages.ts';
import { concat, hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { type Codec, decode, encode, tryDecode } from '../../../src/der/codec.ts';
import { arbitrary, mutations } from '../../arbitrary.ts';
import { vectors } from '../../codec-vectors.ts';

const s = suite('ldap/messages');

/** Written down by hand from RFC 4511 Appendix B; the Bind is that of its many tutorials. */
s('operations have their octets', () => {
  vectors(LdapMessage, {
    correct: [
      [
        {
          messageID: 1,
          protocolOp: {
            bindRequest: {
              version: 3,
              name: 'cn=test',
              authentication: { simple: utf8('1') },
            },
          },
        },
        hex`30 14 02 01 01 60 0f 02 01 03 04 07 63 6e 3d 74 65 73 74 80 01 31`,
      ],
      [
        {
          messageID: 3,
          protocolOp: { bindResponse: { resultCode: 0, matchedDN: '', diagnosticMessage: '' } },
        },
        hex`30 0c 02 01 03 61 07 0a 01 00 04 00 04 00`,
      ],
      [{ messageID: 5, protocolOp: { unbindRequest: null } }, hex`30 05 02 01 05 42 00`],
      [
        { messageID: 6, protocolOp: { delRequest: 'dc=a' }, controls: [TREE_DELETE] },
        hex`30 28 02 01 06 4a 04 64 63 3d 61 a0 1d 30 1b 04 16 31 2e 32 2e 38 34 30 2e 31 31 33 35 35 36 2e 31 2e 34 2e 38 30 35 01 01 ff`,
      ],
      [{ messageID: 7, protocolOp: { abandonRequest: 5 } }, hex`30 06 02 01 07 50 01 05`],
    ],
    wrong: [
      ['messageID', hex`30 05 02 01 ff 42 00`],
      ['protocolOp', hex`30 05 02 01 01 5f 00`],
      ['protocolOp', hex`30 03 02 01 01`],
    ],
  });
});

const TREE_DELETE = { controlType: '1.2.840.113556.1.4.805', criticality: true };

/** Octets of `ldapsearch -E sss=cn '(&(|(cn=a*b*c)(cn>=x))(!(userAccountControl:...803:=2))(displayName=*))'`. */
const OPENLDAP_SEARCH = hex`3081dc02010263818d041244433d636f72702c44433d6578616d706c650a01020a0100020100020100010100a05ca11aa40f0402636e3009800161810162820163a5070402636e040178a231a92f8116312e322e3834302e3131333535362e312e342e3830338212757365724163636f756e74436f6e74726f6c830132870b646973706c61794e616d65300a0402636e04046d61696ca04730210416312e322e3834302e3131333535362e312e342e33313904073005020101040030220416312e322e3834302e3131333535362e312e342e3437330408300630040402636e`;

s("OpenLDAP's search request is read and written to the octet", () => {
  const message = decode(LdapMessage, OPENLDAP_SEARCH, LDAP_LIMITS);
  assert.is(toHex(encode(LdapMessage, message)), toHex(OPENLDAP_SEARCH));
  assert.ok('searchRequest' in message.protocolOp);
  if (!('searchRequest' in message.protocolOp)) return;
  const { filter, attributes, scope } = message.protocolOp.searchRequest;
  assert.is(scope, 2);
  assert.equal(attributes, ['cn', 'mail']);
  assert.equal(filter, {
    and: [
      {
        or: [
          {
            substrings: {
              type: 'cn',
              substrings: [{ initial: utf8('a') }, { any: utf8('b') }, { final: utf8('c') }],
            },
          },
          { greaterOrEqual: { attributeDesc: 'cn', assertionValue: utf8('x') } },
        ],
      },
      {
        not: {
          extensibleMatch: {
            matchingRule: '1.2.840.113556.1.4.803',
            type: 'userAccountControl',
            matchValue: utf8('2'),
            dnAttributes: false,
          },
        },
      },
      { present: 'displayName' },
    ],
  });
});

s('lengths in five octets, as Windows writes them', () => {
  const bytes = hex`30 84 00 00 00 10 02 01 05 63 84 00 00 00 07 04 00 0a 01 00 0a 01`;
  assert.match(failure(bytes), 'searchRequest');
  const bind = hex`30 84 00 00 00 10 02 01 08 60 84 00 00 00 07 02 01 03 04 00 80 00`;
  const message = decode(LdapMessage, bind, LDAP_LIMITS);
  assert.equal(message.protocolOp, {
    bindRequest: { version: 3, name: '', authentication: { simple: hex`` } },
  });
});

function failure(bytes: Uint8Array): string {
  const outcome = tryDecode(LdapMessage, bytes, LDAP_LIMITS);
  return outcome.ok ? 'taken' : outcome.error.message;
}

s('what comes after the known parts is passed over (RFC 4511 §4)', () => {
  const unbind = hex`30 09 02 01 05 42 00 85 02 aa bb`;
  assert.equal(decode(LdapMessage, unbind, LDAP_LIMITS).protocolOp, { unbindRequest: null });
});

const model = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { noNullPrototype: true }) as unknown as fc.Arbitrary<T>;

const ava = model({
  attributeDesc: fc.string({ unit: 'grapheme' }),
  assertionValue: fc.uint8Array({ maxLength: 8 }),
});

const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    model({ present: fc.string() }),
    model({ equalityMatch: ava }),
    model({ lessOrEqual: ava }),
    model({ approxMatch: ava }),
    model({ and: fc.array(tie('filter'), { maxLength: 3 }) }),
    model({ or: fc.array(tie('filter'), { maxLength: 3 }) }),
    model({ not: tie('filter') }),
  ) as fc.Arbitrary<Filter>,
})).filter;

s('filters go round', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      assert.equal(decode(Filter, encode(Filter, filter), LDAP_LIMITS), filter);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('all other operations go round', () => {
  for (const [name, codec] of Object.entries(OPERATIONS)) {
    if (name === 'searchRequest') continue;
    const any = codec as Codec<unknown>;
    fc.assert(
      fc.property(arbitrary(any), (value) => {
        const bytes = encode(any, value);
        const decoded = decode(any, bytes, LDAP_LIMITS);
        assert.equal(decoded, value, name);
        assert.equal(encode(any, decoded), bytes, name);
      }),
      { seed: 1, numRuns: 60 },
    );
  }
});

s('filters nested too deeply are refused before the stack is', () => {
  const nest = (depth: number): Uint8Array => {
    const heads = Array.from({ length: depth }, (_, i) => {
      const rest = 6 * (depth - i - 1) + 4;
      return [0xa2, 0x84, 0, 0, rest >> 8, rest & 0xff];
    });
    return concat(Uint8Array.from(heads.flat()), hex`87 02 63 6e`);
  };
  assert.ok(tryDecode(Filter, nest(40), LDAP_LIMITS).ok);
  const deep = tryDecode(Filter, nest(5_000), LDAP_LIMITS);
  assert.ok(!deep.ok && deep.error.reason === 'Filter is nested too deeply');
});

s('spoilt messages are refused or read, and nothing else', () => {
  fc.assert(
    fc.property(mutations(OPENLDAP_SEARCH), (bytes) => {
      tryDecode(LdapMessage, bytes, LDAP_LIMITS);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

s('operations are called as the standard calls them', () => {
  const name = (operation: ProtocolOp): string => operationName(operation);
  assert.is(name({ unbindRequest: null }), 'UnbindRequest');
  assert.is(name({ searchResRef: [] }), 'SearchResultReference');
  assert.is(
    name({ modDNResponse: { resultCode: 0, matchedDN: '', diagnosticMessage: '' } }),
    'ModifyDNResponse',
  );
});

s.run();
