/**
 * Wireshark's dissectors judge every message of every scenario: the exported capture has no malformed
 * packet, the exported keytab opens every ticket, and the PACs in them are read and verified. OpenSSL
 * judges what PKINIT signs in them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../protocols/dissect/dissector.ts';
import { stage } from '../../src/cli/stage.ts';
import { buildCast } from '../../src/scenario/cast.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { readRun } from '../../src/trace/read.ts';
import { runFolderOf } from '../../src/trace/run-folder.ts';
import { peerTest } from '../peers.ts';
import { built, root } from '../root.ts';
import { OpensslJudge, signedIn } from './openssl-judge.ts';

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

/** What this version of Wireshark says of PKINIT even where MIT and Heimdal speak it with each other. */
let complaints: ReadonlySet<string> | undefined;

const BER_ERROR = /BER Error: [^~\n]*/g;

/**
 * Wireshark's PKINIT is of before RFC 8070 and RFC 8636, and it takes DHRepInfo for a ContentInfo. What
 * it says of messages that MIT's and Heimdal's programs wrote to each other proves nothing of ours.
 */
function knownComplaints(): ReadonlySet<string> {
  if (complaints !== undefined) return complaints;
  const found = ['mit-as-req-modp-14', 'mit-as-rep-modp-16', 'heimdal-as-rep-dh'].flatMap(
    (name) => {
      const digits = readFileSync(root('test', 'vectors', 'pkinit-peers', `${name}.hex`), 'utf8');
      const message = Buffer.from(digits.replace(/\s/g, ''), 'hex');
      const framed = Buffer.alloc(4 + message.length);
      framed.writeUInt32BE(message.length);
      message.copy(framed, 4);
      const lines = Array.from({ length: Math.ceil(framed.length / 16) }, (_, i) => {
        const octets = framed.subarray(16 * i, 16 * (i + 1)).toString('hex');
        return `${(16 * i).toString(16).padStart(6, '0')} ${octets.replace(/../g, '$& ')}\n`;
      });
      const file = join(folder, `${name}.pcap`);
      const args = ['-q', '-T', '88,1234', '-', file];
      execFileSync('text2pcap', args, { input: lines.join(''), stdio: ['pipe', 'pipe', 'pipe'] });
      return errorsIn(execFileSync('tshark', ['-r', file, ...EXPERTS], { encoding: 'utf8' }));
    },
  );
  complaints = new Set(found);
  return complaints;
}

const EXPERTS = ['-Y', '_ws.malformed', '-T', 'fields', '-e', '_ws.expert.message'];
EXPERTS.push('-E', 'aggregator=~');

const errorsIn = (printed: string): readonly string[] =>
  (printed.match(BER_ERROR) ?? []).map((text) => text.trim());

interface Captured {
  /** The run's folder. */
  readonly folder: string;
  /** Kerberos messages that the trace says were sent between client and KDC. */
  readonly sent: number;
  tshark(...args: readonly string[]): string;
}

/** Runs a scenario and exports it. */
function captured(file: string): Captured {
  const before = runs.get(file);
  if (before !== undefined) return before;
  const made = capture(file);
  runs.set(file, made);
  return made;
}

const runs = new Map<string, Captured>();

function capture(file: string): Captured {
  const name = basename(file, '.yaml');
  const out = join(folder, name);
  const [pcapng, keytab] = [join(out, 'run.pcapng'), join(out, 'all.keytab')];
  kerblab('run', root('scenarios', file), '--out', out);
  kerblab('export', 'latest', '--runs', out, '--pcapng', pcapng, '--keytab', keytab);
  const decrypting = ['-o', 'kerberos.decrypt:TRUE', '-o', `kerberos.file:${keytab}`];
  const checking = ['ip', 'udp', 'tcp'].flatMap((p) => ['-o', `${p}.check_checksum:TRUE`]);
  const run = runFolderOf('latest', out);
  const trace = readFileSync(join(run, 'trace.jsonl'), 'utf8');
  return {
    folder: run,
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

/** Stories in which a client does not believe the domain controller. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'rogue-domain-controller.yaml',
  'rdp-dc-certificate-untrusted.yaml',
]);

/** Stories of administrators' tools on the controller itself: nothing goes over the network. */
const SILENT: ReadonlySet<string> = new Set(['admin-sd-holder.yaml']);

for (const file of files) {
  peerTest(s, file, ['tshark'], () => {
    const { sent, tshark } = captured(file);
    const bad = ['_ws.short', 'tcp.analysis.flags'];
    // A wrong password makes a time stamp that no key of the realm opens; nothing else may stay shut.
    bad.push('(kerberos.missing_keytype && !kerberos.as_req_element)');
    for (const layer of ['ip', 'udp', 'tcp']) bad.push(`${layer}.checksum.status == 0`);
    bad.push(`_ws.expert.severity > ${EXPERT_WARNING}`);
    assert.is(tshark('-Y', bad.join(' || ')), '');

    const errors = errorsIn(tshark(...EXPERTS));
    if (errors.length > 0) {
      const known = knownComplaints();
      assert.equal(
        errors.filter((text) => !known.has(text)),
        [],
      );
    }
    const without = [
      '-Y',
      '_ws.malformed && !(kerberos.padata_type == 16 || kerberos.padata_type == 17)',
    ];
    assert.is(tshark(...without), '', 'malformed, and no PKINIT in it');

    const printed = tshark('-V');
    assert.is(sent === 0, SILENT.has(file), `${sent} Kerberos messages in the trace`);
    assert.is(count(printed, /^Kerberos$/gm), sent, 'messages that Wireshark reads');
    // As Wireshark calls them; the last is the one in KERB_TICKET_LOGON.
    const tickets = count(printed, /^ +(?:[tT]icket|ServiceTicket)$/gm);
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

for (const file of files) {
  peerTest(s, `${file}: what PKINIT signs`, ['openssl', 'tshark'], () => {
    const { records, octets, result } = readRun(captured(file).folder);
    const scenario = loadScenario(file, result.text, stage);
    const { anchors } = buildCast(scenario, result.seed, stage.roles);
    const judge = new OpensslJudge();
    let signatures = 0;
    let messages = 0;
    try {
      for (const { at, effects } of records) {
        for (const { kind, message, bytes } of effects) {
          if (kind !== 'send' || (message !== 'AS-REQ' && message !== 'AS-REP')) continue;
          const sent = octets(String(bytes)) as Uint8Array;
          if (hasPkinit(sent, message)) messages++;
          for (const signed of signedIn(sent, message)) {
            signatures++;
            judge.parses(sent);
            judge.parses(signed.octets);
            judge.verifies(signed);
            // Clients may show what they like; what a realm's KDC shows leads to the realm's root.
            if (message === 'AS-REP' && !UNTRUSTED.has(file)) {
              judge.verifiesChain(signed.certificates, anchors, result.start + at);
            }
          }
        }
      }
    } finally {
      judge.close();
    }
    assert.is(signatures, messages, 'every message of PKINIT has one signature');
  });
}

/** Padata with something signed in it. */
function hasPkinit(bytes: Uint8Array, message: string): boolean {
  const { padataValue = {} } = dissector.value(bytes, { message }) as {
    readonly padataValue?: Readonly<Record<string, unknown>>;
  };
  return 'PA-PK-AS-REQ' in padataValue || 'PA-PK-AS-REP' in padataValue;
}

s.run();
