/** What a host makes of a return: the next step, or the NTSTATUS that winlogon has for the failure. */
import { to } from '../../src/machine/machine.ts';
import {
  STATUS_SMARTCARD_IO_ERROR,
  STATUS_SMARTCARD_NO_CARD,
  STATUS_SMARTCARD_SUBSYSTEM_FAILURE,
} from '../kerberos/ntstatus.ts';
import type { CallName, ReturnOf } from './calls.ts';
import { ReturnCode } from './constants.ts';
import { readReturn } from './exchange.ts';
import type { HostStep, State, Watch } from './host-state.ts';

const { SCARD_S_SUCCESS, SCARD_W_REMOVED_CARD, SCARD_E_NO_SMARTCARD } = ReturnCode;
const { SCARD_E_NO_READERS_AVAILABLE, SCARD_E_UNKNOWN_READER } = ReturnCode;
export const STATUS_SUCCESS = 0;

export function watchOf(state: State): Watch {
  return 'watch' in state ? state.watch : { name: 'off' };
}

export function failed(state: State, reason: string, code?: number): HostStep {
  const status = code === undefined ? STATUS_SMARTCARD_SUBSYSTEM_FAILURE : statusOf(code);
  return to({ name: 'failed', watch: watchOf(state) }, [{ kind: 'failed', status, reason }]);
}

function statusOf(code: number): number {
  switch (code) {
    case SCARD_E_NO_READERS_AVAILABLE:
    case SCARD_E_UNKNOWN_READER:
    case SCARD_E_NO_SMARTCARD:
    case SCARD_W_REMOVED_CARD:
      return STATUS_SMARTCARD_NO_CARD;
    default:
      return STATUS_SMARTCARD_IO_ERROR;
  }
}

function named(code: number): string {
  const unsigned = code >>> 0;
  const known = Object.entries(ReturnCode).find(([, value]) => value === unsigned);
  return known?.[0] ?? `0x${unsigned.toString(16).padStart(8, '0')}`;
}

/** The next state of a call that succeeded, or the failure. */
export function taken<N extends CallName>(
  state: State,
  name: N,
  ioStatus: number,
  output: Uint8Array,
  next: (value: ReturnOf<N>) => HostStep,
): HostStep {
  if (ioStatus !== STATUS_SUCCESS) {
    return failed(state, `${name}: the client answers with status 0x${ioStatus.toString(16)}`);
  }
  const read = readReturn(name, output);
  if (!read.ok) return failed(state, read.reason);
  const { ReturnCode: code } = read.value as { readonly ReturnCode: number };
  if (code >>> 0 !== SCARD_S_SUCCESS) return failed(state, `${name}: ${named(code)}`, code >>> 0);
  return next(read.value);
}
