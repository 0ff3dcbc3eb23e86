/** e-data of KRB-ERROR, which does not say what it is: RFC 4120 §5.9.1, MS-KILE 2.2.1 and 2.2.2. */
import { view } from '../../src/bytes/bytes.ts';
import { KERB_AP_ERR_TYPE_SKEW_RECOVERY, KERB_ERR_TYPE_EXTENDED } from '../kerberos/constants.ts';
import { KerbErrorData, MethodData, TypedData } from '../kerberos/messages.ts';
import { statusName } from '../kerberos/ntstatus.ts';
import { type Contents, der, type Fields, generic, plain } from './contents.ts';
import { type PadataPlace, padataInners, padataValueInner } from './padata.ts';
import { dataName, padataName } from './readable.ts';

/** KERB-EXT-ERROR (MS-KILE 2.2.2): an NTSTATUS and flags. */
const kerbExtError = plain(
  'KERB-EXT-ERROR',
  (bytes) => {
    if (bytes.length !== 12) return undefined;
    const numbers = view(bytes);
    return [
      ['status', 'NTSTATUS', 0, 4, statusText(bytes)],
      ['reserved', 'ULONG', 4, 8, numbers.getUint32(4, true)],
      ['flags', 'ULONG', 8, 12, numbers.getUint32(8, true)],
    ];
  },
  (bytes) => ({ status: statusText(bytes), flags: view(bytes).getUint32(8, true) }),
);

/** `STATUS_ACCOUNT_LOCKED_OUT`; the number where it has no name here. */
function statusText(bytes: Uint8Array): string {
  return statusName(view(bytes).getUint32(0, true));
}

const DATA_TYPES: Readonly<Record<number, string>> = {
  [KERB_AP_ERR_TYPE_SKEW_RECOVERY]: 'KERB_AP_ERR_TYPE_SKEW_RECOVERY',
  [KERB_ERR_TYPE_EXTENDED]: 'KERB_ERR_TYPE_EXTENDED',
};

export const kerbErrorData = der(KerbErrorData, {
  json: ({ dataType }) => ({ dataType: DATA_TYPES[dataType] ?? dataType }),
  inside: ({ dataType, dataValue }) =>
    dataType === KERB_ERR_TYPE_EXTENDED && dataValue !== undefined
      ? [{ path: 'dataValue', contents: kerbExtError, octets: dataValue, put: Object.assign }]
      : [],
});

export const methodData = (place: PadataPlace): Contents =>
  der(MethodData, {
    json: (value) => ({ padata: value.map(({ padataType }) => padataName(padataType)) }),
    inside: (value) => padataInners(value, '', place),
  });

export const typedData = (place: PadataPlace): Contents =>
  der(TypedData, {
    json: (value) => ({ typedData: value.map(({ dataType }) => dataName(dataType)) }),
    inside: (value) =>
      value.flatMap(({ dataType, dataValue }, i) =>
        dataValue === undefined || dataValue.length === 0
          ? []
          : [
              padataValueInner(dataType, dataValue, `[${i}].dataValue`, place, (outer, inner) => {
                outer.dataValue ??= {};
                (outer.dataValue as Fields)[dataName(dataType)] ??= inner;
              }),
            ],
      ),
  });

/** Whichever of the three it is: their first tags differ ([1] and [2]; SEQUENCE of [1]; of [0]). */
export function eData(place: PadataPlace): Contents {
  const kinds = [kerbErrorData, methodData(place), typedData(place), generic];
  const kindOf = (bytes: Uint8Array): Contents | undefined =>
    kinds.find((kind) => kind.read(bytes) !== undefined);
  interface Chosen {
    readonly kind: Contents;
    readonly value: unknown;
  }
  return {
    type: 'e-data',
    read(bytes) {
      const kind = kindOf(bytes);
      return kind && { value: { kind, value: kind.read(bytes)?.value } satisfies Chosen };
    },
    rows: (bytes, path) => kindOf(bytes)?.rows(bytes, path) ?? [],
    json: (chosen) => (chosen as Chosen).kind.json((chosen as Chosen).value),
    inside: (chosen, keys) => (chosen as Chosen).kind.inside((chosen as Chosen).value, keys),
    keys: () => [],
  };
}
