import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GeneralNames } from '../../../protocols/x509/messages.ts';
import { clientName, kdcName, sidUri } from '../../../protocols/x509/profiles.ts';
import { readSubjectAltName, subjectAltName } from '../../../protocols/x509/subject-alt-name.ts';
import { hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import { octetString } from '../../../src/der/primitives.ts';
import { mutations } from '../../arbitrary.ts';

const s = suite('subject-alt-name');

const none = { dns: [], upn: [], uri: [], email: [], kerberos: [] };

s('a UPN as Windows writes it', () => {
  const { extnValue } = subjectAltName({ upn: ['alice@contoso.com'] });
  assert.is(
    toHex(extnValue).toUpperCase(),
    '3023A021060A2B060104018237140203A0130C11616C69636540636F6E746F736F2E636F6D',
  );
});

s('principals of RFC 4556 section 3.2.2', () => {
  const { extnValue } = subjectAltName({ kerberos: [kdcName('SU.SE')] });
  // KRB5PrincipalName, of which reference D.4.2 publishes the encoding with name-type 1.
  assert.ok(
    toHex(extnValue).endsWith(
      'a0273025a0071b0553552e5345a11a3018a003020102a111300f1b066b72627467741b0553552e5345',
    ),
  );
  const read = readSubjectAltName(extnValue);
  assert.equal(read.ok && read.value.kerberos, [
    { realm: 'SU.SE', name: 'krbtgt/SU.SE', nameType: 2 },
  ]);
});

s('all kinds of names at once', () => {
  const names = {
    dns: ['dc1.corp.example', 'CORP'],
    upn: ['älice@corp.example'],
    uri: [sidUri('S-1-5-21-1-2-3-1105')],
    email: ['alice@corp.example'],
    kerberos: [clientName('CORP.EXAMPLE', 'alice')],
  };
  assert.equal(readSubjectAltName(subjectAltName(names).extnValue), { ok: true, value: names });
  assert.is(names.uri[0], 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1105');
});

s('names that nobody here knows are passed over', () => {
  const value = encode(GeneralNames, [
    { otherName: { typeId: '1.2.3.4', value: hex`30 00` } },
    // A UPN of the wrong type.
    { otherName: { typeId: '1.3.6.1.4.1.311.20.2.3', value: encode(octetString, utf8('a@b')) } },
    { otherName: { typeId: '1.3.6.1.5.2.2', value: hex`05 00` } },
    { iPAddress: hex`7f 00 00 01` },
    { registeredID: '1.2.3' },
    { dNSName: 'dc1' },
  ]);
  assert.equal(readSubjectAltName(value), { ok: true, value: { ...none, dns: ['dc1'] } });
  const refused = readSubjectAltName(hex`30 02 82 05`);
  assert.match((refused as { reason: string }).reason, /subjectAltName.*5 octets/);
});

s('no octets make reading throw', () => {
  const { extnValue } = subjectAltName({
    upn: ['alice@corp.example'],
    kerberos: [kdcName('CORP.EXAMPLE')],
    dns: ['dc1'],
  });
  fc.assert(
    fc.property(mutations(extnValue), (octets) => {
      assert.type(readSubjectAltName(octets).ok, 'boolean');
    }),
  );
});

s.run();
