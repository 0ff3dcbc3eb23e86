/**
 * Spoilt messages at the LDAP server: seeded, and bounded in number. `KERBLAB_FUZZ=20` runs twenty times
 * as many. What crashes is written to `test/regressions/ldap/`, whose files are all tried first.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unwrap, wrap } from '../protocols/gss/per-message.ts';
import { initialToken, Mechanism, mechTypesOf, responseToken } from '../protocols/gss/spnego.ts';
import { ldapFraming } from '../protocols/ldap/framing.ts';
import type { Effect } from '../protocols/ldap/host.ts';
import { LdapMessage, type ProtocolOp } from '../protocols/ldap/messages.ts';
import { connected, step } from '../protocols/ldap/server.ts';
import type { Connection } from '../protocols/ldap/state.ts';
import { concat, toHex, uint32be, utf8 } from '../src/bytes/bytes.ts';
import { digest } from '../src/crypto/digest.ts';
import { seededRandom } from '../src/crypto/random.ts';
import { decode, encode, tryDecode } from '../src/der/codec.ts';
import { messageStream } from '../src/machine/stream.ts';
import { chanceOf, mutated, mutatedInside } from './mutations.ts';
import { initiator } from './protocols/gss/initiator.ts';
import {
  addRequest,
  attribute,
  bindRequest,
  DOMAIN_DN,
  equals,
  modifyRequest,
  searchRequest,
} from './protocols/ldap/asking.ts';
import { LDAP_NAME, ldapDomain, PASSWORD } from './protocols/ldap/ldap-domain.ts';
import { root } from './root.ts';

const fuzz = suite('ldap-fuzz');
const TIMES = Math.max(1, Number(process.env.KERBLAB_FUZZ ?? 1));
const REGRESSIONS = root('test/regressions/ldap');
/** Slower than this no message may be, whatever is in it; a garbage collection fits in. */
const LONGEST_MS = 250;
const EFFECTS = new Set(['send', 'write', 'close', 'remember', 'note']);

const domain = ldapDomain({ passwordsInClear: true });
const env = domain.env();
const ALICE = `CN=Alice Example,OU=Sales,${DOMAIN_DN}`;

function control(controlType: string, value: string) {
  const controlValue = Uint8Array.from(Buffer.from(value, 'hex'));
  return { controlType, criticality: true, controlValue };
}

const PAGED = control('1.2.840.113556.1.4.319', '3005020105 0400'.replace(' ', ''));
const SORTED = control('1.2.840.113556.1.4.473', '300630040402636e');
const FLAGS = control('1.2.840.113556.1.4.801', '3003020107');

function request(
  protocolOp: ProtocolOp,
  ...controls: readonly ReturnType<typeof control>[]
): Uint8Array {
  return encode(LdapMessage, {
    messageID: 1,
    protocolOp,
    ...(controls.length === 0 ? {} : { controls }),
  });
}

const kerberos = initiator(undefined, { sname: LDAP_NAME });
const sasl = (mechanism: string, credentials: Uint8Array): Uint8Array =>
  request({
    bindRequest: { version: 3, name: '', authentication: { sasl: { mechanism, credentials } } },
  });

/** One of everything that a client sends. */
const SEEDS: readonly Uint8Array[] = [
  request(bindRequest('CORP\\alice', PASSWORD)),
  sasl('GSSAPI', kerberos.token),
  sasl(
    'GSS-SPNEGO',
    initialToken({
      negTokenInit: { mechTypes: mechTypesOf([Mechanism.KERBEROS]), mechToken: kerberos.token },
    }),
  ),
  sasl('GSS-SPNEGO', responseToken({ negState: 1, responseToken: kerberos.token })),
  request(searchRequest('', { scope: 0 })),
  request(searchRequest(DOMAIN_DN, { filter: equals('sAMAccountName', 'alice') }), PAGED, FLAGS),
  request(
    searchRequest(DOMAIN_DN, {
      filter: {
        and: [
          {
            or: [
              {
                substrings: {
                  type: 'cn',
                  substrings: [{ initial: utf8('a') }, { any: utf8('l') }],
                },
              },
            ],
          },
          {
            not: {
              extensibleMatch: {
                matchingRule: '1.2.840.113556.1.4.1941',
                type: 'memberOf',
                matchValue: utf8(`CN=Finance,CN=Users,${DOMAIN_DN}`),
                dnAttributes: false,
              },
            },
          },
        ],
      },
      attributes: ['*', 'member;range=0-1', 'tokenGroups', 'nTSecurityDescriptor'],
    }),
    SORTED,
    PAGED,
  ),
  request(
    modifyRequest(
      ALICE,
      [2, attribute('displayName', 'A')],
      [0, attribute('servicePrincipalName', 'a/b')],
    ),
  ),
  request(modifyRequest('', [0, attribute('runProtectAdminGroupsTask', '1')])),
  request(
    addRequest(`CN=carol,CN=Users,${DOMAIN_DN}`, { objectClass: 'user', sAMAccountName: 'carol' }),
  ),
  request({ delRequest: ALICE }, control('1.2.840.113556.1.4.805', '')),
  request({
    modDNRequest: {
      entry: ALICE,
      newrdn: 'CN=A',
      deleteoldrdn: true,
      newSuperior: `CN=Users,${DOMAIN_DN}`,
    },
  }),
  request({
    compareRequest: { entry: ALICE, ava: { attributeDesc: 'cn', assertionValue: utf8('a') } },
  }),
  request({ extendedReq: { requestName: '1.3.6.1.4.1.4203.1.11.3' } }),
  request({ abandonRequest: 1 }),
  request({ unbindRequest: null }),
];

function stepOf(
  connection: Connection,
  bytes: Uint8Array,
): readonly [Connection, readonly Effect[]] {
  const started = performance.now();
  const next = step(connection, { kind: 'received', bytes }, env);
  const ms = performance.now() - started;
  assert.ok(ms < LONGEST_MS, `${ms.toFixed(0)} ms for ${toHex(bytes.subarray(0, 64))}`);
  for (const effect of next.effects) assert.ok(EFFECTS.has(effect.kind), effect.kind);
  return [next.state, next.effects];
}

const bind = request(bindRequest('CORP\\Administrator', PASSWORD));
const [bound] = stepOf(connected(), bind);
assert.is(bound.name, 'bound');

/** The octets that made the server throw, kept for next time. */
function tried(bytes: Uint8Array, from: Connection): readonly Effect[] {
  try {
    const [, effects] = stepOf(from, bytes);
    return effects;
  } catch (error) {
    mkdirSync(REGRESSIONS, { recursive: true });
    const name = `${toHex(digest('sha256', bytes)).slice(0, 16)}.bin`;
    writeFileSync(`${REGRESSIONS}/${name}`, bytes);
    throw new Error(`${name}: ${(error as Error).stack}`);
  }
}

/** Answers are LDAP messages; what cannot be read ends the connection, with a notice. */
function checkAnswers(bytes: Uint8Array, effects: readonly Effect[]): void {
  const readable = tryDecode(LdapMessage, bytes, { rules: 'BER', maxDepth: 64 }).ok;
  for (const effect of effects) {
    if (effect.kind !== 'send') continue;
    const { messageID } = decode(LdapMessage, effect.bytes);
    if (!readable) assert.is(messageID, 0, 'a notice of disconnection');
  }
  if (!readable) assert.is(effects.at(-1)?.kind, 'close');
}

fuzz('the edges of BER, and what crashed once, do not crash it', () => {
  const names = existsSync(REGRESSIONS) ? readdirSync(REGRESSIONS) : [];
  assert.ok(names.length > 0, 'there are regression files');
  for (const name of names) {
    const bytes = new Uint8Array(readFileSync(`${REGRESSIONS}/${name}`));
    for (const from of [connected(), bound]) stepOf(from, bytes);
  }
});

fuzz('well-formed messages are what they seem', () => {
  for (const bytes of SEEDS) checkAnswers(bytes, tried(bytes, bound));
});

fuzz('spoilt messages are answered or end the connection', () => {
  const chance = chanceOf(1, 'ldap');
  const counts = { answered: 0, closed: 0 };
  for (let i = 0; i < 1_500 * TIMES; i++) {
    const seed = chance.pick(SEEDS);
    const spoil = chance.below(2) === 0 ? mutated : mutatedInside;
    const bytes = spoil(seed, chance, SEEDS);
    const effects = tried(bytes, chance.below(4) === 0 ? connected() : bound);
    checkAnswers(bytes, effects);
    counts[effects.at(-1)?.kind === 'close' ? 'closed' : 'answered']++;
  }
  assert.ok(counts.answered > 100 && counts.closed > 100, JSON.stringify(counts));
});

fuzz('spoilt streams are cut within the limit or refused', () => {
  const chance = chanceOf(2, 'ldap stream');
  for (let i = 0; i < 400 * TIMES; i++) {
    const stream = mutated(concat(...SEEDS.slice(0, 3 + chance.below(5))), chance, SEEDS);
    const input = messageStream(ldapFraming);
    let connection = connected();
    let open = true;
    for (let at = 0; open && at < stream.length; ) {
      const size = 1 + chance.below(200);
      input.push(stream.slice(at, at + size));
      at += size;
      for (let cut = input.next(); open && cut.kind !== 'more'; cut = input.next()) {
        if (cut.kind === 'refused') {
          const next = step(connection, { kind: 'malformed', reason: cut.reason }, env);
          assert.is(next.effects.at(-1)?.kind, 'close');
          open = false;
        } else {
          const [next, effects] = stepOf(connection, cut.message);
          connection = next;
          open = effects.at(-1)?.kind !== 'close';
        }
        if (!open) break;
      }
    }
    assert.ok(input.waiting <= stream.length);
  }
});

fuzz('spoilt SASL buffers never pass, and spoilt messages in sound ones do no harm', () => {
  const chance = chanceOf(3, 'ldap sasl');
  const random = seededRandom(3, 'ldap sasl client');
  let connection = stepOf(connected(), sasl('GSSAPI', kerberos.token))[0];
  const ask = (bytes: Uint8Array): Uint8Array => {
    const [next, effects] = stepOf(connection, bytes);
    connection = next;
    const sent = effects.find((effect) => effect.kind === 'send');
    const operation =
      sent?.kind === 'send' ? decode(LdapMessage, sent.bytes).protocolOp : undefined;
    if (operation === undefined || !('bindResponse' in operation))
      throw new Error('no BindResponse');
    return operation.bindResponse.serverSaslCreds ?? new Uint8Array(0);
  };
  connection = connected();
  const layer = kerberos.layer(ask(sasl('GSSAPI', kerberos.token)));
  const offer = unwrap(layer, ask(sasl('GSSAPI', new Uint8Array(0))));
  if (!offer.ok) throw new Error(offer.reason);
  const choice = uint32be(0x00ffff);
  choice[0] = 4;
  const chosen = wrap(offer.layer, choice, { sealed: false, random });
  ask(sasl('GSSAPI', chosen.token));
  assert.is(connection.layer?.sealed, true);
  for (let i = 0; i < 300 * TIMES; i++) {
    const message = mutatedInside(chance.pick(SEEDS), chance, SEEDS);
    const { token } = wrap(chosen.layer, message, { sealed: true, random });
    stepOf(connection, token);
    const spoilt = mutated(token, chance, SEEDS);
    if (toHex(spoilt) === toHex(token)) continue;
    assert.is(stepOf(connection, spoilt)[1].at(-1)?.kind, 'close', toHex(spoilt.subarray(0, 64)));
  }
});

fuzz.run();
