import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ControlType,
  pagedResponse,
  readControls,
  SUPPORTED_CONTROLS,
  sortResponse,
} from '../../../protocols/ldap/controls.ts';
import type { Control } from '../../../protocols/ldap/messages.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('ldap/controls');

const control = (controlType: string, controlValue?: Uint8Array, criticality = true): Control => ({
  controlType,
  criticality,
  ...(controlValue === undefined ? {} : { controlValue }),
});

const read = (...controls: readonly Control[]): unknown => {
  const outcome = readControls(controls);
  return outcome.ok ? outcome.controls : outcome.kind;
};

s('values are read', () => {
  const of = ControlType;
  assert.equal(read(), {});
  assert.equal(read(control(of.LDAP_PAGED_RESULT_OID_STRING, hex`30 05 02 01 64 04 00`)), {
    paged: { size: 100, cookie: hex`` },
  });
  assert.equal(read(control(of.LDAP_SERVER_SD_FLAGS_OID, hex`30 84 00 00 00 03 02 01 07`)), {
    sdFlags: 7,
  });
  assert.equal(read(control(of.LDAP_SERVER_EXTENDED_DN_OID)), { extendedDn: 'hex' });
  assert.equal(read(control(of.LDAP_SERVER_EXTENDED_DN_OID, hex`30 03 02 01 01`)), {
    extendedDn: 'string',
  });
  assert.equal(read(control(of.LDAP_SERVER_SEARCH_OPTIONS_OID, hex`30 03 02 01 03`)), {
    domainScope: true,
    phantomRoot: true,
  });
  assert.equal(read(control(of.LDAP_SERVER_SORT_OID, hex`30 09 30 07 04 02 63 6e 81 01 ff`)), {
    sort: { keys: [{ attribute: 'cn', reverse: true }], critical: true },
  });
  assert.equal(
    read(
      control(of.LDAP_SERVER_SHOW_DELETED_OID),
      control(of.LDAP_SERVER_PERMISSIVE_MODIFY_OID),
      control(of.LDAP_SERVER_TREE_DELETE_OID),
      control(of.LDAP_SERVER_DOMAIN_SCOPE_OID),
      control(of.LDAP_SERVER_RODC_DCPROMO_OID),
      control(of.LDAP_SERVER_LAZY_COMMIT_OID),
    ),
    {
      showDeleted: true,
      permissive: true,
      treeDelete: true,
      domainScope: true,
      rodcPromotion: true,
    },
  );
});

s('an unknown control matters when it is critical', () => {
  assert.is(read(control('1.2.3.4', undefined, true)), 'unavailable');
  assert.equal(read(control('1.2.3.4', undefined, false)), {});
});

s('a value that is wrong or missing is refused', () => {
  assert.is(read(control(ControlType.LDAP_PAGED_RESULT_OID_STRING)), 'malformed');
  assert.is(
    read(control(ControlType.LDAP_PAGED_RESULT_OID_STRING, hex`30 03 02 01 64`)),
    'malformed',
  );
  assert.is(read(control(ControlType.LDAP_SERVER_SD_FLAGS_OID, hex`04 01 07`)), 'malformed');
});

s('responses are as RFC 2696 and RFC 2891 lay them out', () => {
  assert.is(
    toHex(pagedResponse(0, hex`00 00 00 01`).controlValue as Uint8Array),
    '3009020100040400000001',
  );
  assert.is(toHex(sortResponse(0).controlValue as Uint8Array), '30030a0100');
  assert.is(toHex(sortResponse(16, 'cn').controlValue as Uint8Array), '30070a01108002636e');
});

s('each supported control is named once', () => {
  assert.is(new Set(SUPPORTED_CONTROLS).size, SUPPORTED_CONTROLS.length);
  for (const type of SUPPORTED_CONTROLS) assert.match(type, /^\d+(\.\d+)+$/);
});

s.run();
