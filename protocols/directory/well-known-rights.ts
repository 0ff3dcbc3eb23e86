/**
 * Control access rights: extended rights, validated writes and property sets (MS-ADTS 5.1.3.2.1,
 * 5.1.3.2.2, 3.1.1.2.3.3), as they stand in CN=Extended-Rights of every forest.
 */

/** validAccesses: which of the three a right is. */
export const ValidAccesses = {
  /** RIGHT_DS_READ_PROPERTY and RIGHT_DS_WRITE_PROPERTY: a property set. */
  propertySet: 0x30,
  /** RIGHT_DS_WRITE_PROPERTY_EXTENDED. */
  validatedWrite: 0x08,
  /** RIGHT_DS_CONTROL_ACCESS. */
  extended: 0x100,
} as const;

export interface ControlAccessRight {
  /** Common name: `User-Force-Change-Password`. */
  readonly cn: string;
  /** rightsGuid, the objectType of an ACE. A validated write may share it with a property set. */
  readonly guid: string;
  readonly kind: keyof typeof ValidAccesses;
  /** Classes of the objects that the right is about. */
  readonly appliesTo: readonly string[];
  /** As dsacls shows it. */
  readonly displayName: string;
}

/** One a line: cn, kind, rightsGuid, classes, displayName. */
const TABLE = `
DNS-Host-Name-Attributes propertySet 72e39547-7b18-11d1-adef-00c04fd8d5cd computer,msDS-ManagedServiceAccount,msDS-GroupManagedServiceAccount DNS Host Name Attributes
Domain-Other-Parameters propertySet b8119fd0-04f6-4762-ab7a-4986c76b3f9a domainDNS Other Domain Parameters (for use by SAM)
Domain-Password propertySet c7407360-20bf-11d0-a768-00aa006e0529 domainDNS,domain Domain Password & Lockout Policies
Email-Information propertySet e45795b2-9455-11d1-aebd-0000f80367c1 inetOrgPerson,group,user Phone and Mail Options
General-Information propertySet 59ba2f42-79a2-11d0-9020-00c04fc2d3cf inetOrgPerson,user General Information
Membership propertySet bc0ac240-79a9-11d0-9020-00c04fc2d4cf inetOrgPerson,user Group Membership
MS-TS-GatewayAccess propertySet ffa6f046-ca4b-4feb-b40d-04dfee722543 computer,msDS-ManagedServiceAccount MS-TS-GatewayAccess
Personal-Information propertySet 77b5b886-944a-11d1-aebd-0000f80367c1 inetOrgPerson,computer,contact,user,msDS-ManagedServiceAccount Personal Information
Private-Information propertySet 91e647de-d96f-4b70-9557-d63ff4f3ccd8 user,inetOrgPerson Private Information
Public-Information propertySet e48d0154-bcf8-11d1-8702-00c04fb96050 inetOrgPerson,computer,user,msDS-ManagedServiceAccount Public Information
RAS-Information propertySet 037088f8-0ae1-11d2-b422-00a0c968f939 inetOrgPerson,user Remote Access Information
Terminal-Server-License-Server propertySet 5805bc62-bdc9-4428-a5e2-856a0f4c185e user,inetOrgPerson Terminal Server License Server
User-Account-Restrictions propertySet 4c164200-20c0-11d0-a768-00aa006e0529 inetOrgPerson,computer,user,msDS-ManagedServiceAccount,msDS-GroupManagedServiceAccount Account Restrictions
User-Logon propertySet 5f202010-79a5-11d0-9020-00c04fc2d4cf inetOrgPerson,user Logon Information
Web-Information propertySet e45795b3-9455-11d1-aebd-0000f80367c1 inetOrgPerson,contact,user Web Information
DS-Validated-Write-Computer validatedWrite 9b026da6-0d3c-465c-8bee-5199d7165cba computer Validated write to computer attributes.
Self-Membership validatedWrite bf9679c0-0de6-11d0-a285-00aa003049e2 group Add/Remove self as member
Validated-DNS-Host-Name validatedWrite 72e39547-7b18-11d1-adef-00c04fd8d5cd computer,msDS-ManagedServiceAccount,msDS-GroupManagedServiceAccount Validated write to DNS host name
Validated-MS-DS-Additional-DNS-Host-Name validatedWrite 80863791-dbe9-4eb8-837e-7f0ab55d9ac7 computer Validated write to MS DS Additional DNS Host Name
Validated-MS-DS-Behavior-Version validatedWrite d31a8757-2447-4545-8081-3bb610cacbf2 nTDSDSA Validated write to MS DS behavior version
Validated-SPN validatedWrite f3a64788-5306-11d1-a9c5-0000f80367c1 computer,msDS-ManagedServiceAccount Validated write to service principal name
Add-GUID extended 440820ad-65b4-11d1-a3da-0000f875ae0d domainDNS Add GUID
Allocate-Rids extended 1abd7cf8-0a99-11d1-adbb-00c04fd8d5cd nTDSDSA Allocate Rids
Allowed-To-Authenticate extended 68b1d179-0d15-4d4f-ab71-46152e79a7bc inetOrgPerson,user,computer,msDS-ManagedServiceAccount Allowed to Authenticate
Apply-Group-Policy extended edacfd8f-ffb3-11d1-b41d-00a0c968f939 groupPolicyContainer Apply Group Policy
Change-Domain-Master extended 014bf69c-7b3b-11d1-85f6-08002be74fab crossRefContainer Change Domain Master
Change-Infrastructure-Master extended cc17b1fb-33d9-11d2-97d4-00c04fd8d5cd infrastructureUpdate Change Infrastructure Master
Change-PDC extended bae50096-4752-11d1-9052-00c04fc2d4cf domainDNS Change PDC
Change-Rid-Master extended d58d5f36-0a98-11d1-adbb-00c04fd8d5cd rIDManager Change Rid Master
Change-Schema-Master extended e12b56b6-0a95-11d1-adbb-00c04fd8d5cd dMD Change Schema Master
Create-Inbound-Forest-Trust extended e2a36dc9-ae17-47c3-b58b-be34c55ba633 domainDNS Create Inbound Forest Trust
Do-Garbage-Collection extended fec364e0-0a98-11d1-adbb-00c04fd8d5cd nTDSDSA Do Garbage Collection
Domain-Administer-Server extended ab721a52-1e2f-11d0-9819-00aa0040529b samServer Domain Administer Server
DS-Check-Stale-Phantoms extended 69ae6200-7f46-11d2-b9ad-00c04f79f805 nTDSDSA DS Check Stale Phantoms
DS-Clone-Domain-Controller extended 3e0f7e18-2c7a-4c10-ba82-4d926db99a3e domainDNS Allow a DC to create a clone of itself
DS-Execute-Intentions-Script extended 2f16c4a5-b98e-432c-952a-cb388ba33f2e crossRefContainer DS Execute Intentions Script
DS-Install-Replica extended 9923a32a-3607-11d2-b9be-0000f87a36b2 domainDNS Add/Remove Replica In Domain
DS-Query-Self-Quota extended 4ecc03fe-ffc0-4947-b630-eb672a8a9dbc msDS-QuotaContainer DS Query Self Quota
DS-Replication-Get-Changes extended 1131f6aa-9c07-11d1-f79f-00c04fc2dcd2 dMD,configuration,domainDNS Replicating Directory Changes
DS-Replication-Get-Changes-All extended 1131f6ad-9c07-11d1-f79f-00c04fc2dcd2 dMD,configuration,domainDNS Replicating Directory Changes All
DS-Replication-Get-Changes-In-Filtered-Set extended 89e95b76-444d-4c62-991a-0facbeda640c domainDNS,configuration,dMD Replicating Directory Changes In Filtered Set
DS-Replication-Manage-Topology extended 1131f6ac-9c07-11d1-f79f-00c04fc2dcd2 dMD,configuration,domainDNS Manage Replication Topology
DS-Replication-Monitor-Topology extended f98340fb-7c5b-4cdb-a00b-2ebdfa115a96 dMD,configuration,domainDNS Monitor active directory Replication
DS-Replication-Synchronize extended 1131f6ab-9c07-11d1-f79f-00c04fc2dcd2 dMD,configuration,domainDNS Replication Synchronization
Enable-Per-User-Reversibly-Encrypted-Password extended 05c74c5e-4deb-43b4-bd9f-86664c2a7fd5 domainDNS Enable Per User Reversibly Encrypted Password
Generate-RSoP-Logging extended b7b1b3de-ab09-4242-9e30-9980e5d322f7 domainDNS,organizationalUnit Generate Resultant Set of Policy (Logging)
Generate-RSoP-Planning extended b7b1b3dd-ab09-4242-9e30-9980e5d322f7 domainDNS,organizationalUnit Generate Resultant Set of Policy (Planning)
Manage-Optional-Features extended 7c0e2a7c-a419-48e4-a995-10180aad54dd crossRefContainer Manage Optional Features
Migrate-SID-History extended ba33815a-4f93-4c76-87f3-57574bff8109 domainDNS Migrate SID History
msmq-Open-Connector extended b4e60130-df3f-11d1-9c86-006008764d0e site msmq Open Connector
Read-Only-Replication-Secret-Synchronization extended 1131f6ae-9c07-11d1-f79f-00c04fc2dcd2 dMD,configuration,domainDNS Read Only Replication Secret Synchronization
Reanimate-Tombstones extended 45ec5156-db7e-47bb-b53f-dbeb2d03c40f dMD,configuration,domainDNS Reanimate Tombstones
Recalculate-Hierarchy extended 0bc1554e-0a99-11d1-adbb-00c04fd8d5cd nTDSDSA Recalculate Hierarchy
Recalculate-Security-Inheritance extended 62dd28a8-7f46-11d2-b9ad-00c04f79f805 nTDSDSA Recalculate Security Inheritance
Receive-As extended ab721a56-1e2f-11d0-9819-00aa0040529b computer,user,inetOrgPerson,msDS-ManagedServiceAccount Receive As
Refresh-Group-Cache extended 9432c620-033c-4db7-8b58-14ef6d0bf477 nTDSDSA Refresh Group Cache
Reload-SSL-Certificate extended 1a60ea8d-58a6-4b20-bcdc-fb71eb8a9ff8 nTDSDSA Reload SSL Certificate
Run-Protect-Admin-Groups-Task extended 7726b9d5-a4b4-4288-a6b2-dce952e80a7f domainDNS Run Protect Admin Groups Task
SAM-Enumerate-Entire-Domain extended 91d67418-0135-4acc-8d79-c08e857cfbec samServer SAM Enumerate Entire Domain
Send-As extended ab721a54-1e2f-11d0-9819-00aa0040529b computer,user,inetOrgPerson,msDS-ManagedServiceAccount Send As
Send-To extended ab721a55-1e2f-11d0-9819-00aa0040529b group Send To
Unexpire-Password extended ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501 domainDNS Unexpire Password
Update-Password-Not-Required-Bit extended 280f369c-67c7-438e-ae98-1d46f3c6f541 domainDNS Update Password Not Required Bit
Update-Schema-Cache extended be2bb760-7f46-11d2-b9ad-00c04f79f805 dMD Update Schema Cache
User-Change-Password extended ab721a53-1e2f-11d0-9819-00aa0040529b computer,user,inetOrgPerson,msDS-ManagedServiceAccount Change Password
User-Force-Change-Password extended 00299570-246d-11d0-a768-00aa006e0529 computer,user,inetOrgPerson,msDS-ManagedServiceAccount Reset Password
`;

export const CONTROL_ACCESS_RIGHTS: readonly ControlAccessRight[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [cn, kind, guid, classes, ...words] = line.split(' ') as [
      string,
      keyof typeof ValidAccesses,
      string,
      string,
      ...string[],
    ];
    return { cn, guid, kind, appliesTo: classes.split(','), displayName: words.join(' ') };
  });

const byName = new Map(CONTROL_ACCESS_RIGHTS.map((right) => [right.cn, right]));

/** By common name. */
export function controlAccessRight(cn: string): ControlAccessRight | undefined {
  return byName.get(cn);
}
