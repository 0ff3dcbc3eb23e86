/**
 * Where policies of Windows Hello for Business come from, and which one counts where several say something:
 * user group policy, computer group policy, then the PassportForWork CSP for the user and for the device, and
 * Exchange ActiveSync's DeviceLock for PINs (Microsoft, "Configure Windows Hello for Business", Policy
 * precedence; "Manage Windows Hello for Business", Policy conflicts from multiple policy sources).
 * ControlPolicyConflict/MDMWinsOverGP changes nothing of that.
 */
import { DEFAULT_POLICY, type PassportForWork, type PinComplexity } from './policy.ts';

/** Some settings; what is absent is not configured. */
export type PolicySettings = Partial<Omit<PassportForWork, 'PINComplexity'>> & {
  readonly PINComplexity?: Partial<PinComplexity>;
};

/** What there is of PIN rules in the DeviceLock CSP that Hello has too. */
export type DeviceLock = Pick<
  Partial<PinComplexity>,
  'MinimumPINLength' | 'Expiration' | 'History'
>;

export interface PolicySources {
  readonly computerGPO?: PolicySettings;
  /** By user. */
  readonly userGPO?: Readonly<Record<string, PolicySettings>>;
  readonly deviceCSP?: PolicySettings;
  /** By user. */
  readonly userCSP?: Readonly<Record<string, PolicySettings>>;
  readonly deviceLock?: DeviceLock;
}

export type PolicySource = keyof PolicySources;

export const POLICY_SOURCES = [
  'userGPO',
  'computerGPO',
  'userCSP',
  'deviceCSP',
  'deviceLock',
] as const satisfies readonly PolicySource[];

/** Who governs certificates for Hello keys, as the events of provisioning name it. */
export type Governor = 'none' | 'enrollment authority' | 'mobile device management';

/** Group policy, or mobile device management, with the user's settings before the device's. */
type Management = readonly PolicySettings[];

function groupPolicy({ userGPO, computerGPO }: PolicySources, user: string): Management {
  return [ofUser(userGPO, user), computerGPO ?? {}];
}

function deviceManagement({ userCSP, deviceCSP }: PolicySources, user: string): Management {
  return [ofUser(userCSP, user), deviceCSP ?? {}];
}

function ofUser(
  settings: Readonly<Record<string, PolicySettings>> | undefined,
  user: string,
): PolicySettings {
  return settings !== undefined && Object.hasOwn(settings, user) ? (settings[user] ?? {}) : {};
}

/** The first that says something. */
function first<K extends keyof PolicySettings>(
  management: Management,
  name: K,
): PolicySettings[K] | undefined {
  return management.find((settings) => settings[name] !== undefined)?.[name];
}

const ENABLEMENT = [
  'UsePassportForWork',
  'DisablePostLogonProvisioning',
  'UseCertificateForOnPremAuth',
] as const;

/** Which management whether Hello is used at all comes from; certificate trust comes from the same. */
function enablementOf(sources: PolicySources, user: string): Management {
  const group = groupPolicy(sources, user);
  return first(group, 'UsePassportForWork') === undefined ? deviceManagement(sources, user) : group;
}

/** Rules for PINs and the wish for a security device are taken from one management, all of them. */
function pinsOf(sources: PolicySources, user: string): Management {
  const group = groupPolicy(sources, user);
  const says = group.some(
    ({ PINComplexity = {}, RequireSecurityDevice, ExcludeSecurityDevices }) =>
      Object.keys(PINComplexity).length > 0 ||
      RequireSecurityDevice !== undefined ||
      ExcludeSecurityDevices !== undefined,
  );
  return says ? group : deviceManagement(sources, user);
}

const ONE_BY_ONE = [
  'EnablePinRecovery',
  'UseCloudTrustForOnPremAuth',
  'UseHelloCertificatesAsSmartCardCertificates',
  'EnumerateEmulatedSmartCardsForAllUsers',
  'Biometrics',
] as const;

/**
 * The policy in force for a user of a device.
 * @param usedByDefault whether Hello is used where nothing says it: on devices that are joined to Entra alone
 */
export function effectivePolicy(
  sources: PolicySources,
  user: string,
  usedByDefault = false,
): PassportForWork {
  const group = groupPolicy(sources, user);
  const all = [...group, ...deviceManagement(sources, user)];
  const pins = pinsOf(sources, user);
  const complexity = Object.assign({}, ...pins.map((one) => one.PINComplexity ?? {}).reverse());
  const chosen = Object.assign(
    {},
    picked(enablementOf(sources, user), ENABLEMENT),
    picked(pins, ['RequireSecurityDevice', 'ExcludeSecurityDevices']),
    picked(all, ONE_BY_ONE),
  );
  return {
    ...DEFAULT_POLICY,
    UsePassportForWork: usedByDefault,
    ...chosen,
    PINComplexity: stricter(
      { ...DEFAULT_POLICY.PINComplexity, ...complexity },
      sources.deviceLock ?? {},
    ),
  };
}

function picked(management: Management, names: readonly (keyof PolicySettings)[]): PolicySettings {
  const found = names.flatMap((name) => {
    const value = first(management, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** Of the rules of both, each time the one that asks for more. */
function stricter(rules: PinComplexity, lock: DeviceLock): PinComplexity {
  const { MinimumPINLength = 0, Expiration = 0, History = 0 } = lock;
  return {
    ...rules,
    MinimumPINLength: Math.max(rules.MinimumPINLength, MinimumPINLength),
    // 0 days: for ever.
    Expiration:
      rules.Expiration === 0 || Expiration === 0
        ? Math.max(rules.Expiration, Expiration)
        : Math.min(rules.Expiration, Expiration),
    History: Math.max(rules.History, History),
  };
}

/** Who sees to certificates where certificate trust is the policy in force. */
export function governorOf(sources: PolicySources, user: string): Governor {
  if (first(enablementOf(sources, user), 'UseCertificateForOnPremAuth') !== true) return 'none';
  return first(groupPolicy(sources, user), 'UsePassportForWork') === undefined
    ? 'mobile device management'
    : 'enrollment authority';
}

/** A source says something else from now on; undefined: nothing any more. */
export function withSource(
  sources: PolicySources,
  source: PolicySource,
  settings: PolicySettings | undefined,
  user?: string,
): PolicySources {
  const { [source]: before, ...others } = sources;
  if (source !== 'userGPO' && source !== 'userCSP') {
    return settings === undefined ? others : { ...others, [source]: settings };
  }
  if (user === undefined) return sources;
  const { [user]: _, ...rest } = (before ?? {}) as Readonly<Record<string, PolicySettings>>;
  return { ...others, [source]: settings === undefined ? rest : { ...rest, [user]: settings } };
}
