/** Wireshark reads what Negotiate says with NTLM in it, as browsers carry it: base64 in fields of HTTP. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hexdump, utf8 } from '../../src/bytes/bytes.ts';
import { peerTest } from '../peers.ts';
import { conversation, NTLM_OFFER, PASSWORD } from '../protocols/negotiate/conversation.ts';

const s = suite('tshark reads NTLM');
const folder = mkdtempSync(join(tmpdir(), 'kerblab-ntlm-'));
s.after(() => rmSync(folder, { recursive: true }));

/** Each token in a message of HTTP, in turn from the client and from the server. */
function capture(tokens: readonly Uint8Array[]): string {
  const packets = tokens.map((token, n) => {
    const base64 = Buffer.from(token).toString('base64');
    return n % 2 === 0
      ? `GET / HTTP/1.1\r\nHost: files\r\nAuthorization: Negotiate ${base64}\r\n\r\n`
      : `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate ${base64}\r\nContent-Length: 0\r\n\r\n`;
  });
  const [text, pcap] = [join(folder, 'packets.txt'), join(folder, 'packets.pcap')];
  const dumps = packets.map((packet) => hexdump(utf8(packet)).replace(/ {2}[^ ].{0,15}$/gm, ''));
  writeFileSync(text, `${dumps.join('\n\n')}\n`);
  execFileSync('text2pcap', ['-q', '-T', '50000,80', text, pcap], { stdio: 'pipe' });
  return pcap;
}

for (const framing of ['spnego', 'none'] as const) {
  peerTest(s, `tokens with framing ${framing}`, ['tshark', 'text2pcap'], () => {
    const { tokens } = conversation({ offers: [NTLM_OFFER], framing, sequenceAfterMic: 'on' });
    const options = { encoding: 'utf8', stdio: 'pipe' } as const;
    const password = ['-o', `ntlmssp.nt_password:${PASSWORD}`];
    const read = (...args: readonly string[]): string =>
      execFileSync('tshark', ['-r', capture(tokens), ...password, ...args], options);
    assert.is(read('-Y', '_ws.malformed || _ws.short || _ws.expert.severity > 0x600000'), '');
    const fields = ['ntlmssp.messagetype', 'ntlmssp.auth.username', 'ntlmssp.auth.domain'].flatMap(
      (field) => ['-e', field],
    );
    const rows = read('-Y', 'ntlmssp', '-T', 'fields', ...fields)
      .trimEnd()
      .split('\n');
    assert.equal(
      rows.map((row) => row.trimEnd().split('\t')),
      [['0x00000001'], ['0x00000002'], ['0x00000003', 'alice', 'CORP']],
    );
    const printed = read('-V');
    assert.match(printed, /NTLMv2 Response: [0-9a-f]+/);
    assert.match(printed, /Target Name: cifs\/10\.0\.0\.7/);
    assert.match(printed, /Attribute: DNS computer name: files\.corp\.example/);
    assert.match(printed, /MIC: [0-9a-f]{32}/);
  });
}

s.run();
