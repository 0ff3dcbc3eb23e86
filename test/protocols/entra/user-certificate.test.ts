import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EndpointConfig } from '../../../protocols/entra/answers.ts';
import { compactJws } from '../../../protocols/oauth/jws.ts';
import {
  certificateAssertionInput,
  type UserProof,
} from '../../../protocols/oauth/refresh-token-request.ts';
import type { Certificate } from '../../../protocols/x509/certificate.ts';
import {
  certificateAuthority,
  commonName,
  domainController,
  smartcardLogon,
} from '../../../protocols/x509/profiles.ts';
import { ca, certificate, NOW, sign } from '../enrollment/people.ts';
import { prtAsked, tenantWithKeys } from './prt-of-tests.ts';
import { ALICE, ENDPOINT, TENANT_ID } from './tenant-of-tests.ts';

const s = suite('entra/user-certificate');

const TRUSTING: EndpointConfig = {
  ...ENDPOINT,
  userAuthorities: {
    roots: [ca.certificate.der],
    intermediates: [],
    revocationLists: [],
    revocation: 'off',
  },
};
const SUBJECT = commonName('alice');
const CARD = certificate(smartcardLogon({ subject: SUBJECT, upn: ALICE }), 'card', ca);
const BOBS = certificate(smartcardLogon({ subject: SUBJECT, upn: 'bob@corp.example' }), 'card', ca);
const NAMELESS = certificate(smartcardLogon({ subject: SUBJECT }), 'card', ca);
const SELF = certificate(smartcardLogon({ subject: SUBJECT, upn: ALICE }), 'card');
const ISSUING = certificate(certificateAuthority({ subject: commonName('Issuing') }), 'sub', ca);
const BELOW = certificate(smartcardLogon({ subject: SUBJECT, upn: ALICE }), 'card', {
  certificate: ISSUING,
  key: 'sub',
});

interface Changes {
  readonly certificates?: readonly Certificate[];
  readonly key?: string;
  readonly nonce?: string;
  readonly audience?: string;
  readonly now?: number;
}

function proof(nonce: string, changes: Changes): UserProof {
  const { certificates = [CARD], key = 'card', audience = TENANT_ID, now = NOW } = changes;
  const input = certificateAssertionInput({
    username: ALICE,
    certificates: certificates.map(({ der }) => der),
    audience,
    nonce: changes.nonce ?? nonce,
    now,
  });
  return { kind: 'certificate', username: ALICE, assertion: compactJws(input, sign(key, input)) };
}

const asked = (changes: Changes, config = TRUSTING) =>
  prtAsked(tenantWithKeys(), (nonce) => proof(nonce, changes), config);

s('a certificate of an authority that was uploaded gets a token and tickets', () => {
  const { response, json, tenant, cause } = asked({});
  assert.is(response.status, 200, cause);
  assert.type(json.tgt_ad, 'string');
  assert.equal(tenant.issued?.sessions[json.refresh_token as string]?.amr, ['rsa']);
  assert.is(asked({ certificates: [BELOW, ISSUING] }).response.status, 200, 'over its issuer');
});

s('certificates that nobody vouches for, or that are somebody else’s, are refused, and why', () => {
  const controller = certificate(domainController({ dnsHostName: 'dc1.corp.example' }), 'card', ca);
  const cases: readonly (readonly [Changes, string])[] = [
    [{ certificates: [SELF] }, 'no trusted root'],
    [{ certificates: [BELOW] }, 'no certificate of'],
    [{ certificates: [BOBS] }, 'is for bob@corp.example, not for'],
    [{ certificates: [NAMELESS] }, 'is for nobody'],
    [{ certificates: [controller] }, 'is for nobody'],
    [{ certificates: [ISSUING], key: 'sub' }, 'is for nobody'],
    [{ certificates: [] }, 'holds no certificate'],
    [{ key: 'other' }, 'not signed by the certificate’s key'],
  ];
  for (const [changes, why] of cases) {
    const { response, json, cause } = asked(changes);
    assert.is(response.status, 400, why);
    assert.equal(json.error_codes, [50_017], cause);
    assert.match(cause ?? '', why);
  }
  assert.equal(asked({}, ENDPOINT).json.error_codes, [50_017], 'nothing was uploaded');
});

s('the assertion is for this tenant, moment and request', () => {
  assert.equal(asked({ nonce: 'x' }).json.error_codes, [50_168]);
  assert.equal(asked({ audience: 'x' }).json.error_codes, [50_013]);
  assert.equal(asked({ now: NOW - 3_600_000 }).json.error_codes, [50_013]);
});

s.run();
