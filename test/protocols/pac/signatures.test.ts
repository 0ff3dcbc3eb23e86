import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checksum, key } from '../../../protocols/kerberos/etypes.ts';
import {
  LogonInfo,
  PacAttributesInfo,
  PacClientInfo,
  PacRequestorSid,
} from '../../../protocols/pac/buffers.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { layoutPac, type Pac, pacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import {
  buildPac,
  draftPac,
  isSignature,
  setClientId,
  signPac,
  verifyPac,
} from '../../../protocols/pac/signatures.ts';
import { fromHex, toHex, view } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import {
  AUTHTIME,
  buffer,
  clientInfo,
  krbtgtKey,
  logonInfoBuffer,
  partialLogonInfo,
  RODC_NUMBER,
  rodcKey,
  serviceKey,
  sid,
  upnDnsInfoBuffer,
} from './inputs.ts';
import { vector } from './vectors.ts';

const s = suite('pac signatures');

const clientInfoBuffer = buffer(PacType.CLIENT_INFO, PacClientInfo.encode(clientInfo));
const attributes = buffer(
  PacType.ATTRIBUTES_INFO,
  PacAttributesInfo.encode({ FlagsLength: 2, Flags: [1] }),
);
const requestor = buffer(PacType.REQUESTOR_SID, PacRequestorSid.encode(sid));
const ticket = vector('own/pac-service-ticket');

const sha256 = (octets: Uint8Array): string => toHex(digest('sha256', octets));
function read(octets: Uint8Array): Pac {
  const pac = readPac(octets);
  if (!pac.ok) throw pac.error;
  return pac.value;
}
const signature = (pac: Pac, ulType: number): string =>
  toHex((pacBuffer(pac, ulType) as Uint8Array).subarray(4));

const tgtBuffers = [logonInfoBuffer, clientInfoBuffer, upnDnsInfoBuffer, attributes, requestor];
const serviceBuffers = tgtBuffers.slice(0, 3);

s('a TGT, octet for octet', () => {
  const octets = buildPac({
    buffers: tgtBuffers,
    serverKey: krbtgtKey,
    kdcKey: krbtgtKey,
    order: 'given',
  });
  assert.is(octets.length, 816);
  assert.is(sha256(octets), '50bd6f9d4743aa0df1c507e0256ea88dedba8c078eb0aa7c65a253d9cb07424f');
  const pac = read(octets);
  assert.is(signature(pac, 6), 'c0fa1ea4e0f5a999c3358f78');
  assert.is(signature(pac, 7), '129599063f9814aa71962c5d');
  const outcome = verifyPac(pac, { serverKey: krbtgtKey, kdcKey: krbtgtKey });
  assert.equal(outcome, { server: 'ok', kdc: 'ok', ticket: 'missing', full: 'missing' });
});

s('a TGT of a read-only KDC, octet for octet', () => {
  const keys = { serverKey: rodcKey, kdcKey: rodcKey, rodcIdentifier: RODC_NUMBER };
  const partial = buffer(PacType.LOGON_INFO, LogonInfo.encode(partialLogonInfo));
  const octets = buildPac({
    ...keys,
    buffers: [partial, clientInfoBuffer, attributes, requestor],
    order: 'given',
  });
  assert.is(toHex(octets), toHex(vector('own/pac-partial-pac')));
  assert.is(sha256(octets), '667aed7796af6c495d454479f3fccf651c6a3b163378ebffc2fff6990e0f8552');
  const pac = read(octets);
  assert.equal(verifyPac(pac, keys), {
    server: 'ok',
    kdc: 'ok',
    ticket: 'missing',
    full: 'missing',
  });
  assert.is(verifyPac(pac, { ...keys, rodcIdentifier: 1 }).kdc, 'wrong-issuer');
  assert.is(verifyPac(pac, { serverKey: rodcKey, kdcKey: rodcKey }).kdc, 'wrong-issuer');
});

s('a service ticket, octet for octet: ticket, full, server, KDC', () => {
  const keys = { serverKey: serviceKey, kdcKey: krbtgtKey };
  const octets = buildPac({ ...keys, buffers: serviceBuffers, ticket, order: 'given' });
  assert.is(octets.length, 808);
  const pac = read(octets);
  assert.is(signature(pac, 16), '0f3832b1ef554693cd03eb9d');
  assert.is(signature(pac, 19), '918f58c7b8bf6ae8a80d9ef2');
  assert.is(signature(pac, 6), '1955923a607f5b214ad3c2f0');
  assert.is(signature(pac, 7), '4c88f46d0ab9432379464003');
  assert.is(sha256(octets), '0c3869e88b8cbd4e23e7c4d68fcc5d53fff8835b85ed0ba3884c47951e140de4');
  assert.equal(verifyPac(pac, keys, ticket), { server: 'ok', kdc: 'ok', ticket: 'ok', full: 'ok' });
  assert.equal(verifyPac(pac, { serverKey: serviceKey }), {
    server: 'ok',
    kdc: 'unchecked',
    ticket: 'unchecked',
    full: 'unchecked',
  });
  const other = ticket.slice();
  other[30] = (other[30] as number) ^ 1;
  assert.is(verifyPac(pac, keys, other).ticket, 'wrong');
});

s('every octet outside the signatures is covered', () => {
  const keys = { serverKey: serviceKey, kdcKey: krbtgtKey };
  const octets = buildPac({ ...keys, buffers: serviceBuffers, ticket, order: 'given' });
  const pac = read(octets);
  const first = (pac.buffers.find(({ ulType }) => isSignature(ulType)) as { Offset: number })
    .Offset;
  for (let at = 8; at < first; at += 7) {
    const edited = octets.slice();
    edited[at] = (edited[at] as number) ^ 0x80;
    const again = readPac(edited);
    if (!again.ok) continue;
    assert.is(verifyPac(again.value, keys, ticket).server, 'wrong', `octet ${at}`);
    assert.is(verifyPac(again.value, keys, ticket).full, 'wrong', `octet ${at}`);
  }
});

s('one draft is signed again and again, with another authtime', () => {
  const keys = { serverKey: krbtgtKey, kdcKey: krbtgtKey };
  const draft = draftPac({ ...keys, buffers: tgtBuffers, forService: false });
  const first = toHex(signPac(draft, keys));
  setClientId(draft, AUTHTIME + 60_000);
  const later = signPac(draft, keys);
  assert.is(later, draft.bytes);
  assert.is.not(toHex(later), first);
  assert.is(verifyPac(read(later), keys).server, 'ok');
  setClientId(draft, AUTHTIME);
  assert.is(toHex(signPac(draft, keys)), first);
});

s('buffers stand in the order of their types, old signatures go', () => {
  const keys = { serverKey: krbtgtKey, kdcKey: krbtgtKey };
  const old = buffer(PacType.FULL_CHECKSUM, new Uint8Array(16));
  const pac = read(buildPac({ ...keys, buffers: [...tgtBuffers, old] }));
  assert.equal(
    pac.buffers.map(({ ulType }) => ulType),
    [1, 6, 7, 10, 12, 17, 18],
  );
  assert.is(verifyPac(pac, keys).server, 'ok');
});

s('what was not to be signed so is our own fault, and said', () => {
  const keys = { serverKey: krbtgtKey, kdcKey: krbtgtKey };
  const draft = draftPac({ ...keys, buffers: tgtBuffers, forService: false });
  const rc4 = key(23, new Uint8Array(16));
  assert.throws(
    () => signPac(draft, { ...keys, serverKey: rc4 }),
    /has 16 octets, these keys make 20/,
  );
  assert.throws(
    () => signPac(draftPac({ ...keys, buffers: serviceBuffers, forService: true }), keys),
    /needs the ticket/,
  );
  assert.throws(
    () => signPac({ bytes: new Uint8Array(8), buffers: [] }, keys),
    /needs SERVER_CHECKSUM/,
  );
  assert.throws(() => setClientId({ bytes: new Uint8Array(8), buffers: [] }, 0), /no CLIENT_INFO/);
});

s('Windows 2003 signed with RC4 (MIT krb5 t_pac.c, from Samba)', () => {
  const pac = read(vector('mit/saved-pac'));
  const keys = {
    serverKey: key(23, fromHex('d217faeae5e6b5f95ccc94077ab8a5fc')),
    kdcKey: key(23, fromHex('b286757148af7fd252c53603a150b7e7')),
  };
  const outcome = { server: 'ok', kdc: 'ok', ticket: 'missing', full: 'missing' } as const;
  assert.equal(verifyPac(pac, keys), outcome);
  // Signed again in place, the same octets come out.
  const own = read(pac.bytes.slice());
  assert.is(toHex(signPac(own, keys)), toHex(pac.bytes));
});

s('Windows 2008 signed with AES for the server (MIT krb5 t_pac.c)', () => {
  const serverKey = key(
    18,
    fromHex('14dfb5b2cdb42c8894da2fa882e9729f4a4dc74ba02a242cc6a8d71079b9ad9a'),
  );
  const pac = read(vector('mit/s4u-pac-regular'));
  assert.is(verifyPac(pac, { serverKey }).server, 'ok');
});

s('signatures that prove nothing have names of their own', () => {
  const keys = { serverKey: krbtgtKey, kdcKey: krbtgtKey };
  const octets = buildPac({ ...keys, buffers: tgtBuffers });
  const edit = (change: (server: Uint8Array) => void): string => {
    const pac = read(octets.slice());
    change(pacBuffer(pac, PacType.SERVER_CHECKSUM) as Uint8Array);
    return verifyPac(pac, keys).server;
  };
  assert.is(
    edit((server) => server.fill(0, 4)),
    'wrong',
  );
  assert.is(
    edit((server) => view(server).setInt32(0, 9999, true)),
    'unknown-type',
  );
  assert.is(
    edit((server) => view(server).setInt32(0, 15, true)),
    'wrong-key',
  );
  assert.is(
    edit((server) => view(server).setInt32(0, 20, true)),
    'malformed',
  );
  // A CRC-32 that is right: 4 octets and 8 of padding do not match, so it is laid out anew.
  const place = buffer(PacType.SERVER_CHECKSUM, new Uint8Array(8));
  const draft = draftPac({ ...keys, buffers: tgtBuffers, forService: false });
  const crc = read(layoutWith(draft, place));
  const server = pacBuffer(crc, PacType.SERVER_CHECKSUM) as Uint8Array;
  view(server).setInt32(0, 1, true);
  server.set(checksum(krbtgtKey, 17, crc.bytes, 1), 4);
  assert.is(verifyPac(crc, keys).server, 'unkeyed');
});

function layoutWith(draft: Pac, place: { ulType: number; bytes: Uint8Array }): Uint8Array {
  const buffers = draft.buffers.map((one) => (one.ulType === place.ulType ? place : one));
  return layoutPac(buffers).bytes;
}

s.run();
