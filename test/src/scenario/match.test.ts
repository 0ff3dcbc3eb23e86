import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences } from '../../../src/scenario/match.ts';

const match = suite('match');

const REPLY = {
  errorCode: 'KDC_ERR_PREAUTH_REQUIRED',
  cname: { nameString: ['alice'] },
  etype: [18, 17, 23],
  padata: [
    { padataType: 'PA_ETYPE_INFO2', entries: [{ etype: 18, salt: 'CORP.EXAMPLEalice' }] },
    { padataType: 'PA_ENC_TIMESTAMP' },
  ],
  flags: ['forwardable', 'renewable', 'initial'],
  kvno: 0x5a310001,
  opened: { 'cifs/files.corp.example': { state: 'sessionOpen' } },
};

function texts(expected: Record<string, unknown>): string[] {
  return differences(expected, REPLY).map((difference) => difference.text);
}

match('finds fields by path, through lists, by index, in maps, and absent ones', () => {
  assert.equal(
    texts({
      errorCode: 'KDC_ERR_PREAUTH_REQUIRED',
      'cname.nameString': ['alice'],
      'padata.padataType': 'PA_ENC_TIMESTAMP',
      'padata[0].entries.salt': 'CORP.EXAMPLEalice',
      padata: [{ padataType: 'PA_ENC_TIMESTAMP' }],
      cname: { nameString: 'alice' },
      'etype.1': 17,
      etype: [18, 23],
      flags: ['forwardable', 'initial'],
      kvno: '1513160705',
      'opened.cifs/files.corp.example.state': 'sessionOpen',
      opened: { 'cifs/files.corp.example': { state: 'sessionOpen' } },
      'padata[0].entries[0].etype': 18,
      crealm: null,
    }),
    [],
  );
});

match('says what is there instead, and what a misspelt path may have meant', () => {
  assert.equal(texts({ errorCode: 'KDC_ERR_NONE' }), [
    'errorCode is KDC_ERR_PREAUTH_REQUIRED, expected KDC_ERR_NONE',
  ]);
  assert.equal(texts({ errorcode: 'X' }), [
    'errorcode is absent (no "errorcode", nearest is "errorCode"), expected X',
  ]);
  assert.equal(texts({ 'padata.type': 'X' }), [
    'padata.type is absent (no "type", there are: padataType, entries), expected X',
  ]);
  assert.equal(texts({ etype: [17, 18], cname: null, 'padata.padataType': ['PA_PK_AS_REQ'] }), [
    'etype is [18,17,23], expected it to contain [17,18]',
    'cname is {"nameString":["alice"]}, expected it to be absent',
    'padata.padataType is PA_ETYPE_INFO2 and PA_ENC_TIMESTAMP, expected it to contain ["PA_PK_AS_REQ"]',
  ]);
  assert.is(differences({ a: 1 }, undefined).length, 1);
});

match.run();
