import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Account } from '../../../protocols/kdc/accounts.ts';
import {
  accountEncTypes,
  clientKeys,
  isAllowed,
  sessionEtype,
  ticketKey,
} from '../../../protocols/kdc/etype-selection.ts';
import { DEFAULT_POLICY, type Policy } from '../../../protocols/kdc/realm.ts';
import { contoso } from './contoso.ts';

const selection = suite('kdc/etype-selection');
const older: Policy = { ...DEFAULT_POLICY, supportedEncryptionTypes: 0x1c };
const { accounts } = contoso();
const alice = accounts.bySAMAccountName('alice') as Account;
const keys = alice.keys[0] as Account['keys'][number];
const only = (...etypes: readonly number[]) => ({
  ...keys,
  keys: keys.keys.filter((key) => etypes.includes(key.etype)),
});

selection('tickets: the strongest key that account and domain controller support', () => {
  const etype = (encTypes: number, set = keys, policy = older) =>
    ticketKey(policy, encTypes, set)?.etype;
  assert.is(etype(0x1c), 18);
  assert.is(etype(0x0c), 17);
  assert.is(etype(0x04), 23);
  assert.is(etype(0x1c, only(17, 23)), 17, 'what it has no key of is passed over');
  assert.is(etype(0x1c, only(23)), 23);
  assert.is(etype(0x27), 23, 'AES session keys do not make AES tickets');
  assert.is(etype(0x03), undefined, 'DES is gone');
  assert.is(etype(0x1c, only(23), DEFAULT_POLICY), undefined);
});

selection('sessions: the client’s order among what the target supports', () => {
  const etype = (encTypes: number, offered: readonly number[], policy = older) =>
    sessionEtype(policy, encTypes, offered);
  assert.is(etype(0x1c, [17, 18, 23]), 17);
  assert.is(etype(0x1c, [3, 1, 24, -135, 23]), 23);
  assert.is(etype(0x18, [23]), undefined);
  assert.is(etype(0x24, [23, 18]), 23);
  assert.is(etype(0x24, [18, 23]), 18, 'AES256-SK');
  assert.is(etype(0x24, [17, 23]), 17, 'counts for both AES types');
  assert.is(etype(0x1c, [23], DEFAULT_POLICY), undefined);
  assert.is(etype(0x1c, [20, 19]), undefined, 'RFC 8009’s types are not Active Directory’s');
  assert.is(etype(0x10000, [18]), undefined);
  assert.is(etype(0x1c, []), undefined);
});

selection('msDS-SupportedEncryptionTypes absent or zero is the domain’s default', () => {
  const told = (value: number | undefined, control = 0x200) =>
    accountEncTypes(DEFAULT_POLICY, {
      ...alice,
      userAccountControl: control,
      ...(value === undefined ? {} : { msDSSupportedEncryptionTypes: value }),
    });
  assert.is(told(undefined), 0x18);
  assert.is(told(0), 0x18);
  assert.is(told(0x04), 0x04);
  assert.is(told(0x70004, 0x2000), 0x7001f, 'a domain controller: all types, its own features');
});

selection('clients: their own keys that are offered and allowed, strongest first', () => {
  const etypes = (policy: Policy, offered: readonly number[], account = alice) =>
    clientKeys(policy, account, offered).map((key) => key.etype);
  assert.equal(etypes(older, [23, 17, 18]), [18, 17, 23]);
  assert.equal(etypes(DEFAULT_POLICY, [23, 17, 18]), [18, 17]);
  assert.equal(etypes(older, [23]), [23]);
  assert.equal(etypes(older, [16, 3]), []);
  assert.equal(etypes(older, [18], { ...alice, userAccountControl: 0x200200 }), [], 'UseDESOnly');
  assert.equal(etypes(older, [18], { ...alice, keys: [] }), []);
});

selection('what the domain controller speaks at all', () => {
  assert.ok(isAllowed(DEFAULT_POLICY, 18));
  assert.not(isAllowed(DEFAULT_POLICY, 23));
  assert.ok(isAllowed(older, 23));
  assert.not(isAllowed(older, 20));
});

selection.run();
