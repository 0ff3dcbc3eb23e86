import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import type { KeyRecord } from '../../../src/machine/actor.ts';
import type { DissectedField, Keyring } from '../../../src/trace/dissector.ts';
import { root } from '../../root.ts';
import { vector } from '../pac/vectors.ts';
import { EXCHANGE, KEYS, MESSAGES } from './exchange.ts';

const s = suite('dissector');

function keyring(keys: readonly KeyRecord[] = KEYS, learnt = MESSAGES): Keyring {
  const own = dissector.keyring();
  own.add(keys);
  for (const message of learnt) own.learn(message);
  return own;
}

/** Rows of a message and of all plaintexts in it. */
function everyRow(rows: readonly DissectedField[]): readonly DissectedField[] {
  return rows.flatMap((row) => [row, ...everyRow(row.opened?.fields ?? [])]);
}
const ciphers = (rows: readonly DissectedField[]): string[] =>
  everyRow(rows)
    .filter(({ path }) => path.endsWith('cipher'))
    .map(({ opened }) => opened?.key ?? 'closed');

/** What stands at a path of a value. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((found, part) => (found as Record<string, unknown> | undefined)?.[part], value);
}

s('names messages by their first octet, also inside GSS-API tokens', () => {
  assert.equal(
    MESSAGES.map((bytes) => dissector.name(bytes)),
    ['AS-REQ', 'KRB-ERROR', 'AS-REP', 'TGS-REQ', 'TGS-REP', 'AP-REQ', 'AP-REP'],
  );
  assert.is(dissector.name(vector('mit/w2022-ticket')), 'Ticket');
  assert.is(dissector.name(hex`3003020105`), undefined);
  assert.is(dissector.name(hex`3009a103020102a2020400`, { message: 'PA-DATA' }), 'PA-DATA');
  assert.is(dissector.name(hex``), undefined);
});

s('opens everything in an exchange, and says with which key', () => {
  const keys = keyring();
  const opened = MESSAGES.map((bytes) => ciphers(dissector.fields(bytes, {}, keys)));
  const tgs = 'alice@CONTOSO.COM for krbtgt/CONTOSO.COM@CONTOSO.COM';
  const cifs = 'alice@CONTOSO.COM for cifs/files.contoso.com@CONTOSO.COM';
  assert.equal(opened, [
    ['alice@CONTOSO.COM kvno 3'],
    [],
    ['krbtgt/CONTOSO.COM@CONTOSO.COM kvno 2', 'alice@CONTOSO.COM kvno 3'],
    ['krbtgt/CONTOSO.COM@CONTOSO.COM kvno 2', `session key of ${tgs}`, `subkey of ${tgs}`],
    // The service's key is found although the ticket names it otherwise.
    ['FILES$@CONTOSO.COM kvno 5', `subkey of ${tgs}`],
    ['FILES$@CONTOSO.COM kvno 5', `session key of ${cifs}`],
    [`session key of ${cifs}`],
  ]);
});

s("knows session keys from the client's side too, without the service's", () => {
  const client = keyring(KEYS.slice(0, 1));
  assert.equal(ciphers(dissector.fields(EXCHANGE.apReq, {}, client)), [
    'closed',
    'session key of alice@CONTOSO.COM for cifs/files.contoso.com@CONTOSO.COM',
  ]);
  assert.equal(ciphers(dissector.fields(EXCHANGE.tgsRep, {}, keyring([]))), ['closed', 'closed']);
});

s('keys that come later open what stayed closed before', () => {
  const late = dissector.keyring();
  assert.equal(ciphers(dissector.fields(EXCHANGE.asRep, {}, late)), ['closed', 'closed']);
  late.add(KEYS);
  assert.equal(ciphers(dissector.fields(EXCHANGE.asRep, {}, late)).includes('closed'), false);
});

s('rows have the offsets of what they show', () => {
  const keys = keyring();
  const { tgsReq } = EXCHANGE;
  const rows = dissector.fields(tgsReq, {}, keys);
  const row = (path: string): DissectedField => {
    const found = everyRow(rows).find((one) => one.path === path);
    assert.ok(found, path);
    return found as DissectedField;
  };
  const options = row('TGS-REQ.padata[1].padataValue.PA-PAC-OPTIONS.options');
  assert.is(toHex(tgsReq.subarray(options.start, options.end)), 'a00703050040000000');
  assert.is(options.name, 'branchAware');
  const ticket = row('TGS-REQ.padata[0].padataValue.AP-REQ.ticket.encPart.cipher');
  const plaintext = ticket.opened?.bytes as Uint8Array;
  const name = row(`${ticket.path}.EncTicketPart.cname.nameString[0]`);
  assert.is(toHex(plaintext.subarray(name.start, name.end)), '1b05616c696365');
  const pac = `${ticket.path}.EncTicketPart.authorizationData[0].adData.AuthorizationData[0].adData.PACTYPE`;
  const fullName = row(`${pac}.LOGON_INFO.*.FullName.Buffer.*`);
  assert.is(fullName.value, 'Alice Example');
  assert.is(
    toHex(plaintext.subarray(fullName.end - 14, fullName.end)),
    '4500780061006d0070006c006500',
  );
});

s('parents come before their children and contain them', () => {
  const keys = keyring();
  const check = (rows: readonly DissectedField[], length: number): void => {
    for (const [i, row] of rows.entries()) {
      assert.ok(row.start >= 0 && row.start <= row.end && row.end <= length, row.path);
      const parent = rows
        .slice(0, i)
        .findLast(
          (one) =>
            row.path !== one.path &&
            row.path.startsWith(one.path) &&
            /^[.[]/.test(row.path.slice(one.path.length)),
        );
      assert.ok(i === 0 || parent !== undefined, `${row.path} has no parent`);
      // What a pointer of NDR points to stands behind the structure, not inside the pointer.
      if (parent !== undefined && !row.path.includes('.*')) {
        assert.ok(
          row.start >= parent.start && row.end <= parent.end,
          `${row.path} in ${parent.path}`,
        );
      }
      if (row.opened !== undefined) check(row.opened.fields, row.opened.bytes.length);
    }
  };
  for (const bytes of MESSAGES) check(dissector.fields(bytes, {}, keys), bytes.length);
});

s('values have the short paths that scenarios use', () => {
  const keys = keyring();
  const value = Object.fromEntries(
    Object.entries(EXCHANGE).map(([name, bytes]) => [name, dissector.value(bytes, {}, keys)]),
  );
  const expected: readonly (readonly [string, unknown])[] = [
    ['asReq.padata', ['PA-ENC-TIMESTAMP', 'PA-PAC-REQUEST']],
    ['asReq.padataValue.PA-ENC-TIMESTAMP.patimestamp', '2024-01-01T00:00:00Z'],
    ['asReq.padataValue.PA-PAC-REQUEST.includePac', true],
    ['asReq.reqBody.cname', 'alice'],
    ['asReq.reqBody.sname', 'krbtgt/CONTOSO.COM'],
    ['asReq.reqBody.kdcOptions', ['forwardable', 'canonicalize']],
    ['asReq.reqBody.etype', ['aes256-cts-hmac-sha1-96', 'rc4-hmac']],
    ['krbError.errorCode', 'KDC_ERR_PREAUTH_REQUIRED'],
    ['krbError.eData.padata', ['PA-ETYPE-INFO2', 'PA-ENC-TIMESTAMP']],
    [
      'krbError.eData.padataValue.PA-ETYPE-INFO2',
      [{ etype: 'aes256-cts-hmac-sha1-96', salt: 'CONTOSO.COMalice' }, { etype: 'rc4-hmac' }],
    ],
    ['asRep.ticket.encPart.kvno', 2],
    ['asRep.ticket.encPart.flags', ['forwardable', 'preAuthent']],
    ['asRep.ticket.encPart.etype', 'aes256-cts-hmac-sha1-96'],
    ['asRep.ticket.encPart.openedBy', 'krbtgt/CONTOSO.COM@CONTOSO.COM kvno 2'],
    ['asRep.ticket.encPart.authorizationData', ['AD-IF-RELEVANT', 'AD-WIN2K-PAC']],
    ['asRep.encPart.encryptedPaData', ['PA-SUPPORTED-ENCTYPES']],
    ['asRep.pac.groups', ['Domain Users']],
    ['asRep.pac.upn', 'alice@contoso.com'],
    ['asRep.pac.sid', 'S-1-5-21-1-2-3-1105'],
    ['asRep.pac.extraSids', ['S-1-18-1']],
    ['asRep.pac.LOGON_INFO.UserFlags', ['LOGON_EXTRA_SIDS']],
    ['asRep.pac.LOGON_INFO.PasswordMustChange', 'never'],
    [
      'tgsRep.pac.buffers',
      [
        'LOGON_INFO',
        'SERVER_CHECKSUM',
        'KDC_CHECKSUM',
        'CLIENT_INFO',
        'UPN_DNS_INFO',
        'TICKET_CHECKSUM',
        'FULL_CHECKSUM',
      ],
    ],
    ['tgsReq.padataValue.PA-TGS-REQ.ticket.sname', 'krbtgt/CONTOSO.COM'],
    ['tgsReq.padataValue.PA-TGS-REQ.authenticator.cname', 'alice'],
    ['tgsReq.padataValue.PA-PAC-OPTIONS.options', ['branchAware']],
    ['tgsReq.reqBody.encAuthorizationData.authorizationData', ['KERB-LOCAL']],
    ['tgsReq.pac.user', 'alice'],
    ['tgsRep.ticket.sname', 'cifs/files.contoso.com'],
    ['tgsRep.encPart.sname', 'cifs/files.contoso.com'],
    ['apReq.ticket.sname', 'cifs/files.contoso.com'],
    ['apReq.authenticator.cksum.checksum.flags', ['mutual', 'integ']],
    ['apReq.authenticator.authorizationData', ['AD-IF-RELEVANT', 'AD-AUTH-DATA-AP-OPTIONS']],
    ['apRep.encPart.seqNumber', 9],
  ];
  for (const [path, wanted] of expected) assert.equal(at(value, path), wanted, path);
  assert.is(JSON.stringify(value).includes('bigint'), false);
});

s('values without keys say what is in the clear', () => {
  const value = dissector.value(EXCHANGE.asRep);
  assert.equal(at(value, 'ticket.encPart'), { etype: 'aes256-cts-hmac-sha1-96', kvno: 2 });
  assert.is(at(value, 'pac'), undefined);
  assert.is(dissector.value(hex`3003020105`), undefined);
  assert.is(dissector.value(EXCHANGE.asRep.subarray(0, 100)), undefined);
});

s('a ticket of Windows Server 2022, down to its resource groups', () => {
  const keys = keyring([
    {
      principal: 'cifs/w2022-118.w2022-l7.base@W2022-L7.BASE',
      kvno: 5,
      etype: 18,
      key: '114a84e3148faab1fa7b5351b28ac2f1fd196d61e0f3f23e1fdbd3c1797dc1ee',
    },
  ]);
  const value = dissector.value(vector('mit/w2022-ticket'), {}, keys);
  assert.equal(at(value, 'encPart.pac.groups'), [
    'Domain Users',
    'Domain Admins',
    'Group Policy Creator Owners',
    'Schema Admins',
    'Enterprise Admins',
    'Denied RODC Password Replication Group',
  ]);
  assert.is(at(value, 'encPart.pac.upn'), 'Administrator@w2022-l7.base');
});

s('FAST and user-to-user between MIT krb5 and FreeRDP, opened to the last ciphertext', () => {
  const { keys, messages } = JSON.parse(
    readFileSync(root('test/vectors/mit/user-to-user.json'), 'utf8'),
  ) as { readonly keys: readonly KeyRecord[]; readonly messages: readonly { octets: string }[] };
  const octets = messages.map((message) => fromHex(message.octets));
  const own = keyring(keys, octets);
  const opened = octets.flatMap((bytes) => ciphers(dissector.fields(bytes, {}, own)));
  assert.is(opened.length, 13);
  assert.equal(
    opened.filter((name) => name === 'closed'),
    [],
  );
  assert.ok(opened.some((name) => name.startsWith('armor key of the subkey of user@')));
  assert.ok(opened.some((name) => name.endsWith(', strengthened')));
});

s('octets that are no message fall back to generic ASN.1', () => {
  const [first, second] = dissector.fields(hex`3003020105`);
  assert.is(first?.type, 'SEQUENCE');
  assert.is(second?.value, 5);
  assert.is(dissector.fields(hex`ffff`)[0]?.type, 'octets');
});

s('a keyring of another dissector is refused', () => {
  const other: Keyring = { add() {}, learn() {} };
  assert.throws(() => dissector.fields(EXCHANGE.asRep, {}, other), /another dissector/);
});

s('mutated messages are shown as far as they go, never worse', () => {
  const keys = keyring();
  fc.assert(
    fc.property(
      fc.constantFrom(...MESSAGES, vector('mit/w2022-ticket')),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      fc.nat(),
      (seed, edits, cut) => {
        const bytes = seed.slice(0, cut % 4 === 0 ? cut % seed.length : seed.length);
        for (const [where, octet] of edits)
          if (bytes.length > 0) bytes[where % bytes.length] = octet;
        dissector.name(bytes);
        keys.learn(bytes);
        dissector.value(bytes, {}, keys);
        for (const row of everyRow(dissector.fields(bytes, {}, keys))) {
          assert.ok(row.start <= row.end, row.path);
        }
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});

s.run();
