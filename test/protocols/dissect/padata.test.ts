import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { PA_KERB_KEY_LIST_REQ } from '../../../protocols/kerberos/constants.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import type { DissectedField } from '../../../src/trace/dissector.ts';
import { branch, KVNO, RODC_KEY, rodcTgt } from '../kdc/branch.ts';
import { answer, replyOf, TGS_NAME, tgsReq } from '../kdc/contoso.ts';

const s = suite('dissect/padata');

const ASKS_RC4 = { padataType: PA_KERB_KEY_LIST_REQ, padataValue: fromHex('3003020117') };
const request = tgsReq(rodcTgt(), { sname: TGS_NAME, padata: [ASKS_RC4] });
const { bytes: reply } = replyOf(answer(branch(), request));

function keyring() {
  const keys = dissector.keyring();
  const key = toHex(RODC_KEY.bytes);
  keys.add([{ principal: 'krbtgt/CONTOSO.COM@CONTOSO.COM', kvno: KVNO, etype: 18, key }]);
  for (const message of [request, reply]) keys.learn(message);
  return keys;
}

function everyRow(rows: readonly DissectedField[]): readonly DissectedField[] {
  return rows.flatMap((row) => [row, ...everyRow(row.opened?.fields ?? [])]);
}

s('a key list is asked for in the clear', () => {
  const rows = everyRow(dissector.fields(request, {}, keyring()));
  const etype = rows.find(({ path }) => path.endsWith('KERB-KEY-LIST-REQ[0]'));
  assert.is(etype?.path, 'TGS-REQ.padata[1].padataValue.KERB-KEY-LIST-REQ[0]');
  assert.is(toHex(request.subarray(etype?.start, etype?.end)), '020117');
  assert.match(`${etype?.name}`, /rc4-hmac/);
});

s('the keys are found in what the session key of the read-only KDC’s ticket opens', () => {
  const rows = everyRow(dissector.fields(reply, {}, keyring()));
  const path = 'EncKDCRepPart.encryptedPaData[0].padataValue.KERB-KEY-LIST-REP[0]';
  const row = (name: string) => rows.find((one) => one.path.endsWith(`${path}.${name}`));
  assert.match(`${row('keytype')?.name}`, /rc4-hmac/);
  assert.ok(`${row('keyvalue')?.value}`.startsWith('fc525c96'), `${row('keyvalue')?.value}`);
  // Without that key there is nothing to be seen.
  const closed = everyRow(dissector.fields(reply, {}, dissector.keyring()));
  assert.not.ok(closed.some((one) => one.path.includes('KERB-KEY-LIST-REP')));
});

s('both stand by themselves for `decode`', () => {
  const asked = dissector.fields(
    fromHex('3003020117'),
    { message: 'KERB-KEY-LIST-REQ' },
    keyring(),
  );
  assert.ok(asked.some(({ path }) => path === 'KERB-KEY-LIST-REQ[0]'));
  const octets = fromHex(`301b3019a003020117a1120410${'ab'.repeat(16)}`);
  const given = dissector.fields(octets, { message: 'KERB-KEY-LIST-REP' }, keyring());
  assert.ok(given.some(({ path }) => path === 'KERB-KEY-LIST-REP[0].keyvalue'));
});

s.run();
