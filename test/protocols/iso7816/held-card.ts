/** A card as a reader has it: APDUs in, responses out, with a PIN and a key behind it that answer at once. */
import { createPrivateKey } from 'node:crypto';
import { gids } from '../../../protocols/gids/application.ts';
import type { Application, CardContents } from '../../../protocols/iso7816/application.ts';
import * as card from '../../../protocols/iso7816/card-machine.ts';
import { piv } from '../../../protocols/piv/application.ts';
import { fromHex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { ecKeyPair, type KeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { publicKeyKind } from '../../../src/crypto/public-key.ts';
import { rsaDecrypt } from '../../../src/crypto/rsa.ts';
import { signedNow } from '../../../src/signing/node-provider.ts';

export const RSA: KeyPair = rsaKeyPair(1, 'card');
export const P256: KeyPair = ecKeyPair(1, 'card', 'P-256');

export const PIN = '482915';

/** Not a certificate: to the card it is octets. */
export const CERTIFICATE = Uint8Array.from({ length: 600 }, (_, i) => i);

export function contentsOf(pair: KeyPair, changes: Partial<CardContents> = {}): CardContents {
  const publicKey = publicKeyKind(pair.spki);
  if (publicKey === undefined) throw new Error('no public key');
  return {
    cardId: Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i),
    container: 'a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf',
    publicKey,
    certificate: CERTIFICATE,
    tries: { left: 5, most: 5 },
    ...changes,
  };
}

export interface HeldCard {
  /** Hexadecimal both ways. @throws Error when there is not exactly one response */
  transmit(apdu: string): string;
  /** The data of an answer that has to be whole in the end, with what GET RESPONSE brings. */
  data(apdu: string): Uint8Array;
  reset(): void;
  select(): string;
  verify(pin?: string): string;
  readonly contents: CardContents;
}

const AID = { gids: 'a00000039742544659', piv: 'a00000030800001000' };

export function heldCard(
  pair: KeyPair,
  face: 'gids' | 'piv',
  changes: Partial<CardContents> = {},
  applications: readonly Application[] = [gids, piv],
): HeldCard {
  let contents = contentsOf(pair, changes);
  let state: card.State = card.initialState;

  const hear = (event: card.Event): readonly Uint8Array[] => {
    const env = {
      now: 0,
      random: (size: number) => new Uint8Array(size),
      contents,
      applications,
    };
    const step = card.step(state, event, env);
    state = step.state;
    return step.effects.flatMap((effect) => {
      if (effect.kind === 'respond') return [effect.bytes];
      const answer = answerTo(effect);
      return answer === undefined ? [] : hear(answer);
    });
  };

  const answerTo = (effect: card.Effect): card.Event | undefined => {
    if (effect.kind === 'verify') {
      const { left, most } = contents.tries;
      const verdict = left > 0 && effect.pin === PIN ? 'right' : 'wrong';
      const tries = { left: verdict === 'right' ? most : Math.max(0, left - 1), most };
      contents = { ...contents, tries };
      return { kind: 'judged', verdict };
    }
    if (effect.kind === 'sign') {
      const { id, algorithm, data } = effect;
      return { kind: 'signed', id, signature: signedNow({ name: 'k', ...pair }, algorithm, data) };
    }
    if (effect.kind === 'decrypt') {
      const { id, algorithm, data } = effect;
      const key = createPrivateKey({ key: Buffer.from(pair.pkcs8), format: 'der', type: 'pkcs8' });
      const found = rsaDecrypt(algorithm, key, data);
      return { kind: 'decrypted', id, ...(found === undefined ? {} : { data: found }) };
    }
    return undefined;
  };

  const transmit = (apdu: string): string => {
    const responses = hear({ kind: 'received', bytes: fromHex(apdu) });
    if (responses.length !== 1) throw new Error(`${responses.length} responses`);
    return toHex(responses[0] as Uint8Array);
  };
  return {
    transmit,
    data: (apdu) => whole({ transmit }, transmit(apdu)),
    reset: () => void hear({ kind: 'reset' }),
    select: () => transmit(`00a4040009${AID[face]}00`),
    verify(pin = PIN) {
      const octets = face === 'gids' ? utf8(pin) : filled(pin);
      return transmit(`00200080${toHex(Uint8Array.of(octets.length))}${toHex(octets)}`);
    },
    get contents() {
      return contents;
    },
  };
}

function filled(pin: string): Uint8Array {
  const out = new Uint8Array(8).fill(0xff);
  out.set(utf8(pin));
  return out;
}

/** A command of the short form, chained where its data are longer. */
export function sent(held: HeldCard, header: string, data: Uint8Array): string {
  let response = '';
  for (let at = 0; at === 0 || at < data.length; at += 240) {
    const part = data.subarray(at, at + 240);
    const isLast = at + 240 >= data.length;
    const lc = toHex(Uint8Array.of(part.length));
    const cla = isLast ? '00' : '10';
    response = held.transmit(`${cla}${header.slice(2)}${lc}${toHex(part)}${isLast ? '00' : ''}`);
    if (!isLast && response !== '9000') return response;
  }
  return response;
}

/** The data of a response and all that waits behind it. */
export function whole(held: Pick<HeldCard, 'transmit'>, first: string): Uint8Array {
  let all = first.slice(0, -4);
  for (let last = first; !last.endsWith('9000'); ) {
    if (!/61..$/.test(last)) throw new Error(`refused: ${last}`);
    last = held.transmit(`00c00000${last.slice(-2)}`);
    all += last.slice(0, -4);
  }
  return fromHex(all);
}
