import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  directionKeys,
  mic,
  rewound,
  type SecurityLayer,
  securityLayer,
  unwrap,
  verifyMic,
  wrap,
} from '../../../protocols/ntlm/session-security.ts';
import { toHex, utf8, utf16le } from '../../../src/bytes/bytes.ts';
import { FLAGS, SESSION_KEY } from './vectors.ts';

const s = suite('ntlm session security');

function pair(): [client: SecurityLayer, server: SecurityLayer] {
  return [securityLayer(SESSION_KEY, FLAGS, 'client'), securityLayer(SESSION_KEY, FLAGS, 'server')];
}

s('keys and the sealed message of MS-NLMP 4.2.4.4', () => {
  const keys = directionKeys(SESSION_KEY, FLAGS, 'client');
  assert.is(toHex(keys.sealingKey), '59f600973cc4960a25480a7c196e4c58');
  assert.is(toHex(keys.signingKey), '4788dc861b4782f35d43fd98fe1a2d39');
  const [client, server] = pair();
  const { token } = wrap(client, utf16le('Plaintext'));
  assert.is(
    toHex(token),
    '010000007fb38ec5c55d4976000000005'.concat('4e50165bf1936dc996020c1811b0f06fb5f'),
  );
  const opened = unwrap(server, token);
  assert.ok(opened.ok);
  assert.equal(opened.message, utf16le('Plaintext'));
});

s('keys of fewer bits', () => {
  const strong = directionKeys(SESSION_KEY, FLAGS, 'server').sealingKey;
  const medium = directionKeys(SESSION_KEY, 0x80000000, 'server').sealingKey;
  const weak = directionKeys(SESSION_KEY, 0, 'server').sealingKey;
  assert.is(new Set([strong, medium, weak].map(toHex)).size, 3);
});

s('messages go both ways, each with its number, and nothing else is taken', () => {
  let [client, server] = pair();
  for (const text of ['one', 'two', '']) {
    const sent = wrap(client, utf8(text));
    const got = unwrap(server, sent.token);
    assert.ok(got.ok);
    assert.equal(got.message, utf8(text));
    assert.not.ok(unwrap(got.layer, sent.token).ok, 'a second time');
    const back = mic(got.layer, utf8(text));
    const checked = verifyMic(sent.layer, utf8(text), back.token);
    assert.ok(checked.ok);
    assert.not.ok(verifyMic(sent.layer, utf8(`${text}.`), back.token).ok);
    client = checked.layer;
    server = back.layer;
  }
  const { token } = wrap(client, utf8('three'));
  for (let at = 0; at < token.length; at++) {
    const altered = token.slice();
    altered[at] = (altered[at] as number) ^ 0x40;
    assert.not.ok(unwrap(server, altered).ok, `octet ${at}`);
  }
  assert.not.ok(unwrap(server, token.subarray(0, 15)).ok);
  assert.not.ok(unwrap(client, token).ok, 'our own, sent back');
});

/** Both sides right after they exchanged mechListMICs. */
function afterMics(client: 'anew' | 'on', server: 'anew' | 'on'): [SecurityLayer, SecurityLayer] {
  const [c, v] = pair();
  const list = utf8('list');
  const own = mic(c, list);
  const checked = verifyMic(v, list, own.token);
  assert.ok(checked.ok);
  const answer = mic(checked.layer, list);
  const done = verifyMic(own.layer, list, answer.token);
  assert.ok(done.ok);
  return [rewound(done.layer, client), rewound(answer.layer, server)];
}

s('after mechListMICs key streams begin anew, whatever the numbers do', () => {
  const sequenceOf = (token: Uint8Array): number | undefined => token[12];
  for (const [ours, theirs] of [
    ['anew', 'on'],
    ['on', 'on'],
    ['anew', 'anew'],
  ] as const) {
    let [client, server] = afterMics(ours, theirs);
    for (const text of ['first', 'second']) {
      const sent = wrap(client, utf8(text));
      const got = unwrap(server, sent.token);
      assert.ok(got.ok, `${ours} ${theirs} ${text}`);
      const back = wrap(got.layer, utf8(text));
      assert.is(sequenceOf(back.token), sequenceOf(sent.token), 'answered in kind');
      const read = unwrap(sent.layer, back.token);
      assert.ok(read.ok);
      [client, server] = [read.layer, back.layer];
    }
  }
});

s('one who counts on does not go back for a peer that begins anew', () => {
  const [client, server] = afterMics('on', 'anew');
  const sent = wrap(client, utf8('first'));
  const answer = wrap(server, utf8('first of its own'));
  const read = unwrap(sent.layer, answer.token);
  assert.ok(read.ok);
  assert.is(wrap(read.layer, utf8('next')).token[12], 2);
  assert.not.ok(unwrap(read.layer, answer.token).ok, 'the number 0 comes once');
});

s.run();
