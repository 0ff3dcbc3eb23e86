import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Account } from '../../../protocols/kdc/accounts.ts';
import { declinesPac, logonInfo, requestorSid, tgtPac } from '../../../protocols/kdc/pac.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { LogonInfo } from '../../../protocols/pac/buffers.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { layoutPac, type Pac, pacBuffer } from '../../../protocols/pac/pactype.ts';
import { draftPac, setClientId, signPac } from '../../../protocols/pac/signatures.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { root } from '../../root.ts';
import { ALICE, contoso, NOW } from './contoso.ts';

const pac = suite('kdc/pac');
const { realm, accounts } = contoso([{ ...ALICE, userPrincipalName: 'alice@contoso.com' }]);
const alice = accounts.bySAMAccountName('alice') as Account;
const KRBTGT_KEY = key(18, new Uint8Array(32).fill(0x11));
const KEYS = { serverKey: KRBTGT_KEY, kdcKey: KRBTGT_KEY };
const INPUT = { client: alice, name: 'alice', request: 'asked', identities: [] } as const;

const vector = (name: string) =>
  fromHex(readFileSync(root(`test/vectors/own/${name}.hex`), 'utf8'));
const octets = (from: Pac, ulType: number) => toHex(pacBuffer(from, ulType) ?? new Uint8Array(0));

// The vectors' account: alice, RID 1105, last set and signed in at 2024-01-01, one extra SID.
pac('LOGON_INFO of an account, octet for octet', () => {
  assert.is(toHex(LogonInfo.encode(logonInfo(realm, alice, []))), toHex(vector('pac-logon-info')));
});

pac('the other buffers of a ticket-granting ticket, octet for octet', () => {
  const made = tgtPac(realm, INPUT, KEYS, NOW);
  assert.is(octets(made, PacType.CLIENT_INFO), '00c08976453cda010a0061006c00690063006500');
  assert.is(octets(made, PacType.UPN_DNS_INFO), toHex(vector('pac-upn-dns-info')));
  assert.is(octets(made, PacType.ATTRIBUTES_INFO), '0200000001000000');
  assert.is(
    octets(made, PacType.REQUESTOR_SID),
    '01050000000000051500000001000000020000000300000051040000',
  );
});

pac('signed in the order of the vector, its signatures are the vector’s', () => {
  const { buffers } = tgtPac(realm, INPUT, KEYS, NOW);
  const draft = draftPac({ ...KEYS, buffers, forService: false, order: 'given' });
  const signed = layoutPac(draft.buffers);
  signPac(signed, KEYS);
  assert.is(signed.bytes.length, 816);
  assert.is(octets(signed, PacType.SERVER_CHECKSUM), '10000000c0fa1ea4e0f5a999c3358f78');
  assert.is(octets(signed, PacType.KDC_CHECKSUM), '10000000129599063f9814aa71962c5d');
});

pac('a draft is used again, with the time and the name of each ticket', () => {
  const first = tgtPac(realm, INPUT, KEYS, NOW);
  const before = octets(first, PacType.CLIENT_INFO);
  assert.is(tgtPac(realm, INPUT, KEYS, NOW + 1_000), first);
  assert.is.not(octets(first, PacType.CLIENT_INFO), before);
  const other = tgtPac(realm, { ...INPUT, name: 'ALICE' }, KEYS, NOW);
  assert.is.not(other, first);
  assert.is.not(octets(other, PacType.CLIENT_INFO), before);
  const newKey = key(18, new Uint8Array(32).fill(0x12));
  const rekeyed = { serverKey: newKey, kdcKey: newKey };
  assert.is.not(tgtPac(realm, INPUT, rekeyed, NOW), first, 'another key of krbtgt');
  const changed = { ...alice, displayName: 'Alice Changed' };
  const fresh = tgtPac(realm, { ...INPUT, client: changed }, KEYS, NOW);
  assert.is.not(octets(fresh, PacType.LOGON_INFO), octets(first, PacType.LOGON_INFO));
});

pac('names that clients make up do not pile up', () => {
  const kept = tgtPac(realm, INPUT, KEYS, NOW);
  for (let i = 0; i < 10; i++) tgtPac(realm, { ...INPUT, name: `ALICE${i}` }, KEYS, NOW);
  assert.is.not(tgtPac(realm, INPUT, KEYS, NOW), kept, 'forgotten, and made again');
});

pac('accounts without a user principal name get a constructed one', () => {
  const bob = accounts.bySAMAccountName('bob') as Account;
  const made = tgtPac(realm, { ...INPUT, client: bob, name: 'bob' }, KEYS, NOW);
  const info = pacBuffer(made, PacType.UPN_DNS_INFO) ?? new Uint8Array(0);
  assert.is(info[8], 3, 'UPN_CONSTRUCTED and HAS_SAM_NAME_AND_SID');
  assert.ok(toHex(info).includes(toHex(new Uint8Array(Buffer.from('bob@contoso.com', 'utf16le')))));
});

pac('what is known of the account stands in LOGON_INFO', () => {
  const info = logonInfo(
    realm,
    {
      ...alice,
      pwdLastSet: 0,
      passwordExpires: NOW,
      userAccountControl: 0x200 | 0x2 | 0x10000 | 0x40000 | 0x100000,
      badPwdCount: 3,
      logonCount: 70_000,
      scriptPath: 'logon.cmd',
      extraSids: [{ sid: 'S-1-5-21-9-9-9-1000', attributes: 7 }],
    },
    ['S-1-18-4'],
  );
  assert.is(info.PasswordLastSet, 0n);
  assert.is(info.PasswordMustChange, 133485408000000000n);
  assert.is(info.UserAccountControl, 0x10 | 0x1 | 0x200 | 0x1000 | 0x4000);
  assert.is(info.BadPasswordCount, 3);
  assert.is(info.LogonCount, 70_000 & 0xffff);
  assert.is(info.LogonScript, 'logon.cmd');
  assert.is(info.LogonServer, 'DC1');
  assert.equal(
    info.ExtraSids?.map(({ Sid }) => Sid),
    ['S-1-5-21-9-9-9-1000', 'S-1-18-1', 'S-1-18-4'],
  );
});

pac('requestor and attributes are read back', () => {
  const made = tgtPac(realm, INPUT, KEYS, NOW);
  assert.is(requestorSid(made), 'S-1-5-21-1-2-3-1105');
  assert.is(declinesPac(made), false);
  assert.is(declinesPac(tgtPac(realm, { ...INPUT, request: 'declined' }, KEYS, NOW)), true);
  assert.is(declinesPac(tgtPac(realm, { ...INPUT, request: 'implicit' }, KEYS, NOW)), false);
  const without = layoutPac(made.buffers.filter((buffer) => buffer.ulType < 17));
  assert.is(requestorSid(without), undefined);
  assert.is(declinesPac(without), false, 'tickets of read-only KDCs have none');
  const broken = layoutPac([{ ulType: 18, bytes: new Uint8Array(3) }]);
  assert.is(requestorSid(broken), undefined);
  setClientId(made, NOW);
});

pac.run();
