/** impacket's rdp_check.py: CredSSP of version 2, with NTLM inside SPNEGO's place and keys instead of hashes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { execute, type Served, serve } from './served.ts';

const s = suite('rdp_check.py');

const SCRIPT = '/usr/share/doc/python3-impacket/examples/rdp_check.py';

let served: Served | undefined;

s.after(async () => {
  await served?.stop();
});

/** The port is written down in the script: a copy of it has ours. */
async function check(credentials: string): Promise<string> {
  served ??= await serve('test/interop/remote-desktop.yaml', ['--kdc', '0', '--rdp', '0']);
  const [host, port] = (served.ready.rdp ?? '').split(':');
  const script = join(served.folder, 'rdp_check.py');
  writeFileSync(script, readFileSync(SCRIPT, 'utf8').replace('(host,3389)', `(host,${port})`));
  const python = peer('rdp_check.py') as string;
  const { stdout, stderr } = await execute(python, [script, `${credentials}@${host}`], {});
  return stdout + stderr;
}

for (const who of ['CORP/alice:Correct horse 7', 'CORP/dana:Keys to all 9']) {
  peerTest(s, `${who} is let in`, ['rdp_check.py'], async () => {
    assert.match(await check(who), 'Access Granted');
  });
}

for (const who of ['CORP/alice:wrong', 'CORP/mallory:x', 'OTHER/alice:Correct horse 7']) {
  peerTest(s, `${who} is not, and sees the connection end`, ['rdp_check.py'], async () => {
    const said = await check(who);
    assert.not.match(said, 'Access Granted');
    assert.match(said, '[-]');
  });
}

s.run();
