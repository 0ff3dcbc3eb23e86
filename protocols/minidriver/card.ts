/**
 * A host drives a smart card: it looks for the GIDS application and then for PIV, reads which key there is and
 * its certificate, shows the PIN, and has the key sign. Commands leave as `transmit`, whatever carries them.
 */
import { derSignature } from '../../src/crypto/ecdsa.ts';
import { assertNever, to, unexpected } from '../../src/machine/machine.ts';
import { STATUS } from '../iso7816/status.ts';
import {
  STATUS_SMARTCARD_CARD_BLOCKED,
  STATUS_SMARTCARD_IO_ERROR,
  STATUS_SMARTCARD_NO_KEYSET,
} from '../kerberos/ntstatus.ts';
import { notRead, read, remembered, understood } from './card-reading.ts';
import type { Asked, CardConfig, CardKey, CardStep, Effect, Event, State } from './card-state.ts';
import { asks, failed, said, wrong } from './card-steps.ts';
import { continued } from './exchange.ts';
import * as gids from './gids-card.ts';
import * as piv from './piv-card.ts';
import { digestFor, digestInfo, padded } from './to-be-signed.ts';

export const INITIAL: State = { name: 'idle' };

export function step(config: CardConfig, state: State, event: Event): CardStep {
  switch (event.kind) {
    case 'begun':
      return state.name === 'idle'
        ? asks({ for: 'gids' }, gids.selectGids())
        : unexpected(state, event, 'response');
    case 'response':
      return state.name === 'expectResponse'
        ? responded(config, state, event.bytes)
        : unexpected(state, event);
    case 'cached':
      return state.name === 'expectCached'
        ? remembered(config, state.asked, event.data)
        : unexpected(state, event, 'response');
    case 'written':
      return state.name === 'expectWritten'
        ? understood(config, state.asked, state.content)
        : unexpected(state, event, 'response');
    case 'pin':
      return state.name === 'expectPin'
        ? verifying(state.key, event.pin)
        : unexpected(state, event, 'response');
    case 'signs':
      return state.name === 'ready' ? signing(state.key, event) : unexpected(state, event);
    default:
      return assertNever(event);
  }
}

function responded(
  config: CardConfig,
  { asked, exchange }: Extract<State, { readonly name: 'expectResponse' }>,
  octets: Uint8Array,
): CardStep {
  const next = continued(exchange, octets);
  if (next.kind === 'continues') {
    const sent: Effect = { kind: 'transmit', command: next.command };
    return to({ name: 'expectResponse', asked, exchange: next.exchange }, [sent]);
  }
  return answered(config, asked, next.data, next.status);
}

function answered(config: CardConfig, asked: Asked, data: Uint8Array, status: number): CardStep {
  const ok = status === STATUS.ok;
  switch (asked.for) {
    case 'gids':
      return ok
        ? asks({ for: 'files' }, gids.readFileTable())
        : asks({ for: 'piv' }, piv.selectPiv());
    case 'piv':
      return ok
        ? asks({ for: 'holder' }, piv.readHolder())
        : failed(
            STATUS_SMARTCARD_NO_KEYSET,
            `neither GIDS nor PIV is on the card: ${said(status)}`,
          );
    case 'verification':
      return verified(asked.key, status);
    case 'environment':
      return ok
        ? asks({ for: 'signature', key: asked.key }, gids.computeSignature(asked.block))
        : failed(STATUS_SMARTCARD_IO_ERROR, `the card takes no such algorithm: ${said(status)}`);
    case 'signature':
      return ok
        ? signed(asked.key, data)
        : failed(STATUS_SMARTCARD_IO_ERROR, `the card signs nothing: ${said(status)}`);
    default:
      return ok ? read(config, asked, data) : notRead(asked, status);
  }
}

const GIDS_PIN_MOST = 127;

function verifying(key: CardKey, pin: Uint8Array): CardStep {
  if (key.profile === 'PIV') {
    const command = piv.verifyPin(pin);
    return command === undefined
      ? wrong(key, 'no PIV card has such a PIN: six to eight octets')
      : asks({ for: 'verification', key }, command);
  }
  const fits = pin.length > 0 && pin.length <= GIDS_PIN_MOST;
  return fits
    ? asks({ for: 'verification', key }, gids.verifyPin(pin))
    : wrong(key, `a PIN of ${pin.length} octets is none`);
}

/** ISO/IEC 7816-4:2013 §7.5.6; FreeRDP's emulated card counts in the last octet (6303) instead of its half. */
function verified(key: CardKey, status: number): CardStep {
  if (status === STATUS.ok) return to({ name: 'ready', key }, [{ kind: 'ready', key }]);
  if (status === STATUS.blocked) {
    return failed(STATUS_SMARTCARD_CARD_BLOCKED, 'the card’s PIN is blocked');
  }
  if (status >> 8 === 0x63) {
    const tries = status & 0xf;
    return tries === 0
      ? failed(STATUS_SMARTCARD_CARD_BLOCKED, 'the PIN is wrong, and was the last that was taken')
      : wrong(key, `the PIN is wrong, ${tries} tries are left`, tries);
  }
  return wrong(key, `the card takes the PIN for none: ${said(status)}`);
}

function signing(
  key: CardKey,
  { algorithm, data }: Extract<Event, { readonly kind: 'signs' }>,
): CardStep {
  const { publicKey } = key;
  const block =
    publicKey.type === 'ec'
      ? digestFor(algorithm, data, publicKey.point.length >> 1)
      : digestInfo(algorithm, data);
  const why = `the card has no ${algorithm} for its key`;
  if (block === undefined) return failed(STATUS_SMARTCARD_IO_ERROR, why);
  if (key.profile === 'GIDS') {
    const command = gids.setEnvironment(key.index, publicKey);
    return command === undefined
      ? failed(STATUS_SMARTCARD_IO_ERROR, why)
      : asks({ for: 'environment', key, block }, command);
  }
  const whole = publicKey.type === 'rsa' ? padded(block, publicKey.modulus.length) : block;
  const command = whole && piv.authenticate(publicKey, whole);
  return command === undefined
    ? failed(STATUS_SMARTCARD_IO_ERROR, why)
    : asks({ for: 'signature', key }, command);
}

/** Whoever asked for it checks the signature with the certificate: the card is somebody else's. */
function signed(key: CardKey, data: Uint8Array): CardStep {
  const { profile, publicKey } = key;
  const output = profile === 'PIV' ? piv.responseIn(data) : data;
  const size = publicKey.type === 'rsa' ? publicKey.modulus.length : publicKey.point.length - 1;
  const isJoined = profile === 'GIDS' && publicKey.type === 'ec';
  const ofSize =
    publicKey.type === 'ec' && !isJoined ? output !== undefined : output?.length === size;
  if (output === undefined || !ofSize) {
    return failed(STATUS_SMARTCARD_IO_ERROR, `a signature of ${output?.length ?? 'no'} octets`);
  }
  const signature = isJoined ? derSignature(output) : output;
  return to({ name: 'ready', key }, [{ kind: 'signed', signature }]);
}
