import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import {
  initialToken,
  Mechanism,
  mechTypesOf,
  responseToken,
} from '../../../protocols/gss/spnego.ts';
import { LdapMessage, type ProtocolOp } from '../../../protocols/ldap/messages.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import { initiator } from '../gss/initiator.ts';
import { attribute, equals, modifyRequest, searchRequest } from '../ldap/asking.ts';

const s = suite('dissect/ldap');

const message = (protocolOp: ProtocolOp): Uint8Array =>
  encode(LdapMessage, { messageID: 7, protocolOp });

const saslBind = (credentials: Uint8Array): Uint8Array =>
  message({
    bindRequest: {
      version: 3,
      name: '',
      authentication: { sasl: { mechanism: 'GSS-SPNEGO', credentials } },
    },
  });

/** What stands at a path of a value. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((found, part) => (found as Record<string, unknown> | undefined)?.[part], value);
}

s('messages are called by their operation', () => {
  assert.is(dissector.name(message(searchRequest('DC=corp'))), 'LDAP SearchRequest');
  assert.is(dissector.name(hex`30 84 00 00 00 05 02 01 05 42 00`), 'LDAP UnbindRequest');
  assert.is(dissector.name(hex`30 03 02 01 05`), undefined);
});

s('values are text where they can be', () => {
  const search = dissector.value(message(searchRequest('DC=corp', { filter: equals('cn', 'é') })));
  assert.is(at(search, 'protocolOp.searchRequest.scope'), 'wholeSubtree');
  assert.is(at(search, 'protocolOp.searchRequest.filter.equalityMatch.assertionValue'), 'é');
  const modify = dissector.value(message(modifyRequest('', [2, attribute('a', 'b', hex`00 01`)])));
  const [change] = at(modify, 'protocolOp.modifyRequest.changes') as readonly unknown[];
  assert.is(at(change, 'operation'), 'replace');
  assert.equal(at(change, 'modification.vals'), ['b', '0001']);
});

s('tokens of binds are looked into, in SPNEGO and without', () => {
  const { token } = initiator();
  const mechTypes = mechTypesOf([Mechanism.KERBEROS]);
  const first = initialToken({ negTokenInit: { mechTypes, mechToken: token } });
  const path = 'protocolOp.bindRequest.authentication.sasl.credentials';
  const sname = 'ticket.sname';
  assert.is(at(dissector.value(saslBind(token)), `${path}.${sname}`), 'cifs/files.corp.example');
  assert.is(
    at(dissector.value(saslBind(first)), `${path}.innerToken.negTokenInit.mechToken.${sname}`),
    'cifs/files.corp.example',
  );
  const later = responseToken({ negState: 0, responseToken: token });
  const response = dissector.value(
    message({
      bindResponse: {
        resultCode: 14,
        matchedDN: '',
        diagnosticMessage: '',
        serverSaslCreds: later,
      },
    }),
  );
  const answered = at(response, 'protocolOp.bindResponse.serverSaslCreds.negTokenResp');
  assert.is(at(answered, 'negState'), 'accept-completed');
  assert.is(at(answered, `responseToken.${sname}`), 'cifs/files.corp.example');
  const rows = dissector.fields(saslBind(first));
  assert.ok(rows.some(({ path: row }) => row.endsWith('AP-REQ.ticket.sname')));
  assert.is(at(dissector.value(saslBind(utf8('nothing'))), path), '6e6f7468696e67');
});

s('rows are those of BER', () => {
  const rows = dissector.fields(
    hex`30 84 00 00 00 10 02 01 08 60 84 00 00 00 07 02 01 03 04 00 80 00`,
  );
  assert.not(rows.some(({ type }) => type === 'error'));
  assert.is(rows.at(-1)?.path, 'LDAPMessage.protocolOp.bindRequest.authentication.simple');
});

s.run();
