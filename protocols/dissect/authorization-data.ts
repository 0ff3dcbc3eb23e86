/** Authorization data (RFC 4120 §5.2.6), looked into down to the PAC. */
import { view } from '../../src/bytes/bytes.ts';
import { AD_AUTH_DATA_AP_OPTIONS, AD_IF_RELEVANT, AD_WIN2K_PAC } from '../kerberos/constants.ts';
import { AuthorizationData } from '../kerberos/messages.ts';
import { type Contents, der, generic, type Inner, plain, under } from './contents.ts';
import { pacContents } from './pac.ts';
import { adName } from './readable.ts';

/** MS-KILE 3.2.5.8: what the client's side of the connection can do. */
const AP_OPTIONS = {
  KERB_AP_OPTIONS_CBT: 0x4000,
  KERB_AP_OPTIONS_UNVERIFIED_TARGET_NAME: 0x8000,
} as const;

const apOptionNames = (value: number): string =>
  Object.entries(AP_OPTIONS)
    .filter(([, bit]) => (value & bit) !== 0)
    .map(([name]) => name)
    .join(' ');

const apOptions = plain(
  'AD-AUTH-DATA-AP-OPTIONS',
  (bytes) => {
    if (bytes.length !== 4) return undefined;
    const value = view(bytes).getUint32(0, true);
    return [['Options', 'ULONG', 0, 4, value, apOptionNames(value)]];
  },
  (bytes) => view(bytes).getUint32(0, true),
);

/** Inner elements of authorization data that stand at `path` of what contains them. */
export function authorizationInners(
  elements: AuthorizationData | undefined,
  path: string,
): readonly Inner[] {
  return (elements ?? []).flatMap(({ adType, adData }, i): readonly Inner[] => {
    const inner = { path: `${path}[${i}].adData`, octets: adData };
    if (adType === AD_WIN2K_PAC) {
      return [{ ...inner, contents: pacContents, put: under('pac') }];
    }
    if (adType === AD_IF_RELEVANT) {
      return [{ ...inner, contents: authorizationData, put: putElements }];
    }
    // Their JSON is the name of their type; what they hold is for the tree only.
    const contents = adType === AD_AUTH_DATA_AP_OPTIONS ? apOptions : generic;
    return adData.length === 0 ? [] : [{ ...inner, contents, put() {} }];
  });
}

/** What an AD-IF-RELEVANT holds stands beside it: the list of names grows, the PAC moves up. */
const putElements: Inner['put'] = (outer, value) => {
  const { authorizationData: inner, pac } = value as {
    readonly authorizationData: readonly string[];
    readonly pac?: unknown;
  };
  const list = (outer.authorizationData ?? []) as readonly unknown[];
  outer.authorizationData = [...list, ...inner];
  if (pac !== undefined) outer.pac = pac;
};

/** The contents of an AD-IF-RELEVANT, and of enc-authorization-data. */
export const authorizationData: Contents = der(AuthorizationData, {
  json: (value) => ({ authorizationData: value.map(({ adType }) => adName(adType)) }),
  inside: (value) => authorizationInners(value, ''),
});
