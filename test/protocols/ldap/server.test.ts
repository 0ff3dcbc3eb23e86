import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Effect, LdapEnv } from '../../../protocols/ldap/host.ts';
import { LdapMessage, type ProtocolOp } from '../../../protocols/ldap/messages.ts';
import { connected, type Event, step } from '../../../protocols/ldap/server.ts';
import type { Connection } from '../../../protocols/ldap/state.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { playbook } from '../../playbook.ts';
import {
  addRequest,
  attribute,
  bindRequest,
  DOMAIN_DN,
  modifyRequest,
  searchRequest,
} from './asking.ts';
import { ldapDomain, PASSWORD } from './ldap-domain.ts';

const s = suite('ldap/server');
const domain = ldapDomain();
const play = () =>
  playbook<Connection, Event, Effect, LdapEnv>(step, connected(), () => domain.env());

const received = (
  protocolOp: ProtocolOp,
  messageID = 1,
  controls?: LdapMessage['controls'],
): Event => ({
  kind: 'received',
  bytes: encode(LdapMessage, {
    messageID,
    protocolOp,
    ...(controls === undefined ? {} : { controls }),
  }),
});

const octets = (bytes: Uint8Array): Event => ({ kind: 'received', bytes });

const sent = (effects: readonly Effect[]): readonly LdapMessage[] =>
  effects.flatMap((effect) => (effect.kind === 'send' ? [decode(LdapMessage, effect.bytes)] : []));

s('a connection: bind, search, unbind', () => {
  play()
    .on(received(bindRequest('CORP\\alice', PASSWORD)))
    .emits({ kind: 'note' }, { kind: 'send', message: 'LDAP BindResponse' })
    .ends('bound')
    .on(received(searchRequest(`CN=Users,${DOMAIN_DN}`, { scope: 0 }), 2))
    .emits(
      { kind: 'note' },
      { kind: 'send', message: 'LDAP SearchResultEntry' },
      { kind: 'send', message: 'LDAP SearchResultDone' },
    )
    .check((effects) => {
      for (const { messageID } of sent(effects)) assert.is(messageID, 2);
    })
    .on(received({ unbindRequest: null }, 3))
    .emits({ kind: 'close' })
    .ends('anonymous');
});

s('a write, and then its answer', () => {
  play()
    .on(received(bindRequest('CORP\\Administrator', PASSWORD)))
    .on(received(addRequest(`CN=x,CN=Users,${DOMAIN_DN}`, { objectClass: 'contact' })))
    .emits({ kind: 'write' }, { kind: 'send', message: 'LDAP AddResponse' })
    .on(received(modifyRequest(`CN=bob,CN=Users,${DOMAIN_DN}`, [2, attribute('description', 'b')])))
    .emits({ kind: 'write' }, { kind: 'send', message: 'LDAP ModifyResponse' });
});

s('what is abandoned is answered already', () => {
  play()
    .on(received({ abandonRequest: 7 }))
    .emits()
    .ends('anonymous');
});

function ended(event: Event, why: string): void {
  play()
    .on(event)
    .emits(
      { kind: 'note', text: (text) => text.includes(why) },
      { kind: 'send', message: 'LDAP ExtendedResponse' },
      { kind: 'close' },
    )
    .check((effects) => {
      const [notice] = sent(effects);
      assert.is(notice?.messageID, 0);
      assert.ok(notice !== undefined && 'extendedResp' in notice.protocolOp);
      if (notice === undefined || !('extendedResp' in notice.protocolOp)) return;
      assert.is(notice.protocolOp.extendedResp.resultCode, 2);
      assert.is(notice.protocolOp.extendedResp.responseName, '1.3.6.1.4.1.1466.20036');
    });
}

s('what cannot be read ends the connection with a notice (RFC 4511 §4.1.1)', () => {
  ended(octets(hex`30 03 02 01 01`), 'protocolOp');
  ended(octets(hex`30 05 02 01 01 5f 00`), 'protocolOp');
  ended(octets(hex`30 05 02 01 00 42 00`), 'messageID 0');
  ended(octets(hex`05 04 00 ff`), 'no security layer');
  ended({ kind: 'malformed', reason: 'the length is indefinite' }, 'indefinite');
  ended(
    received({ bindResponse: { resultCode: 0, matchedDN: '', diagnosticMessage: '' } }),
    'BindResponse',
  );
  ended(octets(hex`30 0e 02 01 01 60 09 02 01 03 04 02 ff fe 80 00`), 'UTF-8');
});

s('a control that matters and is not known: unavailableCriticalExtension', () => {
  const control = { controlType: '1.2.3.4', criticality: true };
  for (const [request, response] of [
    [bindRequest('', ''), 'LDAP BindResponse'],
    [searchRequest('', { scope: 0 }), 'LDAP SearchResultDone'],
    [{ delRequest: 'a' }, 'LDAP DelResponse'],
    [{ extendedReq: { requestName: '1.2' } }, 'LDAP ExtendedResponse'],
    [
      { compareRequest: { entry: '', ava: { attributeDesc: 'a', assertionValue: utf8('') } } },
      'LDAP CompareResponse',
    ],
    [{ modDNRequest: { entry: '', newrdn: '', deleteoldrdn: true } }, 'LDAP ModifyDNResponse'],
  ] as const) {
    play()
      .on(received(request, 1, [control]))
      .emits({ kind: 'note' }, { kind: 'send', message: response })
      .check((effects) => {
        const [body] = Object.values(sent(effects)[0]?.protocolOp ?? {});
        assert.is((body as { resultCode: number }).resultCode, 12);
        assert.match(
          (body as { diagnosticMessage: string }).diagnosticMessage,
          /^00000057: LdapErr: .*Error processing control/,
        );
      });
  }
});

s.run();
