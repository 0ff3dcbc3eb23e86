/** The walk-through of protocols/entra, line by line, as a reader runs it. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTgt } from '../../protocols/entra/prt-messages.ts';
import { jsonObject, textField } from '../../protocols/oauth/json.ts';
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import { peerTest } from '../peers.ts';
import { root } from '../root.ts';
import { execute } from './served.ts';

const s = suite('Entra by hand');

/** The lines of the document's shell blocks. */
function lines(): string {
  const text = readFileSync(root('protocols/entra/WALKTHROUGH.md'), 'utf8');
  return Array.from(text.matchAll(/^```sh\n(.*?)^```$/gms), ([, block]) => block).join('');
}

/** What a reader would look at next: the answer and the session key, for our own reading of them. */
const LOOK = `
echo "session key $SESSION"
echo "answer $(cat "$D/answer.json")"
rm -r "$D"
`;

const PEERS = ['bash', 'curl', 'openssl', 'kvno', 'klist'];

peerTest(s, 'from a device’s registration to a service’s ticket', PEERS, async () => {
  const script = lines();
  assert.ok(script.split('\n').length > 60, 'the document has its blocks');
  const { code, stdout, stderr } = await execute(
    'bash',
    ['-euo', 'pipefail', '-c', `cd "${root('.')}"\n${script}${LOOK}`],
    {},
  );
  assert.is(code, 0, stderr);
  const found = (pattern: RegExp): string => {
    const match = pattern.exec(stdout);
    assert.ok(match !== null, `${pattern} in:\n${stdout}\n${stderr}`);
    return match[1] ?? '';
  };
  found(/^subject=CN = [0-9a-f-]{36}\nissuer=.*MS-Organization-Access/m);
  found(/^partial: krbtgt\/CORP\.EXAMPLE@CORP\.EXAMPLE for alice@CORP\.EXAMPLE, kvno \d{7,}/m);
  // MIT's client shows the partial ticket, has it exchanged, and goes on to a service.
  found(/^krbtgt\/CORP\.EXAMPLE@CORP\.EXAMPLE: kvno = 2$/m);
  found(/^cifs\/files\.corp\.example@CORP\.EXAMPLE: kvno = 2$/m);
  found(/Etype \(skey, tkt\): aes128-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96/);
  found(/^AADSTS50168: /m);
  found(/^AADSTS50027: /m);
  // The key that openssl came to is the one that opens the AS-REP.
  const answer = jsonObject(found(/^answer (.*)$/m));
  const sessionKey = fromHex(found(/^session key ([0-9a-f]{64})$/m));
  const tgt = openTgt(textField(answer ?? {}, 'tgt_ad') ?? '', sessionKey);
  assert.ok(tgt.kind === 'ticket', JSON.stringify(tgt));
  assert.is(found(/^the AS-REP opens with ([0-9a-f]{64})$/m), toHex(tgt.clientKey));
});

s.run();
