import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as constants from '../../../protocols/kerberos/constants.ts';
import { etypeName } from '../../../protocols/kerberos/etypes.ts';

const s = suite('kerberos/constants');

function group(prefix: string): (readonly [string, number])[] {
  return Object.entries(constants).flatMap(([name, value]) =>
    name.startsWith(prefix) && typeof value === 'number' ? [[name, value] as const] : [],
  );
}

s('every number of a kind has its name, and no two the same number', () => {
  for (const [prefix, nameOf] of [
    ['PA_', constants.padataTypeName],
    ['NT_', constants.nameTypeName],
    ['TD_', constants.dataTypeName],
    ['LR_', constants.lrTypeName],
    ['ADDRTYPE_', constants.addressTypeName],
    ['CKSUMTYPE_', constants.cksumtypeName],
  ] as const) {
    const entries = group(prefix);
    assert.ok(entries.length > 3, prefix);
    for (const [name, value] of entries) assert.is(nameOf(value), name);
    assert.is(new Set(entries.map(([, value]) => value)).size, entries.length);
    assert.is(nameOf(31337), undefined);
  }
  for (const [name, value] of [...group('AD_'), ...group('KERB_LOCAL')]) {
    assert.is(constants.adTypeName(value), name);
  }
});

s('flags are single bits, each once', () => {
  for (const masks of [
    constants.KdcOptions,
    constants.TicketFlags,
    constants.ApOptions,
    constants.FastOptions,
    constants.PacOptions,
    constants.S4uOptions,
  ]) {
    let union = 0;
    for (const [name, mask] of Object.entries(masks)) {
      assert.is(mask & (mask - 1), 0, name);
      assert.is(union & mask, 0, `${name} stands twice`);
      union |= mask;
    }
  }
});

s('what Windows sends reads as what it means', () => {
  const { KdcOptions, TicketFlags } = constants;
  assert.is(
    KdcOptions.forwardable |
      KdcOptions.renewable |
      KdcOptions.canonicalize |
      KdcOptions.renewableOk,
    0x40810010,
  );
  assert.is(
    TicketFlags.forwardable |
      TicketFlags.renewable |
      TicketFlags.initial |
      TicketFlags.preAuthent |
      TicketFlags.encPaRep,
    0x40e10000,
  );
});

s('message types are the APPLICATION tags', () => {
  for (const [name, value] of group('KRB_')) assert.is(constants.msgTypeName(value), name);
  assert.is(constants.msgTypeName(99), undefined);
});

s('both lists of encryption types agree', () => {
  for (const etype of [17, 18, 19, 20, 23]) {
    assert.is(constants.etypeNumberName(etype), etypeName(etype));
  }
});

s.run();
