import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Account } from '../../../protocols/kdc/accounts.ts';
import { buffersForService, buffersForTgt, sidsOf } from '../../../protocols/kdc/inherited-pac.ts';
import { logonInfo, tgtPac } from '../../../protocols/kdc/pac.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { LogonInfo } from '../../../protocols/pac/buffers.ts';
import { layoutPac, type Pac } from '../../../protocols/pac/pactype.ts';
import { ALICE, contoso, NOW } from './contoso.ts';

const inherited = suite('kdc/inherited-pac');
const { realm, accounts } = contoso();
const alice = accounts.bySAMAccountName('alice') as Account;
const KRBTGT_KEY = key(18, new Uint8Array(32).fill(0x11));
const KEYS = { serverKey: KRBTGT_KEY, kdcKey: KRBTGT_KEY };
const INPUT = { client: alice, name: 'alice', request: 'asked', identities: [] } as const;

inherited('services get neither attributes nor requestor; renewed tickets keep them', () => {
  const made = tgtPac(realm, INPUT, KEYS, NOW);
  const types = (buffers: readonly { readonly ulType: number }[]) =>
    buffers.map((buffer) => buffer.ulType).sort((a, b) => a - b);
  assert.equal(types(buffersForTgt(made)), [1, 10, 12, 17, 18]);
  const service = { realm, accounts, encTypes: 0x18, client: alice };
  assert.equal(types(buffersForService(made, service)), [1, 10, 12]);
});

inherited('domain local groups come into service tickets, compressed or in full', () => {
  const local = { name: 'Readers', rid: 1500, scope: 'domainLocal' } as const;
  const at = contoso([{ ...ALICE, groups: [local] }]);
  const client = at.accounts.bySAMAccountName('alice') as Account;
  const made = tgtPac(at.realm, { ...INPUT, client }, KEYS, NOW);
  const infoFor = (encTypes: number, known = true) => {
    const service = { realm: at.realm, accounts: at.accounts, encTypes };
    const buffers = buffersForService(made, known ? { ...service, client } : service);
    return LogonInfo.decode(buffers[0]?.bytes ?? new Uint8Array(0));
  };
  const compressed = infoFor(0x18);
  assert.is(compressed.UserFlags & 0x200, 0x200);
  assert.is(compressed.ResourceGroupDomainSid, 'S-1-5-21-1-2-3');
  assert.equal(compressed.ResourceGroupIds, [{ RelativeId: 1500, Attributes: 0x20000007 }]);
  const full = infoFor(0x18 | 0x80000);
  assert.is(full.ResourceGroupIds, null);
  assert.equal(full.ExtraSids?.at(-1), {
    Sid: 'S-1-5-21-1-2-3-1500',
    Attributes: 0x20000007,
  });
  assert.equal(infoFor(0x18), compressed, 'kept');
  assert.equal(infoFor(0x18, false), compressed, 'worked out anew');
});

inherited('what was kept of one LOGON_INFO is not given for another', () => {
  const local = { name: 'Readers', rid: 1500, scope: 'domainLocal' } as const;
  const at = contoso([{ ...ALICE, groups: [local] }]);
  const client = at.accounts.bySAMAccountName('alice') as Account;
  const made = (displayName: string) =>
    tgtPac(at.realm, { ...INPUT, client: { ...client, displayName } }, KEYS, NOW);
  const nameFor = (from: Pac) => {
    const service = { realm: at.realm, accounts: at.accounts, encTypes: 0x18, client };
    const [info] = buffersForService(from, service);
    return LogonInfo.decode(info?.bytes ?? new Uint8Array(0)).FullName;
  };
  assert.is(nameFor(made('One')), 'One');
  assert.is(nameFor(made('Two')), 'Two');
});

inherited('the user, the groups and what else LOGON_INFO names', () => {
  const sids = sidsOf(logonInfo(realm, alice, []));
  assert.equal(sids, ['S-1-5-21-1-2-3-1105', 'S-1-5-21-1-2-3-513', 'S-1-18-1']);
});

inherited('a LOGON_INFO that cannot be read is passed on as it is', () => {
  const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
  const service = { realm, accounts, encTypes: 0x18 };
  const broken = layoutPac([{ ulType: 1, bytes }]);
  assert.equal(buffersForService(broken, service)[0]?.bytes, bytes);
});

inherited.run();
