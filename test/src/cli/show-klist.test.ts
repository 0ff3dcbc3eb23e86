import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('show-klist');
const run = finishedRun();
s.after(() => run.remove());

const shown = (...args: readonly string[]): string => {
  const called = kerblab('show', run.folder, 'klist', ...args);
  assert.is(called.status, 0, called.stderr);
  return called.stdout;
};

const ticket = (index: number, server: string, flags: string, cacheFlags: string) => `
#${index}>	Client: alice @ CORP.EXAMPLE
	Server: ${server} @ CORP.EXAMPLE
	KerbTicket Encryption Type: AES-256-CTS-HMAC-SHA1-96
	Ticket Flags ${flags}
	Start Time: 3/2/2026 8:00:00 (local)
	End Time:   3/2/2026 18:00:00 (local)
	Renew Time: 3/9/2026 8:00:00 (local)
	Session Key Type: AES-256-CTS-HMAC-SHA1-96
	Cache Flags: ${cacheFlags}
	Kdc Called: dc1.corp.example
`;

const INITIAL = '0x40e10000 -> forwardable renewable initial pre_authent name_canonicalize';
const GIVEN = '0x40a10000 -> forwardable renewable pre_authent name_canonicalize';

s('the tickets of who is signed in, at the end', () => {
  const first = '\nCurrent LogonId is 0:0x10005\n\nCached Tickets: (3)\n';
  assert.is(
    shown(),
    [
      first,
      ticket(0, 'krbtgt/CORP.EXAMPLE', INITIAL, '0x1 -> PRIMARY'),
      ticket(1, 'cifs/files.corp.example', GIVEN, '0'),
      ticket(2, 'host/laptop.corp.example', GIVEN, '0'),
    ].join(''),
  );
});

s('at any moment, and of any session', () => {
  const early = shown('--at', '0s');
  assert.is(early, '\nCurrent LogonId is 0:0x3e7\n\nCached Tickets: (0)\n');
  const own = shown('0x3e7');
  assert.match(own, /^Targeted LogonId is 0:0x3e7$/m);
  assert.match(own, /^Cached Tickets: \(1\)$/m);
  assert.match(own, /Client: LAPTOP\$ @ CORP\.EXAMPLE$/m);
  assert.is(
    shown('sessions'),
    '\nCurrent LogonId is 0:0x10005\n[0] Session 1 0:0x10005 CORP\\alice Negotiate:Interactive\n[1] Session 0 0:0x3e7 CORP\\LAPTOP$ Negotiate:(0)\n',
  );
  assert.match(shown('tgt'), /^ClientName {9}: alice$/m);
  assert.match(shown('tgt', '--at', '0s'), /^klist failed with 0x8009030e/m);
});

s('says what is wrong with what it is asked', () => {
  for (const [args, message] of [
    [['purge'], /klist purge: expected tickets, tgt, sessions, and the LogonId/],
    [['0x44'], /there is no session 0:0x44, but 0:0x10005, 0:0x3e7/],
    [['--on', 'files'], /--on files: expected a device/],
  ] as const) {
    const called = kerblab('show', run.folder, 'klist', ...args);
    assert.match(called.stderr, message);
    assert.equal([called.status, called.stdout], [2, ''], args.join(' '));
  }
});

s.run();
