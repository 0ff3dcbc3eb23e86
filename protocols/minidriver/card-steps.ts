/** Steps that a host takes with a card again and again. */
import { to } from '../../src/machine/machine.ts';
import type { CommandApdu } from '../iso7816/apdu.ts';
import { statusMeaning } from '../iso7816/status.ts';
import { STATUS_SMARTCARD_WRONG_PIN } from '../kerberos/ntstatus.ts';
import type { Asked, CardKey, CardStep } from './card-state.ts';
import { begun } from './exchange.ts';

export function asks(asked: Asked, command: CommandApdu): CardStep {
  const { exchange, command: octets } = begun(command);
  return to({ name: 'expectResponse', asked, exchange }, [{ kind: 'transmit', command: octets }]);
}

export function failed(status: number, reason: string): CardStep {
  return to({ name: 'failed' }, [{ kind: 'failed', status, reason }]);
}

/** Another may be typed. */
export function wrong(key: CardKey, reason: string, tries?: number): CardStep {
  const left = tries === undefined ? {} : { tries };
  const status = STATUS_SMARTCARD_WRONG_PIN;
  return to({ name: 'expectPin', key }, [{ kind: 'pinWrong', status, reason, ...left }]);
}

export function said(status: number): string {
  return `${status.toString(16).padStart(4, '0')} (${statusMeaning(status)})`;
}
