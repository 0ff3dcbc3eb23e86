/**
 * What `dsregcmd /status` says of a device and of who is signed in to it, as data. Times are milliseconds
 * since 1970. Microsoft, "Troubleshoot devices by using the dsregcmd command".
 */

export interface DsregStatus {
  readonly device: DeviceState;
  /** Of devices that Entra knows. */
  readonly registration?: Registration;
  readonly user: UserState;
  readonly sso: SsoState;
  readonly diagnostics: PostJoin | PreJoin;
  /** Absent: the user has Hello already, and the tool leaves the section out. */
  readonly prerequisites?: NgcPrerequisites;
}

export interface DeviceState {
  readonly azureAdJoined: boolean;
  /** With the registration service of AD FS. */
  readonly enterpriseJoined: boolean;
  /** The NetBIOS name of the domain that it is joined to. */
  readonly domainName?: string;
  readonly deviceName: string;
}

/** What a device got when it was registered, and where. */
export interface Registration {
  readonly deviceId: string;
  /** SHA-1 of the device certificate, hexadecimal. */
  readonly thumbprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** A GUID. */
  readonly keyContainerId: string;
  readonly isTpmProtected: boolean;
  readonly deviceAuthStatus: DeviceAuthStatus;
  readonly tenantId: string;
  readonly tenantName?: string;
}

export type DeviceAuthStatus =
  | 'SUCCESS'
  | 'FAILED. Device is either disabled or deleted'
  | 'FAILED. ERROR';

export interface UserState {
  /** Of the Hello key, a GUID; absent: there is none. */
  readonly ngcKeyId?: string;
  readonly canReset: 'DestructiveOnly' | 'DestructiveAndNonDestructive';
  /** There is a web account to sign in to applications with: who signed in to Entra has one. */
  readonly wamDefaultSet: boolean;
}

export interface SsoState {
  readonly azureAd: TokenState;
  /** Of AD FS. */
  readonly enterprise: TokenState;
  /** A partial ticket-granting ticket is there, and one for the cloud. */
  readonly onPremTgt: boolean;
  readonly cloudTgt: boolean;
}

/** A primary refresh token, or that there is none. */
export interface TokenState {
  readonly token?: { readonly updated: number; readonly expires: number };
  /** The URL of who gives such tokens to this device; absent: nobody. */
  readonly authority?: string;
  /** The last attempt, where it failed and none has succeeded since. */
  readonly failed?: FailedAttempt;
}

export interface FailedAttempt {
  /** The user got no token, or a token was not renewed. */
  readonly wanted: 'Acquire' | 'Refresh';
  readonly time: number;
  /** NTSTATUS or HRESULT: `0xc000006d`. */
  readonly status: string;
  /** userPrincipalName. */
  readonly user: string;
  readonly credentialType: string;
  readonly correlationId: string;
  readonly endpoint: string;
  /** WinHTTP's error; 0 where an answer came. */
  readonly httpError: number;
  readonly httpStatus: number;
  readonly serverErrorCode?: string;
  readonly serverErrorDescription?: string;
}

/** Of a device that is registered. */
export interface PostJoin {
  readonly kind: 'postJoin';
  /** `CORP\alice, alice@corp.example` */
  readonly account: string;
  /** The device's keys can be used. */
  readonly keySignTest: boolean;
}

/** Of a member of a domain that might be, and is not. */
export interface PreJoin {
  readonly kind: 'preJoin';
  readonly userContext: 'SYSTEM' | 'UN-ELEVATED User';
  readonly time: number;
  readonly account: string;
  /** `PASS`, `FAIL [0x80070002]`, `SKIPPED` */
  readonly adConnectivity: string;
  readonly adConfiguration: string;
  readonly drsDiscovery: string;
  readonly drsConnectivity: string;
  readonly tokenAcquisition: string;
  readonly lastAttempt?: FailedJoin;
}

export interface FailedJoin {
  readonly time: number;
  readonly registrationType?: 'sync' | 'fed';
  readonly phase: 'pre-check' | 'discover' | 'auth' | 'join';
  /** `0x801c03f2` */
  readonly clientErrorCode: string;
  readonly serverErrorCode?: string;
  readonly serverMessage?: string;
  readonly httpsStatus?: number;
  readonly requestId?: string;
}

/** What is looked at before Hello is offered. */
export interface NgcPrerequisites {
  readonly isDeviceJoined: boolean;
  readonly isUserAzureAd: boolean;
  readonly policyEnabled: boolean;
  readonly postLogonEnabled: boolean;
  readonly deviceEligible: boolean;
  readonly sessionIsNotRemote: boolean;
  readonly certEnrollment: 'none' | 'enrollment authority' | 'mobile device management';
  /** Only with an enrollment authority. */
  readonly adfs?: {
    readonly refreshToken: boolean;
    readonly raIsReady: boolean;
    readonly templateReady: boolean;
  };
  /** Only without certificates. */
  readonly onPremTgt: boolean;
  readonly willProvision: boolean;
}
