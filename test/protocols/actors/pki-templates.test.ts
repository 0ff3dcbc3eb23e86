import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { certificateTemplates, templateOf } from '../../../protocols/actors/pki-templates.ts';
import {
  readTemplate,
  templateAttributes,
} from '../../../protocols/enrollment/certificate-template.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { AUTHORITIES, sceneOf } from './pki-scene.ts';

const s = suite('pki-templates');

s('draws one arc a forest', () => {
  const { scene } = sceneOf(AUTHORITIES);
  const oids = certificateTemplates(scene, 'CORP.EXAMPLE').map(({ oid }) => oid);
  assert.is(new Set(oids).size, oids.length);
  const arcs = oids.map((oid) => oid.split('.').slice(0, 15).join('.'));
  assert.is(new Set(arcs).size, 1);
  assert.is(templateOf(scene, 'corp.example', 'WHFBAuthentication').oid, oids[2]);
  assert.is.not(templateOf(scene, 'lab.example', 'WHFBAuthentication').oid, oids[2]);
});

s('says what it would read of its own templates in a directory', () => {
  const { scene } = sceneOf(AUTHORITIES);
  for (const template of certificateTemplates(scene, 'CORP.EXAMPLE')) {
    const octets = Object.fromEntries(
      Object.entries({ cn: template.cn, ...templateAttributes(template) }).map(([name, value]) => [
        name,
        (Array.isArray(value) ? value : [value]).map((each: string | Uint8Array) =>
          typeof each === 'string' ? utf8(each) : each,
        ),
      ]),
    );
    assert.equal(readTemplate(octets), template, template.cn);
  }
});

s.run();
