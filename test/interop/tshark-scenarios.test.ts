/**
 * Wireshark's dissectors judge every message of every scenario: the exported capture has no malformed
 * packet, the exported keytab opens every ticket, and the PACs in them are read and verified.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runFolderOf } from '../../src/trace/run-folder.ts';
import { peerTest } from '../peers.ts';
import { built, root } from '../root.ts';

const s = suite('tshark reads scenarios');

/** PI_WARN in Wireshark's epan/proto.h. */
const EXPERT_WARNING = 0x600000;

const folder = mkdtempSync(join(tmpdir(), 'kerblab-scenarios-'));
s.after(() => rmSync(folder, { recursive: true }));

const files = readdirSync(root('scenarios'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .sort();

function kerblab(...args: readonly string[]): void {
  const options = { encoding: 'utf8', stdio: 'pipe' } as const;
  const { status, stderr } = spawnSync(
    process.execPath,
    [built('src/cli/main.js'), ...args],
    options,
  );
  // Whether expectations held (1 if not) is judged elsewhere.
  assert.ok(status === 0 || status === 1, `exit ${status}: ${stderr}`);
}

interface Captured {
  /** Kerberos messages that the trace says were sent between client and KDC. */
  readonly sent: number;
  tshark(...args: readonly string[]): string;
}

/** Runs a scenario and exports it. */
function captured(file: string): Captured {
  const name = basename(file, '.yaml');
  const out = join(folder, name);
  const [pcapng, keytab] = [join(out, 'run.pcapng'), join(out, 'all.keytab')];
  kerblab('run', root('scenarios', file), '--out', out);
  kerblab('export', 'latest', '--runs', out, '--pcapng', pcapng, '--keytab', keytab);
  const decrypting = ['-o', 'kerberos.decrypt:TRUE', '-o', `kerberos.file:${keytab}`];
  const checking = ['ip', 'udp', 'tcp'].flatMap((p) => ['-o', `${p}.check_checksum:TRUE`]);
  const trace = readFileSync(join(runFolderOf('latest', out), 'trace.jsonl'), 'utf8');
  return {
    sent: count(trace, /{"kind":"send",[^{}]*"message":"(?:AS-RE[QP]|TGS-RE[QP]|KRB-ERROR)"/g),
    tshark: (...args) =>
      execFileSync('tshark', ['-r', pcapng, ...decrypting, ...checking, ...args], {
        encoding: 'utf8',
        stdio: 'pipe',
        maxBuffer: 256 << 20,
      }),
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Stories of administrators' tools on the controller itself: nothing goes over the network. */
const SILENT: ReadonlySet<string> = new Set(['admin-sd-holder.yaml']);

for (const file of files) {
  peerTest(s, file, ['tshark'], () => {
    const { sent, tshark } = captured(file);
    const bad = ['_ws.malformed', '_ws.short', 'tcp.analysis.flags'];
    // A wrong password makes a time stamp that no key of the realm opens; nothing else may stay shut.
    bad.push('(kerberos.missing_keytype && !kerberos.as_req_element)');
    for (const layer of ['ip', 'udp', 'tcp']) bad.push(`${layer}.checksum.status == 0`);
    bad.push(`_ws.expert.severity > ${EXPERT_WARNING}`);
    assert.is(tshark('-Y', bad.join(' || ')), '');

    const printed = tshark('-V');
    assert.is(sent === 0, SILENT.has(file), `${sent} Kerberos messages in the trace`);
    assert.is(count(printed, /^Kerberos$/gm), sent, 'messages that Wireshark reads');
    const tickets = count(printed, /^ +ticket$/gm);
    const opened = count(printed, /^ +encTicketPart$/gm);
    assert.is(opened, tickets, `${opened} of ${tickets} tickets are opened`);
    const pacs = count(printed, /ad-type: aD-WIN2K-PAC \(128\)/g);
    if (tickets > 0) assert.ok(pacs > 0, 'tickets without a PAC');
    assert.is(count(printed, /Type: Logon Info \(1\)/g), pacs, 'PACs whose LOGON_INFO is read');
    for (const who of ['Server', 'KDC']) {
      const verified = count(printed, new RegExp(`^ +Verified ${who} checksum `, 'gm'));
      assert.is(verified, pacs, `PACs whose ${who} checksum Wireshark has verified`);
    }
  });
}

s.run();
