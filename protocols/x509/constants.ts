/** Object identifiers of X.509, its extensions, and what Active Directory and PKINIT add to them. */

/** Attribute types of names (RFC 4519, RFC 2985). */
export const ATTRIBUTE = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  countryName: '2.5.4.6',
  localityName: '2.5.4.7',
  stateOrProvinceName: '2.5.4.8',
  streetAddress: '2.5.4.9',
  organizationName: '2.5.4.10',
  organizationalUnitName: '2.5.4.11',
  title: '2.5.4.12',
  givenName: '2.5.4.42',
  initials: '2.5.4.43',
  userId: '0.9.2342.19200300.100.1.1',
  domainComponent: '0.9.2342.19200300.100.1.25',
  emailAddress: '1.2.840.113549.1.9.1',
} as const;

/** Extensions (RFC 5280 sections 4.2 and 5.2; MS-WCCE 2.2.2.7.7). */
export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificatePolicies: '2.5.29.32',
  crlDistributionPoints: '2.5.29.31',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  /** szOID_ENROLL_CERTTYPE_EXTENSION: the template's name (version 1 templates). */
  certificateTemplateName: '1.3.6.1.4.1.311.20.2',
  /** szOID_CERTIFICATE_TEMPLATE: the template's OID and version. */
  certificateTemplate: '1.3.6.1.4.1.311.21.7',
  /** szOID_APPLICATION_CERT_POLICIES: the extended key usages again, as policies. */
  applicationPolicies: '1.3.6.1.4.1.311.21.10',
  /** szOID_NTDS_CA_SECURITY_EXT: the account's SID. */
  ntdsCaSecurity: '1.3.6.1.4.1.311.25.2',
} as const;

/** otherName types of GeneralName. */
export const OTHER_NAME = {
  /** id-pkinit-san: KRB5PrincipalName (RFC 4556 section 3.2.2). */
  kerberosPrincipalName: '1.3.6.1.5.2.2',
  /** szOID_NT_PRINCIPAL_NAME: the UPN, a UTF8String. */
  userPrincipalName: '1.3.6.1.4.1.311.20.2.3',
  /** szOID_NTDS_OBJECTSID, inside {@link EXTENSION.ntdsCaSecurity}. */
  objectSid: '1.3.6.1.4.1.311.25.2.1',
} as const;

/** Extended key usages. */
export const KEY_PURPOSE = {
  anyExtendedKeyUsage: '2.5.29.37.0',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  clientAuthentication: '1.3.6.1.5.5.7.3.2',
  /** id-pkinit-KPClientAuth (RFC 4556 section 3.2.2). */
  pkinitClientAuthentication: '1.3.6.1.5.2.3.4',
  /** id-pkinit-KPKdc: Windows calls it "KDC Authentication". */
  kdcAuthentication: '1.3.6.1.5.2.3.5',
  smartCardLogon: '1.3.6.1.4.1.311.20.2.2',
  certificateRequestAgent: '1.3.6.1.4.1.311.20.2.1',
} as const;

/** Bits of KeyUsage (RFC 5280 section 4.2.1.3): bit n of the BIT STRING is 1 << n here. */
export const KEY_USAGE = {
  digitalSignature: 0x001,
  nonRepudiation: 0x002,
  keyEncipherment: 0x004,
  dataEncipherment: 0x008,
  keyAgreement: 0x010,
  keyCertSign: 0x020,
  cRLSign: 0x040,
  encipherOnly: 0x080,
  decipherOnly: 0x100,
} as const;

/** CRLReason (RFC 5280 section 5.3.1). */
export const CRL_REASON: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

/** Attributes of PKCS #10 requests (RFC 2985; MS-WCCE 2.2.2.7). */
export const REQUEST_ATTRIBUTE = {
  extensionRequest: '1.2.840.113549.1.9.14',
  challengePassword: '1.2.840.113549.1.9.7',
  enrollmentNameValuePair: '1.3.6.1.4.1.311.13.2.1',
} as const;
