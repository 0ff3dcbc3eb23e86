import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { authority, crlPath } from '../../../protocols/actors/pki-cast.ts';
import { userHeld } from '../../../protocols/actors/pki-certificates.ts';
import { encodeRequest, readResponse, request } from '../../../protocols/http/messages.ts';
import { type Crl, readCrl } from '../../../protocols/x509/crl.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { ALICE, AUTHORITIES, DC1, sceneOf } from './pki-scene.ts';
import { type SmallWorld, START, smallWorld } from './small-world.ts';

const s = suite('certificate-authority');

const CAST = { ...AUTHORITIES, dc1: DC1, alice: ALICE };
const HOUR = 3_600_000;

/** Asks an authority as anybody can, and gives what it says. */
async function got(small: SmallWorld, actor: string, bytes: Uint8Array, name = 'stranger:1') {
  const common = { connection: name, from: 'alice', fromPort: 50_000, port: 80 };
  small.world.deliver(actor, { kind: 'accepted', ...common });
  small.world.deliver(actor, { kind: 'received', transport: 'tcp', ...common, bytes });
  await small.world.run();
  const sent = small.steps
    .filter((step) => step.actor === actor)
    .flatMap(({ effects }) => effects)
    .findLast(
      (effect) => effect.kind === 'send' && 'connection' in effect && effect.connection === name,
    );
  if (sent?.kind !== 'send') throw new Error('no answer');
  const read = readResponse(sent.bytes);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

function crlOf(bytes: Uint8Array): Crl {
  const read = readCrl(bytes);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

const get = (path: string) => encodeRequest(request('GET', 'ca1.corp.example', path));

s('gives away its list and its certificate', async () => {
  const { scene } = sceneOf(CAST);
  const issuing = authority(scene, 'issuing');
  const small = smallWorld(CAST);
  await small.world.run();
  const list = await got(small, 'issuing', get(crlPath(issuing)));
  assert.is(list.status, 200);
  assert.is(crlOf(list.body).number, 1n);
  const own = await got(small, 'issuing', get('/CertEnroll/Corp%20Issuing%20CA.crt'), 'stranger:2');
  assert.equal(own.body, issuing.certificate.der);
  assert.is((await got(small, 'issuing', get('/'), 'stranger:3')).status, 404);
  assert.is((await got(small, 'issuing', utf8('nonsense'), 'stranger:4')).status, 400);
});

s('revokes somebody’s certificates, and says so with the next list', async () => {
  const built = sceneOf(CAST);
  const held = userHeld(built.scene, 'alice', built.config('alice'));
  const serial = held?.certificate.serialNumber as string;
  const small = smallWorld(CAST);
  const path = get(crlPath(authority(built.scene, 'issuing')));
  small.command('issuing', 'revokes', { revokes: 'alice', reason: 'keyCompromise' }, HOUR);
  await small.world.run();
  assert.is(crlOf((await got(small, 'issuing', path)).body).revoked.size, 0, 'not published yet');
  small.command('issuing', 'publishes', { publishes: 'crl' }, 2 * HOUR);
  await small.world.run();
  const list = crlOf((await got(small, 'issuing', path, 'stranger:2')).body);
  assert.is(list.number, 2n);
  assert.equal(list.revoked.get(serial), {
    serialNumber: serial,
    date: START + HOUR,
    reason: 1,
  });
  assert.equal(small.causes(), []);
});

s('writes the list into the directory as its computer', async () => {
  const small = smallWorld(CAST);
  small.command('issuing', 'publishes', { publishes: 'crl' }, HOUR);
  await small.world.run();
  small.command(
    'dc1',
    'reads',
    {
      reads: 'CN=Corp Issuing CA,CN=CA1,CN=CDP,CN=Public Key Services,CN=Services,CN=Configuration',
      attribute: 'certificateRevocationList',
      as: 'Administrator',
    },
    2 * HOUR,
  );
  await small.world.run();
  assert.equal(small.causes(), []);
  const said = small.sent().filter((line) => line.includes('LDAP'));
  assert.equal(said, [
    'issuing LDAP BindRequest',
    'dc1 LDAP BindResponse',
    'issuing LDAP ModifyRequest',
    'dc1 LDAP ModifyResponse',
    'issuing LDAP UnbindRequest',
  ]);
});

s('says when the directory does not take it', async () => {
  const small = smallWorld(CAST, {
    links: [{ between: ['issuing', 'dc1'], loss: 1 }],
  });
  small.command('issuing', 'publishes', { publishes: 'crl' }, HOUR);
  await small.world.run();
  assert.match(small.causes().join(), /list 2 is not in the directory/);
});

s('says when somebody has no certificate of it', async () => {
  const small = smallWorld(CAST);
  small.command('root', 'revokes', { revokes: 'alice' }, HOUR);
  await small.world.run();
  assert.equal(small.causes(), ['alice has no certificate of Corp Root CA']);
});

s('takes no requests where it is in no directory', async () => {
  const small = smallWorld(CAST);
  await small.world.run();
  const post = encodeRequest(
    request('POST', 'pki.corp.example', '/CertEnroll/request', {}, utf8('x')),
  );
  const answer = await got(small, 'root', post);
  assert.is(answer.status, 403);
});

s('denies what is no request by a template of its own', async () => {
  const small = smallWorld(CAST);
  await small.world.run();
  const post = (query: string) =>
    encodeRequest(
      request('POST', 'ca1.corp.example', `/CertEnroll/request${query}`, {}, utf8('x')),
    );
  await got(small, 'issuing', post(''));
  await got(small, 'issuing', post('?CertificateTemplate=WHFBAuthentication'), 'stranger:2');
  const [first, second] = small.causes();
  assert.match(first as string, /CERTSRV_E_UNSUPPORTED_CERT_TYPE, 0x80094800/);
  assert.match(second as string, /CERTSRV_E_BAD_REQUESTSUBJECT, 0x80094001/);
});

s.run();
