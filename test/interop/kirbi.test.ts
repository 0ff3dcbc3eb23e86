/** impacket takes our KRB-CRED, and MIT's klist what impacket makes of it; our cache shows the same. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { finishedRun, kerblab } from '../src/cli/finished-run.ts';

const s = suite('kirbi for others');
const run = finishedRun();
s.after(() => run.remove());

const CONVERT = `
import sys
from impacket.krb5.ccache import CCache
cache = CCache.loadKirbiFile(sys.argv[1])
cache.saveFile(sys.argv[2])
[one] = cache.credentials
print(one['client'].prettyPrint().decode(), one['server'].prettyPrint().decode())
print(one['key']['keytype'], bytes(one['key']['keyvalue']).hex())
`;

function klist(file: string): string {
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const text = execFileSync('klist', ['-e', '-f', '-c', file], { encoding: 'utf8', env });
  return text.slice(text.indexOf('Default principal'));
}

for (const [ticket, server] of [
  ['full', 'krbtgt/CORP.EXAMPLE@CORP.EXAMPLE'],
  ['cifs/files.corp.example', 'cifs/files.corp.example@CORP.EXAMPLE'],
] as const) {
  peerTest(s, `impacket and klist read ${ticket}`, ['impacket', 'klist'], () => {
    const [kirbi, ours, theirs] = ['a.kirbi', 'ours.ccache', 'theirs.ccache'].map((name) =>
      join(run.runs, name),
    ) as [string, string, string];
    const files = ['--kirbi', kirbi, '--ccache', ours, '--ticket', ticket];
    const exported = kerblab('export', run.folder, ...files);
    assert.is(exported.status, 0, exported.stderr);
    const python = peer('impacket') as string;
    const said = execFileSync(python, ['-c', CONVERT, kirbi, theirs], { encoding: 'utf8' });
    const [names, key] = said.trim().split('\n');
    assert.is(names, `alice@CORP.EXAMPLE ${server}`);
    assert.match(key ?? '', /^18 [0-9a-f]{64}$/);
    assert.is(klist(theirs), klist(ours));
    assert.match(
      klist(ours),
      /Etype \(skey, tkt\): aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96/,
    );
    assert.match(klist(ours), /03\/02\/26 08:00:00 {2}03\/02\/26 18:00:00/);
  });
}

s.run();
