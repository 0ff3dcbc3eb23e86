import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SecurityLayer, unwrap, wrap } from '../../../protocols/gss/per-message.ts';
import { initialToken, Mechanism, mechTypesOf, openSpnego } from '../../../protocols/gss/spnego.ts';
import { GssFlags } from '../../../protocols/kerberos/gss.ts';
import { LdapMessage, type ProtocolOp } from '../../../protocols/ldap/messages.ts';
import { concat, fromUtf8, hex, uint32be } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { ALL_FLAGS, initiator } from '../gss/initiator.ts';
import { ALICE, freshKey } from '../kerberos/forged-kdc.ts';
import { attribute, DOMAIN_DN, modifyRequest, resultOf, searchRequest } from './asking.ts';
import { LDAP_NAME, type LdapClient, ldapClient, ldapDomain } from './ldap-domain.ts';

const s = suite('ldap/sasl-bind');
const random = seededRandom(5, 'client');
const domain = ldapDomain();
const WHO_AM_I: ProtocolOp = { extendedReq: { requestName: '1.3.6.1.4.1.4203.1.11.3' } };

function saslBind(client: LdapClient, mechanism: string, credentials?: Uint8Array) {
  const sasl = { mechanism, ...(credentials === undefined ? {} : { credentials }) };
  const answers = client.ask({ bindRequest: { version: 3, name: '', authentication: { sasl } } });
  const operation = answers.at(-1)?.protocolOp ?? { unbindRequest: null };
  const creds = 'bindResponse' in operation ? operation.bindResponse.serverSaslCreds : undefined;
  return { ...resultOf(answers), token: creds ?? hex`` };
}

const ticket = (cname = ALICE, gssFlags = ALL_FLAGS) =>
  initiator(gssFlags, { sname: LDAP_NAME, part: { cname } });

/** Binds with GSSAPI up to the choice of `layer`; the client's side of the context. */
function gssapiOffered(client: LdapClient, who = ticket()): SecurityLayer {
  const first = saslBind(client, 'GSSAPI', who.token);
  assert.is(first.code, 14);
  const layer = who.layer(first.token);
  const second = saslBind(client, 'GSSAPI');
  assert.is(second.code, 14);
  const offer = unwrap(layer, second.token);
  if (!offer.ok) throw new Error(offer.reason);
  assert.equal(offer.message, hex`07 a0 00 00`);
  return offer.layer;
}

function gssapiChosen(client: LdapClient, choice: number, size: number, authorization = hex``) {
  const layer = gssapiOffered(client);
  const octets = uint32be(size);
  octets[0] = choice;
  const wrapped = wrap(layer, concat(octets, authorization), { sealed: false, random });
  return { layer: wrapped.layer, ...saslBind(client, 'GSSAPI', wrapped.token) };
}

/** Sends requests in one SASL buffer; what comes back, unwrapped. */
function under(
  client: LdapClient,
  layer: SecurityLayer,
  sealed: boolean,
  ...requests: readonly ProtocolOp[]
) {
  const octets = requests.map((protocolOp, i) =>
    encode(LdapMessage, { messageID: 100 + i, protocolOp }),
  );
  let { layer: current, token } = wrap(layer, concat(...octets), { sealed, random });
  const effects = client.raw(token);
  let stream = hex``;
  let buffers = 0;
  let longest = 0;
  for (const effect of effects) {
    if (effect.kind !== 'send') continue;
    const opened = unwrap(current, effect.bytes);
    if (!opened.ok) throw new Error(opened.reason);
    assert.is(opened.sealed, sealed);
    assert.is(opened.order, 'next');
    current = opened.layer;
    stream = concat(stream, opened.message);
    buffers++;
    longest = Math.max(longest, effect.bytes.length);
  }
  const messages: LdapMessage[] = [];
  while (stream.length > 0) {
    const length = (stream[1] as number) < 0x80 ? 2 + (stream[1] as number) : lengthOf(stream);
    messages.push(decode(LdapMessage, stream.subarray(0, length)));
    stream = stream.subarray(length);
  }
  return { messages, effects, layer: current, buffers, longest };
}

function lengthOf(stream: Uint8Array): number {
  const size = (stream[1] as number) & 0x7f;
  return 2 + size + stream.subarray(2, 2 + size).reduce((sum, octet) => sum * 256 + octet, 0);
}

const whoIn = (messages: readonly LdapMessage[]): string => {
  const operation = messages[0]?.protocolOp ?? { unbindRequest: null };
  return 'extendedResp' in operation ? fromUtf8(operation.extendedResp.responseValue ?? hex``) : '';
};

s('GSSAPI without a layer', () => {
  const client = ldapClient(domain);
  assert.is(gssapiChosen(client, 1, 0).code, 0);
  assert.is(client.connection.layer, undefined);
  assert.is(whoIn(client.ask(WHO_AM_I)), 'u:CORP\\alice');
});

for (const [name, choice, sealed] of [
  ['integrity', 2, false],
  ['confidentiality', 4, true],
] as const) {
  s(`GSSAPI with ${name}`, () => {
    const client = ldapClient(domain);
    const { code, layer } = gssapiChosen(client, choice, 0x10000);
    assert.is(code, 0);
    const first = under(client, layer, sealed, WHO_AM_I);
    assert.is(whoIn(first.messages), 'u:CORP\\alice');
    const two = under(client, first.layer, sealed, WHO_AM_I, searchRequest('', { scope: 0 }));
    assert.equal(
      two.messages.map(({ messageID }) => messageID),
      [100, 101, 101],
    );
  });
}

s('answers are cut to the buffers that the client takes', () => {
  const client = ldapClient(domain);
  const { layer } = gssapiChosen(client, 4, 300);
  const { messages, buffers, longest } = under(
    client,
    layer,
    true,
    searchRequest('', { scope: 0 }),
  );
  assert.is(messages.length, 2);
  assert.ok(buffers > 8, `${buffers} buffers`);
  assert.ok(longest <= 300, `a token of ${longest} octets`);
});

s('GSS-SPNEGO takes its layer from the flags', () => {
  for (const [flags, sealed] of [
    [ALL_FLAGS, true],
    [GssFlags.mutual | GssFlags.integ, false],
    [GssFlags.mutual, undefined],
  ] as const) {
    const client = ldapClient(domain);
    const who = ticket(ALICE, flags);
    const mechTypes = mechTypesOf([Mechanism.KERBEROS]);
    const token = initialToken({ negTokenInit: { mechTypes, mechToken: who.token } });
    const { code, token: reply } = saslBind(client, 'GSS-SPNEGO', token);
    assert.is(code, 0);
    const opened = openSpnego(reply);
    if (!opened.ok || !('negTokenResp' in opened.token)) throw new Error('no NegTokenResp');
    const layer = who.layer(opened.token.negTokenResp.responseToken);
    if (sealed === undefined) assert.is(whoIn(client.ask(WHO_AM_I)), 'u:CORP\\alice');
    else assert.is(whoIn(under(client, layer, sealed, WHO_AM_I).messages), 'u:CORP\\alice');
  }
});

s('passwords are written where the connection is sealed, and only there', () => {
  const password = concat(
    hex`22 00`,
    hex`4e 00 65 00 77 00 50 00 34 00 73 00 73 00 21 00`,
    hex`22 00`,
  );
  const alice = `CN=Alice Example,OU=Sales,${DOMAIN_DN}`;
  const change = modifyRequest(alice, [2, attribute('unicodePwd', password)]);
  const administrator = ticket({ nameType: 1, nameString: ['Administrator'] });
  const outcome = (choice: number, sealed: boolean): number => {
    const client = ldapClient(ldapDomain());
    const layer = gssapiOffered(client, administrator);
    const wrapped = wrap(
      layer,
      hex`00 01 00 00`.map((octet, i) => (i === 0 ? choice : octet)),
      { sealed: false, random },
    );
    assert.is(saslBind(client, 'GSSAPI', wrapped.token).code, 0);
    return resultOf(under(client, wrapped.layer, sealed, change).messages).code;
  };
  assert.is(outcome(2, false), 53);
  assert.is(outcome(4, true), 0);
});

s('who may act as whom', () => {
  const authorization = (text: string): number => {
    const client = ldapClient(domain);
    return gssapiChosen(client, 1, 0, new TextEncoder().encode(text)).code;
  };
  assert.is(authorization('u:alice'), 0);
  assert.is(authorization('u:CORP\\alice'), 0);
  assert.is(authorization('u:administrator'), 49);
  assert.is(authorization('dn:cn=administrator'), 49);
});

s('a layer that was not offered, or too small a buffer, is refused', () => {
  assert.is(gssapiChosen(ldapClient(domain), 8, 0x10000).code, 49);
  assert.is(gssapiChosen(ldapClient(domain), 6, 0x10000).code, 49);
  assert.is(gssapiChosen(ldapClient(domain), 4, 10).code, 49);
});

s('a ticket that does not open is invalidCredentials', () => {
  const client = ldapClient(domain);
  const wrong = initiator(ALL_FLAGS, { sname: LDAP_NAME, key: freshKey(18) });
  assert.is(saslBind(client, 'GSSAPI', wrong.token).code, 49);
  assert.is(client.connection.name, 'anonymous');
  assert.is(saslBind(client, 'GSS-SPNEGO', hex`4e 54 4c 4d 53 53 50 00`).code, 49);
});

s('a client without an initial response is told to begin', () => {
  const client = ldapClient(domain);
  const first = saslBind(client, 'GSSAPI');
  assert.equal([first.code, first.token.length], [14, 0]);
  gssapiOffered(client);
  const spnego = saslBind(ldapClient(domain), 'GSS-SPNEGO');
  assert.is(spnego.code, 14);
  assert.ok(openSpnego(spnego.token).ok);
});

s('a layer stays when a later bind brings no other', () => {
  const client = ldapClient(domain);
  const { layer } = gssapiChosen(client, 4, 0x10000);
  const anonymous = { bindRequest: { version: 3, name: '', authentication: { simple: hex`` } } };
  const rebound = under(client, layer, true, anonymous);
  assert.is(resultOf(rebound.messages).code, 0);
  assert.is(client.connection.name, 'anonymous');
  assert.is(whoIn(under(client, rebound.layer, true, WHO_AM_I).messages), '');
});

s('nothing else is done in the midst of a bind', () => {
  const client = ldapClient(domain);
  saslBind(client, 'GSSAPI', ticket().token);
  assert.is(client.connection.name, 'binding');
  const { code, message } = resultOf(client.ask(searchRequest('', { scope: 0 })));
  assert.is(code, 1);
  assert.match(message, 'A bind operation is in progress');
});

s('what comes outside of the layer, altered or twice, ends the connection', () => {
  const start = () => {
    const client = ldapClient(domain);
    return { client, layer: gssapiChosen(client, 4, 0x10000).layer };
  };
  const closes = (
    send: (given: ReturnType<typeof start>) => readonly { readonly kind: string }[],
  ): void => {
    assert.is(send(start()).at(-1)?.kind, 'close');
  };
  const message = encode(LdapMessage, { messageID: 1, protocolOp: WHO_AM_I });
  closes(({ client }) => client.raw(message));
  closes(({ client, layer }) => client.raw(wrap(layer, message, { sealed: false, random }).token));
  closes(({ client, layer }) => {
    const { token } = wrap(layer, message, { sealed: true, random });
    assert.is(client.raw(token).at(-1)?.kind, 'send');
    return client.raw(token);
  });
  closes(({ client, layer }) =>
    client.raw(wrap(layer, hex`31 00`, { sealed: true, random }).token),
  );
  const plain = ldapClient(domain);
  assert.is(plain.raw(hex`05 04 06 ff`).at(-1)?.kind, 'close');
});

s.run();
