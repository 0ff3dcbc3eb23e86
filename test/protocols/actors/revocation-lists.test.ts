import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  abandoned,
  ended,
  fetching,
  type ListSource,
  type Lists,
  step,
} from '../../../protocols/actors/revocation-lists.ts';
import { encodeResponse, response } from '../../../protocols/http/messages.ts';
import type { Certificate } from '../../../protocols/x509/certificate.ts';
import { signedCrl, tbsCertList } from '../../../protocols/x509/crl.ts';
import { distinguishedName } from '../../../protocols/x509/names.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import type { ActorEvent } from '../../../src/machine/actor.ts';

const revocationLists = suite('revocation-lists');

const NOW = Date.UTC(2026, 2, 2, 8);
const DAY = 86_400_000;
const ALGORITHM = 'sha256WithRSAEncryption';

function list(issuer: string, from: number, number = 1): Uint8Array {
  const tbs = tbsCertList({
    issuer: { subject: distinguishedName(issuer) } as Certificate,
    signatureAlgorithm: ALGORITHM,
    thisUpdate: from,
    nextUpdate: from + 7 * DAY,
    number,
    revoked: [],
  });
  return signedCrl(tbs, ALGORITHM, new Uint8Array(256));
}

function source(name: string): ListSource {
  const issuer = toHex(distinguishedName(name).der);
  return { issuer, actor: 'ca', host: 'ca.corp.example', path: '/CertEnroll/ca.crl' };
}

const CA = source('CN=ca');
const ROOT = source('CN=root');
const HELD: Lists = {
  held: [list('CN=ca', NOW - DAY), list('CN=root', NOW - 8 * DAY)],
  calls: [],
  count: 4,
};

/** The events of a call that is answered so. */
function answer(connection: string, status: number, body: Uint8Array): readonly ActorEvent[] {
  const bytes = encodeResponse(response(status, {}, body));
  return [
    { kind: 'connected', connection },
    {
      kind: 'received',
      transport: 'tcp',
      from: 'ca',
      fromPort: 80,
      port: 50_000,
      connection,
      bytes,
    },
  ];
}

function heard(lists: Lists, events: readonly ActorEvent[]) {
  return events.reduce(
    ({ lists: before, notes }, event) => {
      const next = step(before, event, NOW);
      assert.ok(next, event.kind);
      const more = (next?.effects ?? []).flatMap((effect) =>
        effect.kind === 'note' ? [effect.text] : [],
      );
      return { lists: next?.lists ?? before, notes: [...notes, ...more] };
    },
    { lists, notes: [] as readonly string[] },
  );
}

revocationLists('those that have ended are missed, and no others', () => {
  assert.equal(ended(HELD, [CA, ROOT], NOW), [ROOT]);
  assert.equal(ended(HELD, [CA, ROOT], NOW + 6 * DAY), [CA, ROOT]);
  assert.equal(ended({ ...HELD, held: [new Uint8Array(5)] }, [CA], NOW), [CA]);
});

revocationLists('a new list takes the place of the one that has ended', () => {
  const { lists, effects } = fetching(HELD, [ROOT]);
  assert.equal(
    effects.map(({ kind }) => kind),
    ['timer', 'connect'],
  );
  const next = list('CN=root', NOW, 2);
  const after = heard(lists, answer('crl-4', 200, next));
  assert.equal(after.notes, []);
  assert.equal(after.lists.held, [HELD.held[0], next]);
  assert.equal(ended(after.lists, [CA, ROOT], NOW), []);
  assert.equal([after.lists.calls, after.lists.count], [[], 5]);
});

revocationLists('says why a list is not to be had, and keeps what there is', () => {
  const refused: ActorEvent = { kind: 'closed', connection: 'crl-4', reason: 'refused' };
  const cases: readonly (readonly [readonly ActorEvent[], RegExp])[] = [
    [
      answer('crl-4', 404, new Uint8Array(0)),
      /http:\/\/ca\.corp\.example\/CertEnroll\/ca\.crl .*HTTP status 404/,
    ],
    [answer('crl-4', 200, new Uint8Array([0x30])), /is not to be had/],
    [answer('crl-4', 200, list('CN=ca', NOW)), /it is a list of CN=ca/],
    [[refused], /12029/],
  ];
  for (const [events, expected] of cases) {
    const { lists, notes } = heard(fetching(HELD, [ROOT]).lists, events);
    assert.match(notes.join(), expected);
    assert.is(lists.held, HELD.held);
    assert.equal(lists.calls, []);
  }
});

revocationLists('hears its own connections only, and ends them', () => {
  const { lists } = fetching(HELD, [CA, ROOT]);
  assert.is(step(lists, { kind: 'connected', connection: 'krb-4' }, NOW), undefined);
  assert.equal(
    abandoned(lists).map((effect) => (effect.kind === 'close' ? effect.connection : effect.kind)),
    ['cancel', 'crl-4', 'cancel', 'crl-5'],
  );
});

revocationLists.run();
