/** Controls of LDAP messages (RFC 4511 §4.1.11; MS-ADTS 3.1.1.3.4.1): identifiers and values. */
import { type Codec, encode, tryDecode } from '../../src/der/codec.ts';
import {
  boolean,
  enumerated,
  int32,
  integerBetween,
  octetString,
} from '../../src/der/primitives.ts';
import {
  bare,
  bareDefaulted,
  bareOptional,
  implicit,
  sequence,
  sequenceOf,
} from '../../src/der/structures.ts';
import { AttributeDescription, type Control, LDAP_LIMITS, LdapOid } from './messages.ts';

/** Identifiers by Microsoft's names (MS-ADTS 3.1.1.3.4.1). */
export const ControlType = {
  LDAP_PAGED_RESULT_OID_STRING: '1.2.840.113556.1.4.319',
  LDAP_SERVER_SHOW_DELETED_OID: '1.2.840.113556.1.4.417',
  LDAP_SERVER_SORT_OID: '1.2.840.113556.1.4.473',
  LDAP_SERVER_RESP_SORT_OID: '1.2.840.113556.1.4.474',
  LDAP_SERVER_CROSSDOM_MOVE_TARGET_OID: '1.2.840.113556.1.4.521',
  LDAP_SERVER_EXTENDED_DN_OID: '1.2.840.113556.1.4.529',
  LDAP_SERVER_LAZY_COMMIT_OID: '1.2.840.113556.1.4.619',
  LDAP_SERVER_SD_FLAGS_OID: '1.2.840.113556.1.4.801',
  LDAP_SERVER_RANGE_OPTION_OID: '1.2.840.113556.1.4.802',
  LDAP_SERVER_TREE_DELETE_OID: '1.2.840.113556.1.4.805',
  LDAP_SERVER_VERIFY_NAME_OID: '1.2.840.113556.1.4.1338',
  LDAP_SERVER_DOMAIN_SCOPE_OID: '1.2.840.113556.1.4.1339',
  LDAP_SERVER_SEARCH_OPTIONS_OID: '1.2.840.113556.1.4.1340',
  LDAP_SERVER_RODC_DCPROMO_OID: '1.2.840.113556.1.4.1341',
  LDAP_SERVER_PERMISSIVE_MODIFY_OID: '1.2.840.113556.1.4.1413',
  LDAP_SERVER_RANGE_RETRIEVAL_NOERR_OID: '1.2.840.113556.1.4.1948',
  LDAP_SERVER_SHOW_RECYCLED_OID: '1.2.840.113556.1.4.2064',
  LDAP_SERVER_SHOW_DEACTIVATED_LINK_OID: '1.2.840.113556.1.4.2065',
  LDAP_SERVER_UPDATE_STATS_OID: '1.2.840.113556.1.4.2205',
  LDAP_SERVER_TREE_DELETE_EX_OID: '1.2.840.113556.1.4.2204',
} as const;

/**
 * What the rootDSE lists as supportedControl. All are understood; those that {@link readControls}
 * makes nothing of ask for what happens here anyway: writes last before they are answered, there is
 * one controller, and links of deleted objects are gone.
 */
export const SUPPORTED_CONTROLS: readonly string[] = Object.values(ControlType).filter(
  (oid) => oid !== ControlType.LDAP_SERVER_CROSSDOM_MOVE_TARGET_OID,
);

const known: ReadonlySet<string> = new Set(SUPPORTED_CONTROLS);

/** RFC 2696 §2; `size` is the estimate in a response. */
export const RealSearchControlValue = sequence('realSearchControlValue', {
  size: bare(integerBetween('size', -0x80000000, 0x7fffffff)),
  cookie: bare(octetString),
});

/** RFC 2891 §1.1 */
export const SortKeyList = sequenceOf(
  sequence('SortKey', {
    attributeType: bare(AttributeDescription),
    orderingRule: bareOptional(implicit(0, LdapOid)),
    reverseOrder: bareDefaulted(implicit(1, boolean), false),
  }),
  { max: 8 },
);

/** RFC 2891 §1.2 */
export const SortResult = sequence('SortResult', {
  sortResult: bare(
    enumerated('sortResult', { 0: 'success', 16: 'noSuchAttribute', 18: 'inappropriateMatching' }),
  ),
  attributeType: bareOptional(implicit(0, AttributeDescription)),
});

export const SdFlagsRequestValue = sequence('SDFlagsRequestValue', { Flags: bare(int32) });
export const ExtendedDnRequestValue = sequence('ExtendedDNRequestValue', { Flag: bare(int32) });
export const SearchOptionsRequestValue = sequence('SearchOptionsRequestValue', {
  Flags: bare(int32),
});

export interface SortKey {
  readonly attribute: string;
  readonly reverse: boolean;
}

/** What the controls of a request ask for. */
export interface Controls {
  readonly paged?: { readonly size: number; readonly cookie: Uint8Array };
  readonly sdFlags?: number;
  /** How names are shown: with GUID and SID, in hexadecimal or as text. */
  readonly extendedDn?: 'hex' | 'string';
  readonly showDeleted?: true;
  readonly permissive?: true;
  readonly treeDelete?: true;
  /** No continuation references. */
  readonly domainScope?: true;
  /** SERVER_SEARCH_FLAG_PHANTOM_ROOT: all naming contexts below the base, as one tree. */
  readonly phantomRoot?: true;
  readonly rodcPromotion?: true;
  readonly sort?: { readonly keys: readonly SortKey[]; readonly critical: boolean };
}

export type ControlsOutcome =
  | { readonly ok: true; readonly controls: Controls }
  /** `unavailable`: a critical one is not known; else its value is wrong. */
  | { readonly ok: false; readonly kind: 'unavailable' | 'malformed'; readonly reason: string };

type Draft = { -readonly [K in keyof Controls]: Controls[K] };

/** SERVER_SEARCH_FLAG_*, MS-ADTS 3.1.1.3.4.1.12. */
const SearchFlag = { DOMAIN_SCOPE: 1, PHANTOM_ROOT: 2 } as const;

export function readControls(controls: readonly Control[] = []): ControlsOutcome {
  const draft: Draft = {};
  for (const control of controls) {
    const { controlType, criticality } = control;
    if (!known.has(controlType)) {
      if (!criticality) continue;
      return { ok: false, kind: 'unavailable', reason: `the control ${controlType} is not known` };
    }
    const wrong = readControl(control, draft);
    if (wrong !== undefined) {
      return { ok: false, kind: 'malformed', reason: `the control ${controlType}: ${wrong}` };
    }
  }
  return { ok: true, controls: draft };
}

/** @returns what is wrong with it */
function readControl(control: Control, draft: Draft): string | undefined {
  switch (control.controlType) {
    case ControlType.LDAP_PAGED_RESULT_OID_STRING:
      return decodedValue(RealSearchControlValue, control, (paged) => {
        draft.paged = paged;
      });
    case ControlType.LDAP_SERVER_SD_FLAGS_OID:
      return decodedValue(SdFlagsRequestValue, control, ({ Flags }) => {
        draft.sdFlags = Flags & 15;
      });
    case ControlType.LDAP_SERVER_EXTENDED_DN_OID:
      // Without a value: the hexadecimal form (MS-ADTS 3.1.1.3.4.1.5).
      draft.extendedDn = 'hex';
      if (control.controlValue === undefined) return undefined;
      return decodedValue(ExtendedDnRequestValue, control, ({ Flag }) => {
        draft.extendedDn = Flag === 1 ? 'string' : 'hex';
      });
    case ControlType.LDAP_SERVER_SEARCH_OPTIONS_OID:
      return decodedValue(SearchOptionsRequestValue, control, ({ Flags }) => {
        if ((Flags & SearchFlag.DOMAIN_SCOPE) !== 0) draft.domainScope = true;
        if ((Flags & SearchFlag.PHANTOM_ROOT) !== 0) draft.phantomRoot = true;
      });
    case ControlType.LDAP_SERVER_SORT_OID:
      return decodedValue(SortKeyList, control, (keys) => {
        draft.sort = {
          keys: keys.map((key) => ({ attribute: key.attributeType, reverse: key.reverseOrder })),
          critical: control.criticality,
        };
      });
    case ControlType.LDAP_SERVER_SHOW_DELETED_OID:
    case ControlType.LDAP_SERVER_SHOW_RECYCLED_OID:
      draft.showDeleted = true;
      return undefined;
    case ControlType.LDAP_SERVER_PERMISSIVE_MODIFY_OID:
      draft.permissive = true;
      return undefined;
    case ControlType.LDAP_SERVER_TREE_DELETE_OID:
    case ControlType.LDAP_SERVER_TREE_DELETE_EX_OID:
      draft.treeDelete = true;
      return undefined;
    case ControlType.LDAP_SERVER_DOMAIN_SCOPE_OID:
      draft.domainScope = true;
      return undefined;
    case ControlType.LDAP_SERVER_RODC_DCPROMO_OID:
      draft.rodcPromotion = true;
      return undefined;
    default:
      return undefined; // asks for what happens anyway
  }
}

function decodedValue<T>(
  codec: Codec<T>,
  control: Control,
  take: (value: T) => void,
): string | undefined {
  if (control.controlValue === undefined) return 'its value is missing';
  const decoded = tryDecode(codec, control.controlValue, LDAP_LIMITS);
  if (!decoded.ok) return decoded.error.message;
  take(decoded.value);
  return undefined;
}

/** @param size an estimate of all results, 0 where nobody counted */
export function pagedResponse(size: number, cookie: Uint8Array): Control {
  return {
    controlType: ControlType.LDAP_PAGED_RESULT_OID_STRING,
    criticality: false,
    controlValue: encode(RealSearchControlValue, { size, cookie }),
  };
}

/** @param wrongAttribute the key that cannot be sorted by; absent: sorted */
export function sortResponse(sortResult: number, wrongAttribute?: string): Control {
  return {
    controlType: ControlType.LDAP_SERVER_RESP_SORT_OID,
    criticality: false,
    controlValue: encode(SortResult, {
      sortResult,
      ...(wrongAttribute === undefined ? {} : { attributeType: wrongAttribute }),
    }),
  };
}
