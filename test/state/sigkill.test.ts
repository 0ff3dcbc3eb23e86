/**
 * `serve --state` under LDAP writes, killed a hundred times at any moment: what was acknowledged is
 * there, nothing is there by half, and what was on its way has happened up to some point.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { USN_COUNTER } from '../../protocols/directory/stamps.ts';
import type { ProtocolOp } from '../../protocols/ldap/messages.ts';
import { view } from '../../src/bytes/bytes.ts';
import { seededRandom } from '../../src/crypto/random.ts';
import { lmdbStore } from '../../src/store/lmdb.ts';
import { root } from '../root.ts';
import { inconsistencies } from './consistency.ts';
import { administrator, type Killable, killable } from './killable.ts';
import { type LdapConnection, ldapConnection } from './ldap-connection.ts';
import {
  type Change,
  change,
  GROUP,
  type People,
  PREPARATION,
  peopleIn,
  summary,
  UNIT,
} from './workload.ts';

const s = suite('state under SIGKILL');

const ROUNDS = 100;
/** One round in so many is killed while it starts. */
const STARTING = 10;

interface Story {
  readonly folder: string;
  readonly exported: string;
  readonly draw: (below: number) => number;
  /** What was acknowledged, with what was found to have happened besides. */
  people: People;
  /** Sent after that, in order, and not answered. */
  unanswered: readonly Change[];
  usn: number;
  serial: number;
  acknowledged: number;
}

s(`${ROUNDS} rounds lose nothing that was acknowledged`, async () => {
  const top = mkdtempSync(join(tmpdir(), 'kerblab-killed-'));
  const octets = seededRandom(1, 'sigkill');
  const story: Story = {
    folder: join(top, 'state'),
    exported: join(top, 'export'),
    draw: (below) => view(octets(4)).getUint32(0) % Math.max(1, below),
    people: new Map(),
    unanswered: [],
    usn: 0,
    serial: 0,
    acknowledged: 0,
  };
  try {
    await prepared(story);
    for (let round = 1; round <= ROUNDS; round++) {
      if (round % STARTING === 0) await killedStarting(story);
      else await killedWriting(story);
      await stored(story);
    }
    await killedWriting(story);
    // How many fit before a kill is the machine's matter; without any the rest would mean nothing.
    assert.ok(story.acknowledged > ROUNDS, `only ${story.acknowledged} writes were answered`);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

function started({ folder, exported }: Story): Killable {
  const file = root('scenarios/password-sign-in.yaml');
  return killable([file, '--ldap', '0', '--state', folder, '--export', exported]);
}

async function connected(story: Story, server: Killable): Promise<LdapConnection> {
  const { ldap } = await server.ready;
  const { dn, password } = administrator(story.exported);
  return ldapConnection(String(ldap), dn, password);
}

async function prepared(story: Story): Promise<void> {
  const server = started(story);
  try {
    const connection = await connected(story, server);
    for (const operation of PREPARATION) succeeded(await connection.ask(operation));
    connection.close();
  } finally {
    await server.kill();
  }
}

async function killedStarting(story: Story): Promise<void> {
  const server = started(story);
  await passed(story.draw(600));
  await server.kill();
}

async function killedWriting(story: Story): Promise<void> {
  const server = started(story);
  try {
    const connection = await connected(story, server);
    await verified(story, connection);
    const over = passed(2 + story.draw(80)).then(() => server.kill());
    await written(story, connection, 1 + story.draw(16));
    await over;
    connection.close();
  } finally {
    await server.kill();
  }
}

/** Keeps `width` requests on their way until the connection ends. */
async function written(story: Story, connection: LdapConnection, width: number): Promise<void> {
  const waiting: Change[] = [];
  let next = story.people;
  const lane = async (): Promise<void> => {
    for (;;) {
      const one = change(next, ++story.serial, story.draw);
      next = one.apply(next);
      waiting.push(one);
      const answer = await connection.ask(one.operation).catch(() => undefined);
      if (answer === undefined) return;
      succeeded(answer);
      // Answers come in the order of the requests.
      assert.is(waiting.shift(), one);
      story.people = one.apply(story.people);
      story.acknowledged++;
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  story.unanswered = waiting;
}

function succeeded(answer: readonly ProtocolOp[]): void {
  const [result] = Object.values(answer.at(-1) ?? {}) as readonly { resultCode?: number }[];
  assert.is(result?.resultCode, 0, JSON.stringify(answer));
}

/** What is there is what was acknowledged, and of the rest, which went in one by one, a beginning. */
async function verified(story: Story, connection: LdapConnection): Promise<void> {
  const [group] = await connection.found(GROUP, 'group', ['member']);
  const attributes = ['cn', 'description', 'displayName', 'telephoneNumber', 'memberOf'];
  const there = peopleIn(await connection.found(UNIT, 'user', attributes), group);
  const found = summary(there);
  let possible = story.people;
  for (const { apply } of story.unanswered) {
    if (summary(possible) === found) break;
    possible = apply(possible);
  }
  assert.is(found, summary(possible));
  story.people = possible;
  story.unanswered = [];
}

/** What the killed process left on the disk. */
async function stored(story: Story): Promise<void> {
  const store = await lmdbStore(join(story.folder, 'dc1'));
  try {
    assert.equal(inconsistencies(store, store.keys), []);
    const usn = store.counter(USN_COUNTER);
    assert.ok(usn >= story.usn, `the USN went from ${story.usn} back to ${usn}`);
    story.usn = usn;
  } finally {
    await store.close();
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

s.run();
