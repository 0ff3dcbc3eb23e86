/**
 * AS and TGS exchanges at the KDC machine, from the request's octets to the reply's, in memory: what
 * `serve` does for a request apart from the socket, the trace and what it writes: with a directory.
 */

import { directoryAccounts } from '../protocols/actors/directory-accounts.ts';
import { initialDomain } from '../protocols/directory/domain.ts';
import type { SecretSeed } from '../protocols/directory/domain-seed.ts';
import type { KdcEnv } from '../protocols/kdc/accounts.ts';
import { type Event, ready, type State, step } from '../protocols/kdc/kdc.ts';
import { KEY_ETYPES } from '../protocols/kdc/long-term-keys.ts';
import { issuePartialTgt, MINIMAL_PAC } from '../protocols/kdc/partial-tgt.ts';
import { realm } from '../protocols/kdc/realm.ts';
import {
  KdcOptions,
  KeyUsage,
  KRB_AP_REQ,
  KRB_AS_REQ,
  KRB_TGS_REQ,
  NT_PRINCIPAL,
  NT_SRV_INST,
  PA_ENC_TIMESTAMP,
  PA_KERB_KEY_LIST_REQ,
  PA_PAC_REQUEST,
  PA_REQ_ENC_PA_REP,
  PA_TGS_REQ,
} from '../protocols/kerberos/constants.ts';
import {
  checksum,
  decrypt,
  encrypt,
  encryptionKey,
  type Key,
  key,
  keyLength,
  mandatoryChecksum,
} from '../protocols/kerberos/etypes.ts';
import {
  ApReq,
  AsRep,
  AsReq,
  Authenticator,
  EncAsRepPart,
  EncryptedData,
  EncTgsRepPart,
  KdcReqBody,
  KerbKeyListReq,
  KerbPaPacRequest,
  type PaData,
  PaEncTsEnc,
  type PrincipalName,
  TgsRep,
  TgsReq,
  Ticket,
} from '../protocols/kerberos/messages.ts';
import { principal } from '../protocols/kerberos/names.ts';
import { toHex } from '../src/bytes/bytes.ts';
import { pooledRandom, seededRandom } from '../src/crypto/random.ts';
import { decode, encode } from '../src/der/codec.ts';
import { memoryStore } from '../src/store/memory.ts';
import type { Bench } from './suite.ts';

export const name = 'kdc';

const NOW = Date.UTC(2026, 2, 2, 8);
const HOUR = 3_600_000;
const REALM = 'CORP.EXAMPLE';
const OPTIONS = KdcOptions.forwardable | KdcOptions.renewable | KdcOptions.canonicalize;
const TGS = principal(NT_SRV_INST, 'krbtgt', REALM);
const FILES = principal(NT_SRV_INST, 'cifs', 'files.corp.example');
/** Clients in turn, and requests that differ in their authenticators. */
const USERS = 64;
const REQUESTS = 1_024;
/** More tickets than the KDC keeps open. */
const TICKETS = 2_500;

/** msDS-SecondaryKrbTgtNumber of Entra's krbtgt account. */
const ENTRA = 17_530;

const random = seededRandom(1, 'bench/kdc');
const own = realm({
  name: REALM,
  flatName: 'CORP',
  sid: 'S-1-5-21-1-2-3',
  dnsHostName: 'dc1.corp.example',
});
/** Keys as they are: making them of passwords would take longer than everything else here. */
function secret(): SecretSeed {
  const keyOf = (etype: number): string => toHex(random(keyLength(etype)));
  return { keys: Object.fromEntries(KEY_ETYPES.map((etype) => [etype, keyOf(etype)])) };
}

const groups = Array.from({ length: 10 }, (_, i) => ({ name: `group ${i}`, rid: 2_000 + i }));
const store = memoryStore();
store.write(
  initialDomain({
    dnsName: REALM.toLowerCase(),
    netbios: own.flatName,
    sid: own.sid,
    now: NOW - 24 * HOUR,
    random: (label) => seededRandom(1, `bench/kdc/${label}`),
    controller: { name: 'DC1', host: own.dnsHostName },
    krbtgt: secret(),
    groups,
    accounts: [
      {
        sAMAccountName: 'FILES$',
        secret: secret(),
        attributes: { servicePrincipalName: 'host/files.corp.example' },
      },
      ...Array.from({ length: USERS }, (_, i) => ({
        sAMAccountName: `user${i}`,
        secret: secret(),
        memberOf: groups.map((group) => group.name),
      })),
    ],
    readOnlyControllers: [
      {
        name: 'AzureADKerberos',
        krbtgt: { number: ENTRA, sAMAccountName: 'krbtgt_AzureAD', secret: secret() },
        revealOnDemandGroup: ['Domain Users'],
      },
    ],
  }).batch,
);
const accounts = directoryAccounts(store);
const env: KdcEnv = { now: NOW, random: pooledRandom(), accounts };

interface Client {
  readonly name: PrincipalName;
  readonly longTerm: Key;
}

const clients = Array.from({ length: USERS }, (_, i): Client => {
  const account = accounts.bySAMAccountName(`user${i}`);
  const longTerm = account?.keys[0]?.keys[0];
  if (longTerm === undefined) throw new Error(`user${i} has no key`);
  return { name: principal(NT_PRINCIPAL, `user${i}`), longTerm };
});

function asReq(
  client: Client,
  sname: PrincipalName,
  proved: boolean,
  includePac = true,
): Uint8Array {
  const body: KdcReqBody = {
    kdcOptions: OPTIONS,
    cname: client.name,
    realm: REALM,
    sname,
    till: NOW + 24 * HOUR,
    rtime: NOW + 200 * HOUR,
    nonce: 0x1234567,
    etype: [18, 17, 23],
  };
  const proof: PaData = {
    padataType: PA_ENC_TIMESTAMP,
    padataValue: encode(EncryptedData, {
      etype: 18,
      cipher: encrypt(
        client.longTerm,
        KeyUsage.PA_ENC_TIMESTAMP,
        encode(PaEncTsEnc, { patimestamp: NOW, pausec: 1 }),
        random(16),
      ),
    }),
  };
  return encode(AsReq, {
    pvno: 5,
    msgType: KRB_AS_REQ,
    padata: [
      ...(proved ? [proof] : []),
      { padataType: PA_REQ_ENC_PA_REP, padataValue: new Uint8Array(0) },
      { padataType: PA_PAC_REQUEST, padataValue: encode(KerbPaPacRequest, { includePac }) },
    ],
    reqBody: { value: body, raw: encode(KdcReqBody, body) },
  });
}

interface Tgt {
  readonly client: Client;
  readonly ticket: Uint8Array;
  readonly session: Key;
}

const received = (bytes: Uint8Array): Event => ({
  kind: 'received',
  transport: 'tcp',
  from: '10.0.0.7',
  fromPort: 40_000,
  bytes,
});

/** The reply's octets. @throws Error when there is none of that name */
function replied(state: State, event: Event, message: string): Uint8Array {
  const first = step(state, event, env).effects.find(({ kind }) => kind !== 'account');
  if (first?.kind !== 'reply' || first.message !== message) {
    throw new Error(`expected ${message}: ${JSON.stringify(step(state, event, env).effects)}`);
  }
  return first.bytes;
}

function tgtOf(client: Client, includePac: boolean): Tgt {
  const event = received(asReq(client, TGS, true, includePac));
  const reply = decode(AsRep, replied(ready(own), event, 'AS-REP'));
  const plain = decrypt(client.longTerm, KeyUsage.AS_REP_ENC_PART, reply.encPart.cipher);
  if (plain === undefined) throw new Error('the AS-REP does not open');
  const part = decode(EncAsRepPart, plain);
  return {
    client,
    ticket: encode(Ticket, reply.ticket),
    session: key(part.key.keytype, part.key.keyvalue),
  };
}

/** As Entra issues it: who somebody is, and nothing of their groups. */
function partialTgtOf(client: Client): Tgt {
  const [name = ''] = client.name.nameString;
  const [set] = accounts.krbtgt(ENTRA)?.keys ?? [];
  const sealing = set?.keys.find(({ etype }) => etype === 18);
  const account = accounts.bySAMAccountName(name);
  if (set === undefined || sealing === undefined || account === undefined) {
    throw new Error('no partial ticket can be issued');
  }
  const session = key(18, random(32));
  const ticket = issuePartialTgt(
    { realm: REALM, secondaryKrbTgtNumber: ENTRA, kvno: set.kvno, key: sealing },
    {
      client: { sAMAccountName: name, objectSid: account.objectSid, domain: own.flatName },
      cname: client.name,
      content: MINIMAL_PAC,
      sessionKey: session,
      authtime: NOW,
      endtime: NOW + 10 * HOUR,
      renewTill: NOW + 200 * HOUR,
    },
    random,
  );
  return { client, ticket: encode(Ticket, ticket), session };
}

const KEY_LIST: PaData = {
  padataType: PA_KERB_KEY_LIST_REQ,
  padataValue: encode(KerbKeyListReq, [23]),
};

/** @param more padata besides; a key list goes with a request for krbtgt */
function tgsReq(
  tgt: Tgt,
  number: number,
  kdcOptions: number,
  subkey?: Key,
  more: readonly PaData[] = [],
): Uint8Array {
  const forTgs = (kdcOptions & KdcOptions.renew) !== 0 || more.length > 0;
  const body: KdcReqBody = {
    kdcOptions,
    realm: REALM,
    sname: forTgs ? TGS : FILES,
    till: NOW + 24 * HOUR,
    nonce: number,
    etype: [18, 17, 23],
  };
  const raw = encode(KdcReqBody, body);
  const usage = KeyUsage.TGS_REQ_AUTHENTICATOR_CHECKSUM;
  const authenticator = encode(Authenticator, {
    authenticatorVno: 5,
    crealm: REALM,
    cname: tgt.client.name,
    cksum: {
      cksumtype: mandatoryChecksum(tgt.session.etype),
      checksum: checksum(tgt.session, usage, raw),
    },
    cusec: number,
    ctime: NOW,
    ...(subkey === undefined ? {} : { subkey: encryptionKey(subkey) }),
  });
  const apReq = encode(ApReq, {
    pvno: 5,
    msgType: KRB_AP_REQ,
    apOptions: 0,
    ticket: { value: decode(Ticket, tgt.ticket), raw: tgt.ticket },
    authenticator: {
      etype: tgt.session.etype,
      cipher: encrypt(tgt.session, KeyUsage.TGS_REQ_AUTHENTICATOR, authenticator, random(16)),
    },
  });
  return encode(TgsReq, {
    pvno: 5,
    msgType: KRB_TGS_REQ,
    padata: [{ padataType: PA_TGS_REQ, padataValue: apReq }, ...more],
    reqBody: { value: body, raw },
  });
}

/** Feeds the requests in turn to one KDC, which is a new one after the last of them. */
function addExchange(bench: Bench, row: string, requests: readonly Uint8Array[], message: string) {
  const events = requests.map(received);
  for (const event of events) replied(ready(own), event, message);
  let state = ready(own);
  let at = 0;
  bench.add(row, () => {
    state = step(state, events[at] as Event, env).state;
    at++;
    if (at < events.length) return;
    at = 0;
    state = ready(own);
  });
}

export function suite(bench: Bench): void {
  const as = clients.map((client) => asReq(client, TGS, true));
  addExchange(bench, 'AS, PA-ENC-TIMESTAMP', as, 'AS-REP');
  const hints = clients.map((client) => asReq(client, TGS, false));
  addExchange(bench, 'AS, KDC_ERR_PREAUTH_REQUIRED', hints, 'KRB-ERROR');
  const bare = clients.map((client) => asReq(client, FILES, true, false));
  addExchange(bench, 'AS for a service, without PAC', bare, 'AS-REP');
  const numbers = Array.from({ length: REQUESTS }, (_, i) => i);
  const full = clients.map((client) => tgtOf(client, true));
  const without = clients.map((client) => tgtOf(client, false));
  const requests = (tgts: readonly Tgt[], options: number, subkey?: Key) =>
    numbers.map((i) => tgsReq(tgts[i % USERS] as Tgt, i, options, subkey));
  addExchange(bench, 'TGS', requests(full, OPTIONS), 'TGS-REP');
  const fresh = Array.from({ length: TICKETS }, (_, i) =>
    tgtOf(clients[i % USERS] as Client, true),
  );
  const first = fresh.map((tgt, i) => tgsReq(tgt, i, OPTIONS));
  addExchange(bench, 'TGS, first with its ticket', first, 'TGS-REP');
  addExchange(bench, 'TGS with subkey', requests(full, OPTIONS, key(18, random(32))), 'TGS-REP');
  addExchange(bench, 'TGS, without PAC', requests(without, OPTIONS), 'TGS-REP');
  const renewal = requests(full, KdcOptions.renewable | KdcOptions.renew);
  addExchange(bench, 'TGS, renewal', renewal, 'TGS-REP');
  const partial = numbers.map((i) => partialTgtOf(clients[i % USERS] as Client));
  const exchange = partial.map((tgt, i) => tgsReq(tgt, i, OPTIONS, undefined, [KEY_LIST]));
  addExchange(bench, 'TGS, partial ticket and key list', exchange, 'TGS-REP');
  opens(requests(full, OPTIONS)[0] as Uint8Array, full[0] as Tgt);
}

/** The client can read what it is given. */
function opens(request: Uint8Array, tgt: Tgt): void {
  const reply = decode(TgsRep, replied(ready(own), received(request), 'TGS-REP'));
  const usage = KeyUsage.TGS_REP_ENC_PART_SESSION;
  const plain = decrypt(tgt.session, usage, reply.encPart.cipher);
  if (plain === undefined) throw new Error('the TGS-REP does not open');
  decode(EncTgsRepPart, plain);
}
