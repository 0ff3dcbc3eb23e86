import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  acceptorsOffer,
  initialToken,
  Mechanism,
  mechanismOf,
  mechTypesOf,
  NegotiationToken,
  NegState,
  openSpnego,
  responseToken,
} from '../../../protocols/gss/spnego.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import { mutations } from '../../arbitrary.ts';
import { vectors } from '../../codec-vectors.ts';

const s = suite('gss/spnego');

s('a response is as RFC 4178 §4.2.2 lays it out', () => {
  vectors(NegotiationToken, {
    correct: [
      [
        {
          negTokenResp: {
            negState: NegState['accept-completed'],
            supportedMech: Mechanism.KERBEROS,
            responseToken: hex`01 02`,
          },
        },
        hex`a1 1a 30 18 a0 03 0a 01 00 a1 0b 06 09 2a 86 48 86 f7 12 01 02 02 a2 04 04 02 01 02`,
      ],
      [{ negTokenResp: { negState: NegState.reject } }, hex`a1 07 30 05 a0 03 0a 01 02`],
    ],
    wrong: [['expected [0] or [1], got [2]', hex`a2 02 30 00`]],
  });
});

/** As OpenLDAP's client with MIT's library begins. */
const MIT_START = hex`60 1b 06 06 2b 06 01 05 05 02 a0 11 30 0f a0 0d 30 0b 06 09 2a 86 48 86 f7 12 01 02 02`;

s('opens what MIT sends, and keeps the list in its octets', () => {
  assert.is(mechanismOf(MIT_START), Mechanism.SPNEGO);
  const opened = openSpnego(MIT_START);
  assert.ok(opened.ok && 'negTokenInit' in opened.token);
  if (!opened.ok || !('negTokenInit' in opened.token)) return;
  const { mechTypes } = opened.token.negTokenInit;
  assert.equal(mechTypes.value, [Mechanism.KERBEROS]);
  assert.is(toHex(mechTypes.raw), '300b06092a864886f712010202');
  assert.is(toHex(initialToken(opened.token)), toHex(MIT_START));
});

s("the acceptor's own offer is Microsoft's NegTokenInit2", () => {
  const offer = acceptorsOffer([Mechanism.MS_KERBEROS, Mechanism.KERBEROS]);
  const opened = openSpnego(offer);
  assert.ok(opened.ok && 'negTokenInit' in opened.token);
  if (!opened.ok || !('negTokenInit' in opened.token)) return;
  const { third, mechTypes } = opened.token.negTokenInit;
  assert.equal(third, { negHints: { hintName: 'not_defined_in_RFC4178@please_ignore' } });
  assert.equal(mechTypes.value, ['1.2.840.48018.1.2.2', '1.2.840.113554.1.2.2']);
});

s('a MIC in the third place is told from hints by its tag', () => {
  const mic = hex`aa bb`;
  const token = initialToken({
    negTokenInit: {
      mechTypes: mechTypesOf([Mechanism.KERBEROS]),
      third: { mechListMIC: mic },
    },
  });
  const opened = openSpnego(token);
  assert.ok(opened.ok && 'negTokenInit' in opened.token);
  if (opened.ok && 'negTokenInit' in opened.token) {
    assert.equal(opened.token.negTokenInit.third, { mechListMIC: mic });
  }
});

s('the mechanism is read without trusting the length before it', () => {
  assert.is(
    mechanismOf(hex`60 84 00 00 00 0b 06 09 2a 86 48 86 f7 12 01 02 02`),
    Mechanism.KERBEROS,
  );
  assert.is(mechanismOf(hex``), undefined);
  assert.is(mechanismOf(hex`60`), undefined);
  assert.is(mechanismOf(hex`60 05 06 09 2a`), undefined);
  assert.is(mechanismOf(hex`4e 54 4c 4d`), undefined);
});

s('refusals say why', () => {
  const reason = (bytes: Uint8Array): string => {
    const opened = openSpnego(bytes);
    return opened.ok ? 'taken' : opened.reason;
  };
  assert.match(reason(hex`60 02 06 00`), 'thisMech');
  assert.match(reason(hex`a1 02 30`), 'octets');
  assert.match(
    reason(hex`60 16 06 09 2a 86 48 86 f7 12 01 02 02 a1 09 30 07 a0 03 0a 01 00 05 00`),
    /not SPNEGO/,
  );
});

s('spoilt tokens are refused or read, and nothing else', () => {
  const good = encode(NegotiationToken, {
    negTokenInit: {
      mechTypes: mechTypesOf([Mechanism.NTLM, Mechanism.KERBEROS]),
      mechToken: hex`01`,
    },
  });
  for (const start of [good, MIT_START, responseToken({ negState: 1, mechListMIC: hex`00` })]) {
    fc.assert(
      fc.property(mutations(start), (bytes) => {
        openSpnego(bytes);
        mechanismOf(bytes);
      }),
      { seed: 1, numRuns: 300 },
    );
  }
});

s.run();
