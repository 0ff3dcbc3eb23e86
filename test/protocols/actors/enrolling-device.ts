/**
 * A computer that enrols a certificate for a Hello key and does nothing else, for tests. Where the test
 * wants it, it first writes what Entra Connect's device write-back and key synchronisation write.
 */
import {
  beginEnrollment,
  type Enrolling,
  type EnrollmentCall,
  enrollmentAnswered,
  enrollmentHeard,
} from '../../../protocols/actors/device-enrollment.ts';
import {
  type Carrying,
  carried,
  type Errands,
  isLate,
  NO_ERRANDS,
  withSession,
} from '../../../protocols/actors/errands.ts';
import { KeyUsage, newKeyCredential } from '../../../protocols/directory/key-credential.ts';
import { dnBinaryText } from '../../../protocols/directory/key-credential-value.ts';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { deviceSecurityIdentity } from '../../../protocols/enrollment/directory-objects.ts';
import type { Enrollment } from '../../../protocols/enrollment/enrollment-state.ts';
import type { Operation } from '../../../protocols/ldap/client-operations.ts';
import { type Certificate, readCertificate } from '../../../protocols/x509/certificate.ts';
import { signedCertificate, tbsCertificate } from '../../../protocols/x509/issue.ts';
import { device } from '../../../protocols/x509/profiles.ts';
import type { ActorEffect, ActorEnv, ActorEvent, Json } from '../../../src/machine/actor.ts';
import { type Step, to } from '../../../src/machine/machine.ts';
import { role, type Scene } from '../../../src/scenario/role.ts';
import { flag, object, secret, text } from '../../../src/schema/schema.ts';

const DOMAIN = 'DC=corp,DC=example';
const DEVICES = `CN=RegisteredDevices,${DOMAIN}`;
const ALICE_DN = `CN=alice,CN=Users,${DOMAIN}`;
const RSA_SHA256 = 'sha256WithRSAEncryption';

type Purpose = { readonly kind: 'written' } | EnrollmentCall;

interface State {
  readonly name: 'off' | 'writing' | 'enrolling';
  readonly errands: Errands<Purpose>;
  readonly enrolling?: Enrolling;
}

interface Config {
  readonly enrollment: Enrollment;
  readonly administrator: string;
  readonly written: readonly Operation[];
}

function deviceCertificate(scene: Scene): Certificate {
  const publicKey = scene.key('device/laptop', 'RSA-2048');
  const profile = device({ deviceId: '47f577e3-d2d0-4a0a-8aca-e0501098bde4' });
  const tbs = tbsCertificate(profile, {
    issuer: profile.subject,
    publicKey,
    serialNumber: Uint8Array.of(0x41),
    notBefore: scene.start - 86_400_000,
    notAfter: scene.start + 86_400_000_00,
    signatureAlgorithm: RSA_SHA256,
  });
  const signature = scene.sign('device/laptop', RSA_SHA256, tbs);
  const read = readCertificate(signedCertificate(tbs, RSA_SHA256, signature));
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

/** A key can name its object only when that is there. */
function keyAdded(dn: string, publicKey: Uint8Array, usage: number): Operation {
  const blob = newKeyCredential({ keyMaterial: bcryptPublicBlob(publicKey), usage });
  const values = [dnBinaryText(blob, dn)];
  const attribute = 'msDS-KeyCredentialLink';
  return { kind: 'modify', dn, changes: [{ operation: 'add', attribute, values }] };
}

function step(
  config: Config,
  state: State,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  if (state.name === 'off') {
    const session = withSession<Purpose>(
      NO_ERRANDS,
      { kind: 'written' },
      {
        to: 'dc1',
        bind: { name: 'CORP\\Administrator', password: config.administrator },
        operations: config.written,
      },
    );
    return to({ name: 'writing', errands: session.errands }, session.effects);
  }
  const carrying = carried(state.errands, event);
  if (carrying !== undefined) return finished(config, state, carrying, env);
  const { enrolling, errands } = state;
  const next =
    enrolling === undefined ? undefined : enrollmentHeard<Purpose>(errands, enrolling, event, env);
  if (next === undefined) {
    if (!isLate(event)) throw new Error(`nobody waits for ${event.kind}`);
    return to(state);
  }
  const { effects, ...rest } = next;
  return to({ ...state, ...rest }, effects);
}

function finished(
  config: Config,
  before: State,
  { errands, effects, finished: done }: Carrying<Purpose>,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const state = { ...before, errands };
  if (done === undefined) return to(state, effects);
  if (done.purpose.kind === 'written') {
    if (done.outcome.kind === 'failed') throw new Error(done.outcome.reason);
    const refused =
      done.outcome.kind === 'ldap'
        ? done.outcome.results.find(({ code }) => code !== 0)
        : undefined;
    if (refused !== undefined) throw new Error(`${refused.result}: ${refused.message}`);
    const server = { actor: 'sts', host: 'sts.corp.example' };
    const next = beginEnrollment<Purpose>(errands, 'enrollment', server, config.enrollment, env);
    return to({ name: 'enrolling', errands: next.errands, enrolling: next.enrolling }, [
      ...effects,
      ...next.effects,
    ]);
  }
  const next = enrollmentAnswered<Purpose>(
    errands,
    state.enrolling as Enrolling,
    done.outcome,
    env,
  );
  const { effects: more, ...rest } = next;
  return to({ ...state, ...rest }, [...effects, ...more]);
}

function view({ enrolling }: State): Json {
  const client = enrolling?.client;
  switch (client?.name) {
    case 'done':
      return {
        state: 'done',
        subject: client.certificate.subject.text,
        issuer: client.certificate.issuer.text,
        sid: client.certificate.sid ?? null,
        upn: [...client.certificate.subjectAltName.upn],
        chain: client.chain.map(({ subject }) => subject.text),
        serialNumber: client.certificate.serialNumber,
        enterprisePrt: 'YES',
      };
    case 'failed': {
      const { failure, prt } = client;
      const enterprisePrt = prt === undefined ? 'NO' : 'YES';
      return {
        state: 'failed',
        stage: failure.stage,
        error: failure.error ?? null,
        reason: failure.reason,
        enterprisePrt,
      };
    }
    default:
      return { state: client?.name ?? 'off' };
  }
}

export const enrollingDevice = role({
  role: 'enrolling-device',
  about: 'Enrols.',
  fields: object({
    userName: text('UPN'),
    password: secret('What is typed'),
    administratorPassword: secret('To write what Connect writes'),
    deviceWriteback: flag('The device is written back'),
    keySynchronised: flag('The key is in the directory'),
  }),
  verbs: {},
  states: ['off', 'writing', 'enrolling'],
  build(name, config, scene) {
    const certificate = deviceCertificate(scene);
    const transport = scene.key('transport/laptop', 'RSA-2048');
    const publicKey = scene.key('hello/alice', 'RSA-2048');
    const dn = `CN=47f577e3-d2d0-4a0a-8aca-e0501098bde4,${DEVICES}`;
    const written: readonly Operation[] = [
      { kind: 'add', dn: DEVICES, attributes: { objectClass: ['msDS-DeviceContainer'] } },
      ...(config.deviceWriteback
        ? [
            {
              kind: 'add',
              dn,
              attributes: {
                objectClass: ['msDS-Device'],
                altSecurityIdentities: [deviceSecurityIdentity(certificate)],
                displayName: ['laptop'],
                'msDS-DeviceID': [new Uint8Array(16).fill(7)],
                'msDS-IsEnabled': ['TRUE'],
              },
            } as const,
          ]
        : []),
      ...(config.deviceWriteback ? [keyAdded(dn, transport, KeyUsage.STK)] : []),
      ...(config.keySynchronised ? [keyAdded(ALICE_DN, publicKey, KeyUsage.NGC)] : []),
    ];
    const built: Config = {
      enrollment: {
        username: config.userName,
        proof: { kind: 'password', password: config.password.secret },
        device: { certificate: certificate.der, key: 'device/laptop' },
        transportKey: 'transport/laptop',
        hello: { key: 'hello/alice', publicKey, gesture: 'PIN' },
      },
      administrator: config.administratorPassword.secret,
      written,
    };
    const initial: State = { name: 'off', errands: NO_ERRANDS };
    return {
      name,
      role: 'enrolling-device',
      machine: 'test/enrolling-device',
      initial,
      step: (state, event, env) => step(built, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(state as State),
    };
  },
});
