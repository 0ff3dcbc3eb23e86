import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  klistOrder,
  logonLines,
  SYSTEM_LOGON,
  sessionsText,
  tgtText,
  ticketsText,
} from '../../../protocols/kerberos/klist.ts';
import { Ticket } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import type { Credential } from '../../../protocols/kerberos/ticket-cache.ts';
import { encode } from '../../../src/der/codec.ts';

const s = suite('klist');

function credential(changes: Partial<Credential> & { readonly etype?: number }): Credential {
  const { etype = 18, ...rest } = changes;
  const sname = rest.sname ?? principal(2, 'krbtgt', 'US.TECHCORP.LOCAL');
  const srealm = rest.srealm ?? 'US.TECHCORP.LOCAL';
  return {
    cname: principal(1, 'Administrator'),
    crealm: 'US.TECHCORP.LOCAL',
    sname,
    srealm,
    key: { etype: 18, bytes: new Uint8Array(32).fill(0xab) },
    flags: 0x40e10000,
    authtime: Date.UTC(2023, 1, 22, 11, 3, 30),
    starttime: Date.UTC(2023, 1, 22, 11, 5, 3),
    endtime: Date.UTC(2023, 1, 22, 21, 3, 30),
    renewTill: Date.UTC(2023, 2, 1, 11, 3, 30),
    ticket: encode(Ticket, {
      tktVno: 5,
      realm: srealm,
      sname,
      encPart: { etype, kvno: 2, cipher: Uint8Array.of(0x41, 0, 0x7f) },
    }),
    ...rest,
  };
}

/** Public captures of the tool, with spaces for its tabs: a delegated ticket, and Azure Files' (2026). */
const CAPTURED = `
Current LogonId is 0:0x184bfdc

Cached Tickets: (3)

#0>	Client: Administrator @ US.TECHCORP.LOCAL
	Server: krbtgt/US.TECHCORP.LOCAL @ US.TECHCORP.LOCAL
	KerbTicket Encryption Type: AES-256-CTS-HMAC-SHA1-96
	Ticket Flags 0x60a10000 -> forwardable forwarded renewable pre_authent name_canonicalize
	Start Time: 2/22/2023 11:05:03 (local)
	End Time:   2/22/2023 21:03:30 (local)
	Renew Time: 3/1/2023 11:03:30 (local)
	Session Key Type: AES-256-CTS-HMAC-SHA1-96
	Cache Flags: 0x2 -> DELEGATION
	Kdc Called: US-DC.us.techcorp.local

#1>	Client: Administrator @ US.TECHCORP.LOCAL
	Server: krbtgt/KERBEROS.MICROSOFTONLINE.COM @ KERBEROS.MICROSOFTONLINE.COM
	KerbTicket Encryption Type: Unknown (-1)
	Ticket Flags 0x40810000 -> forwardable renewable name_canonicalize
	Start Time: 2/22/2023 11:05:03 (local)
	End Time:   2/22/2023 21:03:30 (local)
	Renew Time: 3/1/2023 11:03:30 (local)
	Session Key Type: AES-256-CTS-HMAC-SHA1-96
	Cache Flags: 0x400 -> 0x400
	Kdc Called: TicketSuppliedAtLogon

#2>	Client: Administrator @ US.TECHCORP.LOCAL
	Server: cifs/acct.file.core.windows.net @ KERBEROS.MICROSOFTONLINE.COM
	KerbTicket Encryption Type: RSADSI RC4-HMAC(NT)
	Ticket Flags 0x40000000 -> forwardable
	Start Time: 2/22/2023 11:05:03 (local)
	End Time:   2/22/2023 21:03:30 (local)
	Renew Time: 0
	Session Key Type: AES-256-CTS-HMAC-SHA1-96
	Cache Flags: 0
	Kdc Called: KdcProxy:login.microsoftonline.com
`;

const CLOUD = 'KERBEROS.MICROSOFTONLINE.COM';

s('prints what captures of the tool show, line for line', () => {
  const { renewTill: _, ...files } = credential({
    sname: principal(2, 'cifs', 'acct.file.core.windows.net'),
    srealm: CLOUD,
    etype: 23,
    flags: 0x40000000,
  });
  const cloud = { sname: principal(2, 'krbtgt', CLOUD), srealm: CLOUD, etype: -1 };
  const text = ticketsText(logonLines(0x184bfdc), [
    {
      credential: credential({ flags: 0x60a10000 }),
      cacheFlags: 0x2,
      kdcCalled: 'US-DC.us.techcorp.local',
    },
    {
      credential: credential({ ...cloud, flags: 0x40810000 }),
      cacheFlags: 0x400,
      kdcCalled: 'TicketSuppliedAtLogon',
    },
    { credential: files, cacheFlags: 0, kdcCalled: 'KdcProxy:login.microsoftonline.com' },
  ]);
  assert.is(text, CAPTURED);
});

s('ticket-granting tickets stand before services, both the newest first', () => {
  const tgt = credential({});
  const service = credential({ sname: principal(2, 'cifs', 'a') });
  const other = credential({ sname: principal(2, 'cifs', 'b') });
  const referral = credential({ sname: principal(2, 'KRBTGT', 'EU') });
  assert.equal(klistOrder([other, referral, service, tgt]), [referral, tgt, other, service]);
});

s('klist tgt: the whole ticket, its session key and octets', () => {
  const tgt = credential({ flags: 0x40e10000 });
  const lines = tgtText(logonLines(0x3e7, 0x154333), tgt, -5_000).split('\n');
  assert.equal(lines.slice(0, 19), [
    '',
    'Current LogonId is 0:0x3e7',
    'Targeted LogonId is 0:0x154333',
    '',
    'Cached TGT:',
    '',
    'ServiceName        : krbtgt',
    'TargetName (SPN)   : krbtgt',
    'ClientName         : Administrator',
    'DomainName         : US.TECHCORP.LOCAL',
    'TargetDomainName   : US.TECHCORP.LOCAL',
    'AltTargetDomainName: US.TECHCORP.LOCAL',
    'Ticket Flags       : 0x40e10000 -> forwardable renewable initial pre_authent name_canonicalize',
    'Session Key        : KeyType 0x12 - AES-256-CTS-HMAC-SHA1-96',
    `                   : KeyLength 32 - ${Array(32).fill('ab').join(' ')}`,
    'StartTime          : 2/22/2023 11:05:03 (local)',
    'EndTime            : 2/22/2023 21:03:30 (local)',
    'RenewUntil         : 3/1/2023 11:03:30 (local)',
    'TimeSkew           :  - 0:05 minute(s)',
  ]);
  assert.is(lines[19], `EncodedTicket      : (size: ${tgt.ticket.length})`);
  assert.is(lines[20], '0000  61 59 30 57 a0 03 02 01:05 a1 13 1b 11 55 53 2e  aY0W.........US.');
  // Eleven octets in the last row: what they read stands below the others'.
  assert.is(lines[25], '0050  03 02 01 02 a2 05 04 03:41 00 7f                 ........A..');
  assert.equal(lines.slice(26), ['']);
});

s('without a ticket-granting ticket the tool fails as LSA does', () => {
  assert.is(
    tgtText(logonLines(SYSTEM_LOGON), undefined, 0),
    '\nCurrent LogonId is 0:0x3e7\n\nklist failed with 0x8009030e/-2146893042: No credentials are available in the security package\n',
  );
});

s('klist sessions', () => {
  const sessions = [
    { logonId: 0x15d6ed, session: 1, account: 'LUMON\\jotter', package: 'Negotiate:Interactive' },
    { logonId: 0x3e7, session: 0, account: 'LUMON\\jotter-pc$', package: 'Negotiate:(0)' },
  ];
  assert.is(
    sessionsText(SYSTEM_LOGON, sessions),
    '\nCurrent LogonId is 0:0x3e7\n[0] Session 1 0:0x15d6ed LUMON\\jotter Negotiate:Interactive\n[1] Session 0 0:0x3e7 LUMON\\jotter-pc$ Negotiate:(0)\n',
  );
});

s.run();
