import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXTENSION } from '../../../protocols/x509/constants.ts';
import {
  applicationPolicies,
  readWindowsExtension,
  securityIdentifier,
  templateName,
  templateOid,
} from '../../../protocols/x509/windows-extensions.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('windows-extensions');

s('the SID, as MS-WCCE 2.2.2.7.7.4 encodes it', () => {
  const { extnID, critical, extnValue } = securityIdentifier('S-1-5-21-1-2-3-1105');
  assert.is(extnID, '1.3.6.1.4.1.311.25.2');
  assert.not.ok(critical);
  assert.is(
    toHex(extnValue).toUpperCase(),
    '3025A023060A2B060104018237190201A0150413532D312D352D32312D312D322D332D31313035',
  );
  assert.equal(readWindowsExtension({ extnID, critical, extnValue }), {
    sid: 'S-1-5-21-1-2-3-1105',
  });
});

s('a template by its name, as a BMPString', () => {
  const extension = templateName('DomainController');
  assert.is(
    toHex(extension.extnValue),
    '1e200044006f006d00610069006e0043006f006e00740072006f006c006c00650072',
  );
  assert.equal(readWindowsExtension(extension), { template: { name: 'DomainController' } });
});

s('a template by its OID and version, which may be left out', () => {
  const extension = templateOid('1.3.6.1.4.1.311.21.8.1.2', 101, 3);
  assert.is(
    toHex(extension.extnValue),
    '3013060b2b060104018237150801 02020165020103'.replace(' ', ''),
  );
  const template = { oid: '1.3.6.1.4.1.311.21.8.1.2', majorVersion: 101, minorVersion: 3 };
  assert.equal(readWindowsExtension(extension), { template });
  const short = { ...extension, extnValue: hex`30 03 06 01 2a` };
  assert.equal(readWindowsExtension(short), { template: { oid: '1.2' } });
});

s('application policies', () => {
  const purposes = ['1.3.6.1.4.1.311.20.2.2', '1.3.6.1.5.5.7.3.2'];
  assert.equal(readWindowsExtension(applicationPolicies(purposes)), {
    applicationPolicies: purposes,
  });
});

s('malformed values are told from other extensions', () => {
  for (const extnID of [
    EXTENSION.ntdsCaSecurity,
    EXTENSION.certificateTemplate,
    EXTENSION.certificateTemplateName,
    EXTENSION.applicationPolicies,
  ]) {
    const extension = { extnID, critical: false, extnValue: hex`05 00` };
    assert.is(readWindowsExtension(extension), undefined, extnID);
  }
  // A SID extension without a SID in it.
  const empty = { extnID: EXTENSION.ntdsCaSecurity, critical: false, extnValue: hex`30 00` };
  assert.is(readWindowsExtension(empty), undefined);
  const other = { extnID: '1.2.3', critical: true, extnValue: hex`05` };
  assert.equal(readWindowsExtension(other), {});
});

s.run();
