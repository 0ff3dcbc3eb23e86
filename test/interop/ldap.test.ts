/**
 * OpenLDAP's tools against `kerblab serve --ldap`, with tickets that MIT's kinit got from its KDC, and
 * tshark over what the trace has of it. SASL GSSAPI and GSS-SPNEGO are Cyrus SASL's plug-in of MIT krb5.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kerberosTcpFraming } from '../../protocols/kerberos/framing.ts';
import { ldapFraming } from '../../protocols/ldap/framing.ts';
import { LdapMessage } from '../../protocols/ldap/messages.ts';
import { concat, hex, utf8, utf16le } from '../../src/bytes/bytes.ts';
import { decode } from '../../src/der/codec.ts';
import { captureOf } from '../../src/trace/capture.ts';
import { pcapng } from '../../src/trace/pcapng.ts';
import type { TraceRecord } from '../../src/trace/record.ts';
import { peer, peerTest } from '../peers.ts';
import { cacheOf, execute, type Outcome, type Served, serve } from './served.ts';

const PASSWORD = 'Passw0rd!';
const BASE = 'DC=corp,DC=example';
const s = suite('OpenLDAP clients');
let served: Served;
let administrator: { readonly dn: string; readonly password: string };

s.before(async () => {
  served = await serve('scenarios/password-sign-in.yaml', [
    '--kdc',
    '0',
    '--ldap',
    '0',
    '--trace',
    '0',
  ]);
  const lines = readFileSync(join(served.folder, 'ldap-admin.txt'), 'utf8');
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(lines)?.[1] ?? '';
  administrator = { dn: field('dn'), password: field('password') };
});
s.after(async () => {
  const { code } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
});

const port = (): string => (served.ready.ldap as string).split(':').at(-1) as string;

const run = (name: string, cache: string, args: readonly string[], input = ''): Promise<Outcome> =>
  execute(peer(name) as string, args, cacheOf(served, cache), input);

/** As the administrator, by name and password in clear. */
function simple(name: string, args: readonly string[], input = ''): Promise<Outcome> {
  const { dn, password } = administrator;
  const who = ['-x', '-H', `ldap://127.0.0.1:${port()}`, '-D', dn, '-w', password];
  return run(name, 'none', [...who, ...args], input);
}

type Mechanism = 'GSSAPI' | 'GSS-SPNEGO';

/** With the ticket in the cache; by default sealed, as Cyrus SASL does what it can. */
function kerberos(
  name: string,
  cache: string,
  args: readonly string[] = [],
  input = '',
  mechanism: Mechanism = 'GSSAPI',
): Promise<Outcome> {
  const how = ['-N', '-Y', mechanism, '-H', `ldap://localhost:${port()}`];
  return run(name, cache, [...how, ...args], input);
}

async function signedIn(cache: string, name: string, password: string): Promise<void> {
  const kinit = await run('kinit', cache, [name], `${password}\n`);
  assert.is(kinit.code, 0, kinit.stderr);
}

const quoted = (password: string): string =>
  Buffer.from(utf16le(`"${password}"`)).toString('base64');

peerTest(s, 'ldapsearch reads the rootDSE without a bind', ['ldapsearch'], async () => {
  const all = await run('ldapsearch', 'none', [
    '-LLL',
    '-x',
    '-H',
    `ldap://127.0.0.1:${port()}`,
    '-b',
    '',
    '-s',
    'base',
  ]);
  assert.is(all.code, 0, all.stderr);
  for (const line of [
    `defaultNamingContext: ${BASE}`,
    'dnsHostName: dc1.corp.example',
    'supportedSASLMechanisms: GSS-SPNEGO',
    'supportedCapabilities: 1.2.840.113556.1.4.800',
    'supportedControl: 1.2.840.113556.1.4.319',
  ]) {
    assert.ok(all.stdout.includes(`\n${line}\n`), `${line} in ${all.stdout}`);
  }
});

peerTest(s, 'simple binds, right and wrong', ['ldapwhoami'], async () => {
  const right = await simple('ldapwhoami', []);
  assert.is(right.stdout.trim(), 'u:CORP\\Administrator');
  const uri = ['-x', '-H', `ldap://127.0.0.1:${port()}`];
  const upn = await run('ldapwhoami', 'none', [...uri, '-D', 'alice@corp.example', '-w', PASSWORD]);
  assert.is(upn.stdout.trim(), 'u:CORP\\alice');
  const wrong = await run('ldapwhoami', 'none', [...uri, '-D', 'CORP\\alice', '-w', 'no']);
  assert.is(wrong.code, 49);
  assert.match(wrong.stderr, 'AcceptSecurityContext error, data 52e');
  const nobody = await run('ldapwhoami', 'none', uri);
  assert.is(nobody.stdout.trim(), 'anonymous');
  const unbound = await run('ldapsearch', 'none', [...uri, '-b', BASE]);
  assert.match(unbound.stdout, 'a successful bind must be completed on the connection');
});

const LAYERS: readonly (readonly [string, readonly string[], number])[] = [
  ['none', ['-O', 'maxssf=0'], 0],
  ['integrity', ['-O', 'minssf=1,maxssf=1'], 1],
  ['confidentiality', ['-O', 'minssf=56'], 256],
];

peerTest(s, 'the controller is known by the names of this machine', ['kinit', 'kvno'], async () => {
  await signedIn('names', 'alice', PASSWORD);
  const names = ['ldap/localhost', 'ldap/127.0.0.1', 'host/localhost', 'ldap/dc1.corp.example'];
  const tickets = await run('kvno', 'names', names);
  assert.is(tickets.code, 0, tickets.stderr);
  const stranger = await run('kvno', 'names', ['ldap/elsewhere']);
  assert.match(stranger.stderr, 'not found in Kerberos database');
});

for (const mechanism of ['GSSAPI', 'GSS-SPNEGO'] as const) {
  for (const [layer, options, ssf] of LAYERS) {
    // Cyrus SASL's GSS-SPNEGO asks MIT's library for both or none: there is no integrity alone.
    if (mechanism === 'GSS-SPNEGO' && layer === 'integrity') continue;
    peerTest(s, `${mechanism} with ${layer}`, ['kinit', 'ldapwhoami'], async () => {
      await signedIn(`${mechanism}-${layer}`, 'alice', PASSWORD);
      const who = await kerberos('ldapwhoami', `${mechanism}-${layer}`, options, '', mechanism);
      assert.is(who.stdout.trim(), 'u:CORP\\alice', who.stderr);
      assert.match(who.stderr, `SASL SSF: ${ssf}\n`);
    });
  }
}

peerTest(
  s,
  'a user who is made over LDAP signs in at once, and one who is deleted is no more',
  ['kinit', 'kvno', 'ldapadd', 'ldapdelete'],
  async () => {
    const dn = `CN=carol,CN=Users,${BASE}`;
    const entry = `dn: ${dn}\nobjectClass: user\nsAMAccountName: carol\nuserAccountControl: 512\nunicodePwd:: ${quoted('N3wPassw0rd!')}\n`;
    const inClear = await simple('ldapadd', [], entry);
    assert.is(inClear.code, 53, 'passwords do not travel in clear');
    await signedIn('administrator', 'Administrator', administrator.password);
    const added = await kerberos('ldapadd', 'administrator', [], entry);
    assert.is(added.code, 0, added.stderr);
    await signedIn('carol', 'carol', 'N3wPassw0rd!');
    const who = await kerberos('ldapwhoami', 'carol', [], '', 'GSS-SPNEGO');
    assert.is(who.stdout.trim(), 'u:CORP\\carol');
    const reset = `dn: ${dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: ${quoted('0therPassw0rd!')}\n`;
    const modified = await kerberos('ldapmodify', 'administrator', [], reset);
    assert.is(modified.code, 0, modified.stderr);
    const old = await run('kinit', 'carol-old', ['carol'], 'N3wPassw0rd!\n');
    assert.not(old.code === 0, 'the old password is no more');
    await signedIn('carol', 'carol', '0therPassw0rd!');
    const deleted = await kerberos('ldapdelete', 'administrator', [dn]);
    assert.is(deleted.code, 0, deleted.stderr);
    const ticket = await run('kvno', 'carol', ['cifs/files.corp.example']);
    assert.not(ticket.code === 0, 'a deleted user gets no ticket');
    const unknown = await run('kinit', 'carol-old', ['carol'], '0therPassw0rd!\n');
    assert.match(unknown.stderr, 'not found in Kerberos database');
  },
);

peerTest(s, 'pages, sorted ones too, hold every entry once', ['ldapsearch'], async () => {
  const names = async (...options: readonly string[]): Promise<readonly string[]> => {
    const found = await simple('ldapsearch', [
      '-LLL',
      '-b',
      BASE,
      ...options,
      '(objectClass=*)',
      'dn',
    ]);
    assert.is(found.code, 0, found.stderr);
    return found.stdout.replaceAll('\n ', '').match(/^dn: .*$/gm) ?? [];
  };
  const whole = await names();
  const paged = await names('-E', 'pr=7/noprompt');
  const sorted = await names('-E', 'pr=7/noprompt', '-E', '!sss=-name');
  assert.ok(whole.length > 50, `${whole.length} entries`);
  assert.equal([...paged].sort(), [...whole].sort());
  assert.equal([...sorted].sort(), [...whole].sort());
});

peerTest(
  s,
  'what a client asks for beyond its rights or beyond sense is refused as Windows does',
  ['kinit', 'ldapmodify', 'ldapsearch'],
  async () => {
    await signedIn('alice-denied', 'alice', PASSWORD);
    const denied = await kerberos(
      'ldapmodify',
      'alice-denied',
      [],
      `dn: CN=Administrator,CN=Users,${BASE}\nchangetype: modify\nreplace: description\ndescription: mine\n`,
    );
    assert.is(denied.code, 50, denied.stderr);
    assert.match(denied.stderr, 'INSUFF_ACCESS_RIGHTS');
    const missing = await simple('ldapsearch', ['-b', `CN=nobody,CN=Users,${BASE}`]);
    assert.is(missing.code, 32);
    assert.match(missing.stdout, `matchedDN: CN=Users,${BASE}`);
    const elsewhere = await simple('ldapsearch', ['-b', 'DC=fabrikam,DC=com']);
    assert.is(elsewhere.code, 10);
    assert.match(elsewhere.stdout, 'ldap://fabrikam.com/DC=fabrikam,DC=com');
    const critical = await simple('ldapsearch', ['-E', '!1.2.3.4', '-b', BASE]);
    assert.is(critical.code, 12);
    const filter = `${'(!'.repeat(200)}(cn=a)${')'.repeat(200)}`;
    const deep = await simple('ldapsearch', ['-b', BASE, filter]);
    assert.not(deep.code === 0, 'a filter 200 deep is refused');
  },
);

peerTest(s, 'tshark dissects the LDAP of the trace', ['ldapsearch', 'tshark'], async () => {
  const url = new URL(served.ready.trace as string);
  const authorization = `Bearer ${url.searchParams.get('token')}`;
  const get = async (path: string): Promise<Response> => {
    const answer = await fetch(new URL(path, url.origin), { headers: { authorization } });
    assert.is(answer.status, 200, path);
    return answer;
  };
  await simple('ldapsearch', [
    '-b',
    BASE,
    '-E',
    'pr=3/noprompt',
    '(&(objectClass=user)(cn=a*))',
    'cn',
  ]);
  const records = (await (await get('/trace?from=0')).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceRecord);
  const octets = new Map<string, Uint8Array>();
  const onWire = records.flatMap(({ event, effects }) => [event, ...effects]);
  for (const { bytes } of onWire) {
    if (typeof bytes !== 'string' || octets.has(bytes)) continue;
    octets.set(bytes, new Uint8Array(await (await get(`/bytes/${bytes}`)).arrayBuffer()));
  }
  const capture = captureOf({
    records,
    octets: (link) => octets.get(link),
    start: Date.now(),
    framings: new Map([ldapFraming, kerberosTcpFraming].map((framing) => [framing.name, framing])),
  });
  const file = join(served.folder, 'ldap.pcapng');
  writeFileSync(file, pcapng({ title: 'LDAP', application: 'kerblab', ...capture }));
  const tshark = (filter: string, ...fields: readonly string[]): Promise<Outcome> =>
    run('tshark', 'none', [
      '-r',
      file,
      '-Y',
      filter,
      '-T',
      'fields',
      ...fields.flatMap((name) => ['-e', name]),
    ]);
  const requests = await tshark('ldap.searchRequest_element', 'ldap.baseObject');
  assert.is(requests.code, 0, requests.stderr);
  assert.match(requests.stdout, BASE);
  const entries = await tshark('ldap.searchResEntry_element', 'ldap.objectName');
  assert.match(entries.stdout, `CN=Administrator,CN=Users,${BASE}`);
  const binds = await tshark('ldap.bindRequest_element', 'ldap.mechanism');
  assert.match(binds.stdout, 'GSSAPI');
  assert.match(binds.stdout, 'GSS-SPNEGO');
  const sealed = await tshark('gss-api && ldap.sasl_buffer_length', 'ldap.sasl_buffer_length');
  assert.ok(sealed.stdout.trim().length > 0, 'SASL buffers are seen');
  const malformed = await tshark('_ws.malformed && tcp.srcport == 389', 'frame.number');
  assert.is(malformed.stdout.trim(), '');
});

/** What comes back on a connection of its own until the server ends it. */
function said(octets: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    const socket = connect(Number(port()), '127.0.0.1', () => socket.write(octets));
    socket.setTimeout(5_000, () => reject(new Error('the server does not end the connection')));
    socket.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      resolve(concat(...chunks));
    });
  });
}

s('what is no LDAP ends its connection with a notice, and no other', async () => {
  const silent = Array.from({ length: 64 }, () => {
    const socket = connect(Number(port()), '127.0.0.1', () => socket.write(hex`30 84 00 00 ff`));
    socket.on('error', () => undefined);
    return socket;
  });
  for (const octets of [
    utf8('GET / HTTP/1.1\r\n\r\n'),
    hex`16 03 01 02 00 01`,
    hex`30 80 02 01 01`,
    hex`30 84 7f ff ff ff 02`,
    hex`00 ff ff ff`,
    hex`30 05 02 01 01 5f 00`,
  ]) {
    const { messageID, protocolOp } = decode(LdapMessage, await said(octets));
    assert.is(messageID, 0);
    assert.ok('extendedResp' in protocolOp);
    if (!('extendedResp' in protocolOp)) continue;
    assert.is(protocolOp.extendedResp.responseName, '1.3.6.1.4.1.1466.20036');
  }
  assert.equal(await said(hex`30 05 02 01 01 42 00`), hex``, 'UnbindRequest has no answer');
  if (peer('ldapwhoami') !== undefined) {
    const who = await simple('ldapwhoami', []);
    assert.is(who.stdout.trim(), 'u:CORP\\Administrator');
  }
  for (const socket of silent) socket.destroy();
});

s.run();
