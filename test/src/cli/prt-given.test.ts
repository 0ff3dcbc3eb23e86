import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  TICKET_OPTIONS,
  type Tickets,
  ticketsFor,
} from '../../../protocols/entra/kerberos-tickets.ts';
import { prtResponseBody } from '../../../protocols/entra/prt-messages.ts';
import { encodeResponse, response } from '../../../protocols/http/messages.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { formatName } from '../../../protocols/kerberos/names.ts';
import { keyJwe, readJwe } from '../../../protocols/oauth/jwe.ts';
import { compactJws, jwsSigningInput } from '../../../protocols/oauth/jws.ts';
import { sealForSession } from '../../../protocols/oauth/session-messages.ts';
import { toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { ticketsGiven } from '../../../src/cli/credentials.ts';
import { prtFile, prtsGiven, ticketIn } from '../../../src/cli/prt-given.ts';
import { stage } from '../../../src/cli/stage.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { seededKeys } from '../../../src/signing/key-maker.ts';
import type { TraceRecord, Wire } from '../../../src/trace/record.ts';
import { linkOf } from '../../../src/trace/wire.ts';
import { RESULT } from '../trace/toy.ts';

const s = suite('prt-given');

const random = seededRandom(1, 'prt-given');
const NOW = Date.UTC(2026, 2, 2, 8);
const TRANSPORT = seededKeys(1)('prt-given/transport', 'RSA-2048').spki;
const SID = 'S-1-5-21-1-2-3';
const alice = {
  userPrincipalName: 'alice@corp.example',
  onPremisesSecurityIdentifier: `${SID}-1103`,
  onPremisesSamAccountName: 'alice',
  accountEnabled: true,
  mfa: 'satisfied',
} as const;
const domain = {
  id: 4660,
  domainDnsName: 'corp.example',
  netBiosName: 'CORP',
  domainSid: SID,
  secondaryKrbTgtNumber: 4660,
  keyVersion: 3,
  key: new Uint8Array(32).fill(9),
  keyUpdatedOn: NOW,
};
const tenant = { users: [alice], devices: [], keys: [], kerberosDomains: [domain] };

function tickets(sessionKey: Uint8Array): Tickets {
  const cloud = key(18, new Uint8Array(32).fill(3));
  return ticketsFor(tenant, alice, sessionKey, cloud, TICKET_OPTIONS, { now: NOW, random });
}

function idToken(claims: Readonly<Record<string, string>>): string {
  return compactJws(jwsSigningInput({ typ: 'JWT', alg: 'none' }, claims), new Uint8Array(0));
}

/** A run of one device, step by step, with its octets. */
function runOf(
  steps: readonly (readonly [event: Wire, ...effects: readonly Wire[]])[],
  kept: Kept,
) {
  const records = steps.map(
    ([event, ...effects], seq): TraceRecord => ({
      v: 1,
      seq,
      at: seq,
      actor: 'laptop',
      machine: 'actors/device',
      from: 'signedIn',
      event,
      to: 'signedIn',
      effects,
    }),
  );
  const octets = (link: string) => kept.get(link);
  return { folder: 'prt', result: RESULT, records, torn: false, octets };
}

type Kept = Map<string, Uint8Array>;

function keeper(): { readonly kept: Kept; readonly keep: (octets: Uint8Array) => string } {
  const kept: Kept = new Map();
  return {
    kept,
    keep(octets) {
      const link = linkOf(octets);
      kept.set(link, octets);
      return link;
    },
  };
}

const SESSION_KEY = random(32);

/** Answer, request to the transport key, session key; then a renewal under it. */
function story(by: 'entra' | 'adfs' = 'entra') {
  const { kept, keep } = keeper();
  const http = (body: Uint8Array): Wire => ({
    kind: 'received',
    transport: 'tcp',
    from: 'entra',
    message: 'HTTP response',
    bytes: keep(encodeResponse(response(200, {}, body))),
  });
  const sessionKeyJwe = keyJwe(TRANSPORT, SESSION_KEY, random) as string;
  const first = {
    refreshToken: '1.AAA',
    expiresIn: 1_209_600,
    idToken: idToken({ upn: 'alice@corp.example', ...(by === 'entra' ? { tid: 't' } : {}) }),
    ...(by === 'entra' ? tickets(SESSION_KEY) : {}),
  };
  const second = { ...first, refreshToken: '1.BBB', ...tickets(SESSION_KEY) };
  const encryptedKey = readJwe(sessionKeyJwe)?.encryptedKey as Uint8Array;
  const decrypt: Wire = {
    kind: 'decrypt',
    id: '7',
    key: 'laptop/transport',
    data: keep(encryptedKey),
  };
  const decrypted: Wire = { kind: 'decrypted', id: '7', data: keep(SESSION_KEY) };
  const sealed = utf8(sealForSession(prtResponseBody(second), SESSION_KEY, random));
  const run = runOf(
    [[http(prtResponseBody({ ...first, sessionKeyJwe })), decrypt], [decrypted], [http(sealed)]],
    kept,
  );
  return { run, first, second, sessionKeyJwe, http };
}

s('a token with its session key, and what a renewal makes of it', () => {
  const { run, first, second, sessionKeyJwe } = story();
  const given = prtsGiven(run);
  assert.equal([...given.keys()], [1, 2]);
  const [before, after] = [...given.values()];
  assert.equal(
    [before?.user, before?.by, before?.actor],
    ['alice@corp.example', 'entra', 'laptop'],
  );
  assert.is(before?.fields.refresh_token, first.refreshToken);
  assert.is(after?.fields.refresh_token, second.refreshToken);
  assert.is(after?.fields.session_key_jwe, sessionKeyJwe, 'kept: the renewal brings none');
  assert.equal(after?.sessionKey, SESSION_KEY);
});

s('the file has what public tools for hybrid identities read', () => {
  const { run, second } = story();
  const last = [...prtsGiven(run).values()].at(-1);
  assert.ok(last !== undefined);
  const text = prtFile(last);
  const file = JSON.parse(text) as Readonly<Record<string, string>>;
  assert.equal(Object.keys(file), [
    'id_token',
    'refresh_token',
    'refresh_token_expires_in',
    'session_key',
    'session_key_jwe',
    'tgt_ad',
    'tgt_ad_sessionkey',
    'tgt_cloud',
    'tgt_cloud_sessionkey',
    'token_type',
  ]);
  assert.is(file.session_key, toHex(SESSION_KEY));
  assert.is(file.tgt_ad, second.tgtAd);
  const ticket = ticketIn(last, 'tgt_ad');
  assert.is(ticket?.kind === 'ticket' && toHex(ticket.clientKey), file.tgt_ad_sessionkey);
  assert.match(text, /^\{\n {4}"id_token"/);
});

s('its tickets are among those that the device was given', () => {
  const given = ticketsGiven(story().run, stage.dissector);
  assert.equal(
    given.map(({ kind, client, credential }) => [kind, client, formatName(credential.sname)]),
    [
      ['partial', 'alice@CORP.EXAMPLE', 'krbtgt/CORP.EXAMPLE'],
      [
        'cloud',
        'alice\\@corp.example@KERBEROS.MICROSOFTONLINE.COM',
        'krbtgt/KERBEROS.MICROSOFTONLINE.COM',
      ],
    ],
  );
});

s('AD FS’s token is told from Entra’s', () => {
  const [first] = [...prtsGiven(story('adfs').run).values()];
  assert.is(first?.by, 'adfs');
  assert.is(first === undefined ? undefined : ticketIn(first, 'tgt_ad'), undefined);
});

s('what does not belong together gives nothing', () => {
  const { run, http } = story();
  const [answer, decrypted, renewal] = run.records;
  if (answer === undefined || decrypted === undefined || renewal === undefined)
    throw new Error('3');
  const without = (records: readonly TraceRecord[]) => prtsGiven({ ...run, records }).size;
  assert.is(without([answer]), 0, 'never unwrapped');
  assert.is(without([decrypted, renewal]), 0, 'no answer');
  assert.is(without([{ ...answer, effects: [] }, decrypted, renewal]), 0, 'unwrapped for another');
  const { data: _, ...empty } = decrypted.event;
  assert.is(without([answer, { ...decrypted, event: empty }]), 0, 'not wrapped to this key');
  const other = { ...decrypted, event: { ...decrypted.event, id: '8' } };
  assert.is(without([answer, other]), 0, 'another operation');
  const noise = [utf8('{'), utf8('{"refresh_token":"x"}'), utf8('a.b.c.d.e')].map(
    (body): TraceRecord => ({ ...renewal, event: http(body) }),
  );
  assert.is(without([answer, decrypted, ...noise]), 1);
});

s.run();
