import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceIdentity, tenantIdOf } from '../../../protocols/actors/device-identity.ts';
import { deviceFields } from '../../../protocols/actors/fields.ts';
import { KEY_PURPOSE } from '../../../protocols/x509/constants.ts';
import { verifySignature } from '../../../src/crypto/verify.ts';
import { buildCast } from '../../../src/scenario/cast.ts';
import type { RoleDefinition, Scene } from '../../../src/scenario/role.ts';
import { check } from '../../../src/schema/schema.ts';

const identity = suite('device-identity');

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function config(fields: object) {
  const checked = check(deviceFields, { realm: 'CORP.EXAMPLE', ...fields });
  if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join());
  return checked.value;
}

/** The scene of a cast of one actor, as its role sees it. */
function sceneWith(role: string, fields: object): Scene {
  let found: Scene | undefined;
  const definition = {
    role,
    build: (name: string, _: unknown, scene: Scene) => {
      found = scene;
      return { name };
    },
  } as unknown as RoleDefinition;
  const actors = { one: { role, config: fields } };
  buildCast({ actors, start: Date.UTC(2026, 2, 2), seed: 1 }, 1, [definition]);
  return found as Scene;
}

identity('a registered device has a certificate by its id, and two keys', () => {
  const scene = sceneWith('device', {});
  const made = deviceIdentity(scene, 'laptop', config({ join: 'hybrid' }));
  assert.match(made?.deviceId ?? '', GUID);
  assert.match(made?.tenantId ?? '', GUID);
  const certificate = made?.certificate;
  assert.is(certificate?.subject.text, `CN=${made?.deviceId}`);
  assert.match(certificate?.issuer.windowsText ?? '', /^OU=82dbaca4-.*CN=MS-Organization-Access/);
  assert.equal(certificate?.extendedKeyUsage, [KEY_PURPOSE.clientAuthentication]);
  const issuer = scene.key('entra/MS-Organization-Access', 'RSA-2048');
  const { signatureAlgorithm = '', tbs, signature } = certificate ?? {};
  assert.ok(tbs && signature && verifySignature(issuer, signatureAlgorithm, tbs, signature));
  assert.equal(certificate?.publicKey, scene.key('laptop/device', 'RSA-2048'));
  assert.equal(made?.transportPublicKey, scene.key('laptop/transport', 'RSA-2048'));
  assert.is(deviceIdentity(scene, 'laptop', config({ join: 'hybrid' })), made, 'made once');
});

identity('ids are the file’s where it says them', () => {
  const tenantId = '6B1D4A0C-9C0E-4F3A-8F6E-2B7C1D5E9A10';
  const scene = sceneWith('entra-tenant', { tenantId });
  assert.is(tenantIdOf(scene), tenantId.toLowerCase());
  const device = config({ join: 'entra', deviceId: tenantId });
  assert.is(deviceIdentity(scene, 'laptop', device)?.deviceId, tenantId.toLowerCase());
  assert.is(deviceIdentity(scene, 'desktop', config({})), undefined, 'joined to the domain alone');
});

identity.run();
