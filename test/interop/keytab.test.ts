/** MIT's klist reads our key and credential files, Heimdal's and MIT's way of printing aside. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex } from '../../src/bytes/bytes.ts';
import { configEntry, writeCcache } from '../../src/trace/ccache.ts';
import { keytabEntry, writeKeytab } from '../../src/trace/keytab.ts';
import { peerTest } from '../peers.ts';

/** krbtgt/CONTOSO.COM, AES256, kvno 2, four octets of no meaning as its cipher. */
const TICKET = hex`614e304ca003020105a10d1b0b434f4e544f534f2e434f4da220301ea003020102a11730151b066b72627467741b0b434f4e544f534f2e434f4da3143012a003020112a103020102a2060404aaaaaaaa`;

const s = suite('files for MIT');

const folder = mkdtempSync(join(tmpdir(), 'kerblab-files-'));
s.after(() => rmSync(folder, { recursive: true }));

function klist(...args: readonly string[]): string {
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  return execFileSync('klist', args, { encoding: 'utf8', env });
}

peerTest(s, 'klist -k -e -K -t reads a keytab', ['klist'], () => {
  const file = join(folder, 'all.keytab');
  const at = Date.UTC(2026, 2, 2, 8) / 1000;
  const wide = 0x5a310001;
  const keys = [
    { principal: 'alice@CORP.EXAMPLE', kvno: 2, etype: 18, key: 'ab'.repeat(32) },
    {
      principal: 'cifs/files.corp.example@CORP.EXAMPLE',
      kvno: 300,
      etype: 17,
      key: 'cd'.repeat(16),
    },
    { principal: 'krbtgt/CORP.EXAMPLE@CORP.EXAMPLE', kvno: wide, etype: 20, key: 'ef'.repeat(32) },
  ];
  writeFileSync(file, writeKeytab(keys.map((record) => keytabEntry(record, at))));
  const lines = klist('-k', '-e', '-K', '-t', file)
    .split('\n')
    .map((line) => line.trim());
  const expected = [
    `2 03/02/26 08:00:00 alice@CORP.EXAMPLE (aes256-cts-hmac-sha1-96)  (0x${'ab'.repeat(32)})`,
    `300 03/02/26 08:00:00 cifs/files.corp.example@CORP.EXAMPLE (aes128-cts-hmac-sha1-96)  (0x${'cd'.repeat(16)})`,
    `${wide} 03/02/26 08:00:00 krbtgt/CORP.EXAMPLE@CORP.EXAMPLE (aes256-cts-hmac-sha384-192)  (0x${'ef'.repeat(32)})`,
  ];
  assert.equal(lines.slice(3, 6), expected);
});

peerTest(s, 'klist -c -e -f -C reads a credential cache', ['klist'], () => {
  const file = join(folder, 'ccache');
  const alice = { nameType: 1, realm: 'CORP.EXAMPLE', components: ['alice'] };
  const authtime = Date.UTC(2099, 2, 2, 8) / 1000;
  const credential = {
    client: alice,
    server: { nameType: 2, realm: 'CORP.EXAMPLE', components: ['krbtgt', 'CORP.EXAMPLE'] },
    key: { etype: 18, bytes: new Uint8Array(32) },
    authtime,
    starttime: authtime,
    endtime: authtime + 36_000,
    renewTill: authtime + 604_800,
    isSkey: false,
    ticketFlags: 0x40e10000,
    addresses: [],
    authdata: [],
    ticket: TICKET,
    secondTicket: new Uint8Array(0),
  };
  const setting = configEntry(alice, 'refresh_time', '4075603200');
  writeFileSync(file, writeCcache({ principal: alice, credentials: [setting, credential] }));
  const printed = klist('-c', file, '-e', '-f', '-C');
  assert.match(printed, 'Default principal: alice@CORP.EXAMPLE');
  assert.match(printed, 'config: refresh_time = 4075603200');
  assert.match(printed, '03/02/99 08:00:00  03/02/99 18:00:00  krbtgt/CORP.EXAMPLE@CORP.EXAMPLE');
  assert.match(printed, 'renew until 03/09/99 08:00:00, Flags: FRIA');
  assert.match(printed, 'Etype (skey, tkt): aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96');
});

s.run();
