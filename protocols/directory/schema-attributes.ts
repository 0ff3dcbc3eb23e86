/**
 * The attributes of the schema in use. Ids, syntaxes, ranges and flags are those that Microsoft
 * publishes for Windows Server 2016 and later (MS-ADA1, MS-ADA2, MS-ADA3; schema version 87).
 * Records on disk name attributes by their line: lines are only ever added, at the end.
 */
import type { AttributeRow } from './schema.ts';
import type { Syntax } from './syntax.ts';
import { controlAccessRight } from './well-known-rights.ts';

/**
 * One a line: lDAPDisplayName, cn, attributeID, syntax, schemaIDGUID; then what is not usual:
 * `multi` (not isSingleValued), `systemOnly`, `gc` (isMemberOfPartialAttributeSet),
 * `search=` searchFlags, `system=` systemFlags besides 16, `set=` the property set of
 * attributeSecurityGUID, `range=` rangeLower..rangeUpper, `link=` linkID, and `scan`: no index is
 * kept here although searchFlags has fATTINDEX, since nearly every object has a value of its own.
 */
const TABLE = `
accountExpires Account-Expires 1.2.840.113556.1.4.159 largeInteger bf967915-0de6-11d0-a285-00aa003049e2 search=16 set=User-Account-Restrictions
adminCount Admin-Count 1.2.840.113556.1.4.150 integer bf967918-0de6-11d0-a285-00aa003049e2
adminDescription Admin-Description 1.2.840.113556.1.2.226 unicode bf967919-0de6-11d0-a285-00aa003049e2 set=General-Information range=0..1024
adminDisplayName Admin-Display-Name 1.2.840.113556.1.2.194 unicode bf96791a-0de6-11d0-a285-00aa003049e2 range=1..256
allowedAttributes Allowed-Attributes 1.2.840.113556.1.4.913 oid 9a7ad940-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748 set=Public-Information
allowedAttributesEffective Allowed-Attributes-Effective 1.2.840.113556.1.4.914 oid 9a7ad941-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748 set=Public-Information
allowedChildClasses Allowed-Child-Classes 1.2.840.113556.1.4.911 oid 9a7ad942-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748 set=Public-Information
allowedChildClassesEffective Allowed-Child-Classes-Effective 1.2.840.113556.1.4.912 oid 9a7ad943-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748 set=Public-Information
altSecurityIdentities Alt-Security-Identities 1.2.840.113556.1.4.867 unicode 00fbf30c-91fe-11d1-aebc-0000f80367c1 multi gc search=1 system=18 set=Public-Information
applicationName Application-Name 1.2.840.113556.1.4.218 unicode dd712226-10e4-11d0-a05f-00aa006c33ed range=1..64
appliesTo Applies-To 1.2.840.113556.1.4.341 unicode 8297931d-86d3-11d0-afda-00c04fd930c9 multi range=36..36
appSchemaVersion App-Schema-Version 1.2.840.113556.1.4.848 integer 96a7dd65-9118-11d1-aebc-0000f80367c1
assistant Assistant 1.2.840.113556.1.4.652 dn 0296c11c-40da-11d1-a9c0-0000f80367c1 search=16 set=Personal-Information
attributeCertificateAttribute attributeCertificateAttribute 2.5.4.58 octets fa4693bb-7bc2-4cb9-81a8-c99c43b7905e multi system=0
attributeID Attribute-ID 1.2.840.113556.1.2.30 oid bf967922-0de6-11d0-a285-00aa003049e2 systemOnly search=8
attributeSecurityGUID Attribute-Security-GUID 1.2.840.113556.1.4.149 octets bf967924-0de6-11d0-a285-00aa003049e2 range=16..16
attributeSyntax Attribute-Syntax 1.2.840.113556.1.2.32 oid bf967925-0de6-11d0-a285-00aa003049e2 systemOnly search=8
attributeTypes Attribute-Types 2.5.21.5 unicode 9a7ad944-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
auditingPolicy Auditing-Policy 1.2.840.113556.1.4.202 octets 6da8a4fe-0e52-11d0-a286-00aa003049e2
auxiliaryClass Auxiliary-Class 1.2.840.113556.1.2.351 oid bf96792c-0de6-11d0-a285-00aa003049e2 multi
badPasswordTime Bad-Password-Time 1.2.840.113556.1.4.49 largeInteger bf96792d-0de6-11d0-a285-00aa003049e2 system=17
badPwdCount Bad-Pwd-Count 1.2.840.113556.1.4.12 integer bf96792e-0de6-11d0-a285-00aa003049e2 system=17 set=User-Logon
builtinCreationTime Builtin-Creation-Time 1.2.840.113556.1.4.13 largeInteger bf96792f-0de6-11d0-a285-00aa003049e2
builtinModifiedCount Builtin-Modified-Count 1.2.840.113556.1.4.14 largeInteger bf967930-0de6-11d0-a285-00aa003049e2
businessCategory Business-Category 2.5.4.15 unicode bf967931-0de6-11d0-a285-00aa003049e2 multi range=1..128
c Country-Name 2.5.4.6 unicode bf967945-0de6-11d0-a285-00aa003049e2 gc search=16 system=18 set=Personal-Information range=1..3
cACertificate CA-Certificate 2.5.4.37 octets bf967932-0de6-11d0-a285-00aa003049e2 multi gc range=1..32768
canonicalName Canonical-Name 1.2.840.113556.1.4.916 unicode 9a7ad945-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
carLicense carLicense 2.16.840.1.113730.3.1.1 unicode d4159c92-957d-4a87-8a67-8d2934e01649 multi system=0
cn Common-Name 2.5.4.3 unicode bf96793f-0de6-11d0-a285-00aa003049e2 gc search=1 system=18 set=Public-Information range=1..64
co Text-Country 1.2.840.113556.1.2.131 unicode f0f8ffa7-1191-11d0-a060-00aa006c33ed search=16 set=Public-Information range=1..128
codePage Code-Page 1.2.840.113556.1.4.16 integer bf967938-0de6-11d0-a285-00aa003049e2 search=16 set=General-Information range=0..65535
comment User-Comment 1.2.840.113556.1.4.156 unicode bf967a6a-0de6-11d0-a285-00aa003049e2 set=General-Information
company Company 1.2.840.113556.1.2.146 unicode f0f8ff88-1191-11d0-a060-00aa006c33ed search=16 set=Public-Information range=1..64
countryCode Country-Code 1.2.840.113556.1.4.25 integer 5fd42471-1262-11d0-a060-00aa006c33ed search=16 set=General-Information range=0..65535
createTimeStamp Create-Time-Stamp 2.5.18.1 time 2df90d73-009f-11d2-aa4c-00c04fd7d83a systemOnly system=134217748
creationTime Creation-Time 1.2.840.113556.1.4.26 largeInteger bf967946-0de6-11d0-a285-00aa003049e2
currentValue Current-Value 1.2.840.113556.1.4.27 octets bf967947-0de6-11d0-a285-00aa003049e2
dBCSPwd DBCS-Pwd 1.2.840.113556.1.4.55 octets bf96799c-0de6-11d0-a285-00aa003049e2
dc Domain-Component 0.9.2342.19200300.100.1.25 unicode 19195a55-6da0-11d0-afd3-00c04fd930c9 gc system=18 range=1..255
defaultGroup Default-Group 1.2.840.113556.1.4.480 dn 720bc4e2-a54a-11d0-afdf-00c04fd930c9
defaultHidingValue Default-Hiding-Value 1.2.840.113556.1.4.518 boolean b7b13116-b82e-11d0-afee-0000f80367c1
defaultObjectCategory Default-Object-Category 1.2.840.113556.1.4.783 dn 26d97367-6070-11d1-a9c6-0000f80367c1
defaultSecurityDescriptor Default-Security-Descriptor 1.2.840.113556.1.4.224 unicode 807a6d30-1669-11d0-a064-00aa006c33ed range=0..32767
department Department 1.2.840.113556.1.2.141 unicode bf96794f-0de6-11d0-a285-00aa003049e2 search=16 set=Public-Information range=1..64
departmentNumber departmentNumber 2.16.840.1.113730.3.1.2 unicode be9ef6ee-cbc7-4f22-b27b-96967e7ee585 multi system=0
description Description 2.5.4.13 unicode bf967950-0de6-11d0-a285-00aa003049e2 multi gc set=Public-Information range=0..1024
directReports Reports 1.2.840.113556.1.2.436 dn bf967a1c-0de6-11d0-a285-00aa003049e2 multi systemOnly system=17 set=Public-Information link=43
displayName Display-Name 1.2.840.113556.1.2.13 unicode bf967953-0de6-11d0-a285-00aa003049e2 gc search=5 set=General-Information range=0..256
displayNamePrintable Display-Name-Printable 1.2.840.113556.1.2.353 printable bf967954-0de6-11d0-a285-00aa003049e2 set=Public-Information range=1..256
distinguishedName Obj-Dist-Name 2.5.4.49 dn bf9679e4-0de6-11d0-a285-00aa003049e2 systemOnly gc search=8 system=19 set=Public-Information
dITContentRules DIT-Content-Rules 2.5.21.2 unicode 9a7ad946-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
division Division 1.2.840.113556.1.4.261 unicode fe6136a0-2073-11d0-a9c2-00aa006c33ed search=16 set=Public-Information range=0..256
dMDLocation DMD-Location 1.2.840.113556.1.2.36 dn f0f8ff8b-1191-11d0-a060-00aa006c33ed systemOnly
dmdName DMD-Name 1.2.840.113556.1.2.598 unicode 167757b9-47f3-11d1-a9c3-0000f80367c1 range=1..1024
dNReferenceUpdate DN-Reference-Update 1.2.840.113556.1.4.1242 dn 2df90d86-009f-11d2-aa4c-00c04fd7d83a multi systemOnly search=8
dNSHostName DNS-Host-Name 1.2.840.113556.1.4.619 unicode 72e39547-7b18-11d1-adef-00c04fd8d5cd gc set=DNS-Host-Name-Attributes range=0..2048
dnsRoot Dns-Root 1.2.840.113556.1.4.28 unicode bf967959-0de6-11d0-a285-00aa003049e2 multi search=1 range=1..255
domainIdentifier Domain-Identifier 1.2.840.113556.1.4.755 integer 7f561278-5301-11d1-a9c5-0000f80367c1 systemOnly
domainReplica Domain-Replica 1.2.840.113556.1.4.158 unicode bf96795e-0de6-11d0-a285-00aa003049e2 set=Domain-Other-Parameters range=0..32767
dSASignature DSA-Signature 1.2.840.113556.1.2.74 octets 167757bc-47f3-11d1-a9c3-0000f80367c1
dSCorePropagationData DS-Core-Propagation-Data 1.2.840.113556.1.4.1357 time d167aa4b-8b08-11d2-9939-0000f87a57d4 multi systemOnly gc system=19
dSHeuristics DS-Heuristics 1.2.840.113556.1.2.212 unicode f0f8ff86-1191-11d0-a060-00aa006c33ed
employeeID Employee-ID 1.2.840.113556.1.4.35 unicode bf967962-0de6-11d0-a285-00aa003049e2 range=0..16
employeeNumber Employee-Number 1.2.840.113556.1.2.610 unicode a8df73ef-c5ea-11d1-bbcb-0080c76670c0 system=0 range=1..512
employeeType Employee-Type 1.2.840.113556.1.2.613 unicode a8df73f0-c5ea-11d1-bbcb-0080c76670c0 search=16 system=0 range=1..256
Enabled Enabled 1.2.840.113556.1.2.557 boolean a8df73f2-c5ea-11d1-bbcb-0080c76670c0
enabledConnection Enabled-Connection 1.2.840.113556.1.4.36 boolean bf967963-0de6-11d0-a285-00aa003049e2
extendedAttributeInfo Extended-Attribute-Info 1.2.840.113556.1.4.909 unicode 9a7ad947-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
extendedCharsAllowed Extended-Chars-Allowed 1.2.840.113556.1.2.380 boolean bf967966-0de6-11d0-a285-00aa003049e2
extendedClassInfo Extended-Class-Info 1.2.840.113556.1.4.908 unicode 9a7ad948-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
extensionName Extension-Name 1.2.840.113556.1.2.227 unicode bf967972-0de6-11d0-a285-00aa003049e2 multi range=1..255
facsimileTelephoneNumber Facsimile-Telephone-Number 2.5.4.23 unicode bf967974-0de6-11d0-a285-00aa003049e2 set=Personal-Information range=1..64
flags Flags 1.2.840.113556.1.4.38 integer bf967976-0de6-11d0-a285-00aa003049e2 gc
flatName Flat-Name 1.2.840.113556.1.4.511 unicode b7b13117-b82e-11d0-afee-0000f80367c1 search=1
forceLogoff Force-Logoff 1.2.840.113556.1.4.39 largeInteger bf967977-0de6-11d0-a285-00aa003049e2 set=Domain-Other-Parameters
foreignIdentifier Foreign-Identifier 1.2.840.113556.1.4.356 octets 3e97891e-8c01-11d0-afda-00c04fd930c9
fromEntry From-Entry 1.2.840.113556.1.4.910 boolean 9a7ad949-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
fromServer From-Server 1.2.840.113556.1.4.40 dn bf967979-0de6-11d0-a285-00aa003049e2 search=1
fSMORoleOwner FSMO-Role-Owner 1.2.840.113556.1.4.369 dn 66171887-8f3c-11d0-afda-00c04fd930c9 search=1
garbageCollPeriod Garbage-Coll-Period 1.2.840.113556.1.2.301 integer 5fd424a1-1262-11d0-a060-00aa006c33ed
gecos Gecos 1.3.6.1.1.1.1.2 ia5 a3e03f1f-1d55-4253-a0af-30c2a784e46e system=0 range=..10240
generatedConnection Generated-Connection 1.2.840.113556.1.4.41 boolean bf96797a-0de6-11d0-a285-00aa003049e2
gidNumber GidNumber 1.3.6.1.1.1.1.1 integer c5b95f0c-ec9e-41c4-849c-b46597ed6696 search=1 system=0
givenName Given-Name 2.5.4.42 unicode f0f8ff8e-1191-11d0-a060-00aa006c33ed gc search=5 set=Public-Information range=1..64
governsID Governs-ID 1.2.840.113556.1.2.22 oid bf96797d-0de6-11d0-a285-00aa003049e2 systemOnly search=8
gPCFileSysPath GPC-File-Sys-Path 1.2.840.113556.1.4.894 unicode f30e3bc1-9ff0-11d1-b603-0000f80367c1
gPCFunctionalityVersion GPC-Functionality-Version 1.2.840.113556.1.4.893 integer f30e3bc0-9ff0-11d1-b603-0000f80367c1
gPCMachineExtensionNames GPC-Machine-Extension-Names 1.2.840.113556.1.4.1348 unicode 32ff8ecc-783f-11d2-9916-0000f87a57d4
gPCUserExtensionNames GPC-User-Extension-Names 1.2.840.113556.1.4.1349 unicode 42a75fc6-783f-11d2-9916-0000f87a57d4
gPCWQLFilter GPC-WQL-Filter 1.2.840.113556.1.4.1694 unicode 7bd4c7a6-1add-4436-8c04-3999a880154c
gPLink GP-Link 1.2.840.113556.1.4.891 unicode f30e3bbe-9ff0-11d1-b603-0000f80367c1 gc
gPOptions GP-Options 1.2.840.113556.1.4.892 integer f30e3bbf-9ff0-11d1-b603-0000f80367c1
groupMembershipSAM Group-Membership-SAM 1.2.840.113556.1.4.166 octets bf967980-0de6-11d0-a285-00aa003049e2
groupType Group-Type 1.2.840.113556.1.4.750 integer 9a9a021e-4a5b-11d1-a9c3-0000f80367c1 gc search=9 system=18 scan
hasMasterNCs Has-Master-NCs 1.2.840.113556.1.2.14 dn bf967982-0de6-11d0-a285-00aa003049e2 multi systemOnly link=76
hasPartialReplicaNCs Has-Partial-Replica-NCs 1.2.840.113556.1.2.15 dn bf967981-0de6-11d0-a285-00aa003049e2 multi systemOnly link=74
homeDirectory Home-Directory 1.2.840.113556.1.4.44 unicode bf967985-0de6-11d0-a285-00aa003049e2 search=16 set=User-Logon
homeDrive Home-Drive 1.2.840.113556.1.4.45 unicode bf967986-0de6-11d0-a285-00aa003049e2 search=16 set=User-Logon
homePhone Phone-Home-Primary 0.9.2342.19200300.100.1.20 unicode f0f8ffa1-1191-11d0-a060-00aa006c33ed gc set=Personal-Information range=1..64
info Comment 1.2.840.113556.1.2.81 unicode bf96793e-0de6-11d0-a285-00aa003049e2 set=Personal-Information range=1..1024
initials Initials 2.5.4.43 unicode f0f8ff90-1191-11d0-a060-00aa006c33ed set=Public-Information range=1..6
instanceType Instance-Type 1.2.840.113556.1.2.1 integer bf96798c-0de6-11d0-a285-00aa003049e2 systemOnly gc search=8 system=18
invocationId Invocation-Id 1.2.840.113556.1.2.115 octets bf96798e-0de6-11d0-a285-00aa003049e2 systemOnly search=1
ipPhone Phone-Ip-Primary 1.2.840.113556.1.4.721 unicode 4d146e4a-48d4-11d1-a9c3-0000f80367c1 gc set=Personal-Information range=..64
isCriticalSystemObject Is-Critical-System-Object 1.2.840.113556.1.4.868 boolean 00fbf30d-91fe-11d1-aebc-0000f80367c1
isDefunct Is-Defunct 1.2.840.113556.1.4.661 boolean 28630ebe-41d5-11d1-a9c1-0000f80367c1
isDeleted Is-Deleted 1.2.840.113556.1.2.48 boolean bf96798f-0de6-11d0-a285-00aa003049e2 systemOnly gc system=18
isEphemeral Is-Ephemeral 1.2.840.113556.1.4.1212 boolean f4c453f0-c5f1-11d1-bbcb-0080c76670c0 systemOnly
isMemberOfPartialAttributeSet Is-Member-Of-Partial-Attribute-Set 1.2.840.113556.1.4.639 boolean 19405b9d-3cfa-11d1-a9c0-0000f80367c1
isRecycled Is-Recycled 1.2.840.113556.1.4.2058 boolean 8fb59256-55f1-444b-aacb-f5b482fe3459 systemOnly gc search=8 system=18
isSingleValued Is-Single-Valued 1.2.840.113556.1.2.33 boolean bf967992-0de6-11d0-a285-00aa003049e2 systemOnly
jpegPhoto jpegPhoto 0.9.2342.19200300.100.1.60 octets bac80572-09c4-4fa9-9ae6-7628d7adbe0e multi system=0
keywords Keywords 1.2.840.113556.1.4.48 unicode bf967993-0de6-11d0-a285-00aa003049e2 multi gc search=1 range=1..256
l Locality-Name 2.5.4.7 unicode bf9679a2-0de6-11d0-a285-00aa003049e2 gc search=17 system=18 set=Personal-Information range=1..128
lastKnownParent Last-Known-Parent 1.2.840.113556.1.4.781 dn 52ab8670-5709-11d1-a9c6-0000f80367c1
lastLogoff Last-Logoff 1.2.840.113556.1.4.51 largeInteger bf967996-0de6-11d0-a285-00aa003049e2 system=17 set=User-Logon
lastLogon Last-Logon 1.2.840.113556.1.4.52 largeInteger bf967997-0de6-11d0-a285-00aa003049e2 system=17 set=User-Logon
lastLogonTimestamp Last-Logon-Timestamp 1.2.840.113556.1.4.1696 largeInteger c0e20a04-0e5a-4ff3-9482-5efeaecd7060 gc search=1 set=User-Logon scan
lastSetTime Last-Set-Time 1.2.840.113556.1.4.53 largeInteger bf967998-0de6-11d0-a285-00aa003049e2
lDAPAdminLimits LDAP-Admin-Limits 1.2.840.113556.1.4.843 unicode 7359a352-90f7-11d1-aebc-0000f80367c1 multi
lDAPDisplayName LDAP-Display-Name 1.2.840.113556.1.2.460 unicode bf96799a-0de6-11d0-a285-00aa003049e2 gc search=9 range=1..256
lDAPIPDenyList LDAP-IPDeny-List 1.2.840.113556.1.4.844 octets 7359a353-90f7-11d1-aebc-0000f80367c1 multi
linkID Link-ID 1.2.840.113556.1.2.50 integer bf96799b-0de6-11d0-a285-00aa003049e2 systemOnly
lmPwdHistory Lm-Pwd-History 1.2.840.113556.1.4.160 octets bf96799d-0de6-11d0-a285-00aa003049e2 multi
localeID Locale-ID 1.2.840.113556.1.4.58 integer bf9679a1-0de6-11d0-a285-00aa003049e2 multi search=16
localizationDisplayId Localization-Display-Id 1.2.840.113556.1.4.1353 integer a746f0d1-78d0-11d2-9916-0000f87a57d4
localPolicyFlags Local-Policy-Flags 1.2.840.113556.1.4.56 integer bf96799e-0de6-11d0-a285-00aa003049e2
location Location 1.2.840.113556.1.4.222 unicode 09dcb79f-165f-11d0-a064-00aa006c33ed gc search=1 range=0..1024
lockoutDuration Lockout-Duration 1.2.840.113556.1.4.60 largeInteger bf9679a5-0de6-11d0-a285-00aa003049e2 set=Domain-Password
lockOutObservationWindow Lock-Out-Observation-Window 1.2.840.113556.1.4.61 largeInteger bf9679a4-0de6-11d0-a285-00aa003049e2 set=Domain-Password
lockoutThreshold Lockout-Threshold 1.2.840.113556.1.4.73 integer bf9679a6-0de6-11d0-a285-00aa003049e2 set=Domain-Password range=..65535
lockoutTime Lockout-Time 1.2.840.113556.1.4.662 largeInteger 28630ebf-41d5-11d1-a9c1-0000f80367c1
loginShell LoginShell 1.3.6.1.1.1.1.4 ia5 a553d12c-3231-4c5e-8adf-8d189697721e system=0 range=..1024
logonCount Logon-Count 1.2.840.113556.1.4.169 integer bf9679aa-0de6-11d0-a285-00aa003049e2 system=17 set=User-Logon
logonHours Logon-Hours 1.2.840.113556.1.4.64 octets bf9679ab-0de6-11d0-a285-00aa003049e2 search=16 set=User-Logon
lSACreationTime LSA-Creation-Time 1.2.840.113556.1.4.66 largeInteger bf9679ad-0de6-11d0-a285-00aa003049e2
lSAModifiedCount LSA-Modified-Count 1.2.840.113556.1.4.67 largeInteger bf9679ae-0de6-11d0-a285-00aa003049e2
machineRole Machine-Role 1.2.840.113556.1.4.71 enumeration bf9679b2-0de6-11d0-a285-00aa003049e2
mail E-mail-Addresses 0.9.2342.19200300.100.1.3 unicode bf967961-0de6-11d0-a285-00aa003049e2 gc search=1 set=Public-Information range=0..256
managedBy Managed-By 1.2.840.113556.1.4.653 dn 0296c120-40da-11d1-a9c0-0000f80367c1 link=72
managedObjects Managed-Objects 1.2.840.113556.1.4.654 dn 0296c124-40da-11d1-a9c0-0000f80367c1 multi systemOnly system=17 link=73
manager Manager 0.9.2342.19200300.100.1.10 dn bf9679b5-0de6-11d0-a285-00aa003049e2 gc search=16 set=Public-Information link=42
mAPIID MAPI-ID 1.2.840.113556.1.2.49 integer bf9679b7-0de6-11d0-a285-00aa003049e2 systemOnly
masteredBy Mastered-By 1.2.840.113556.1.4.1409 dn e48e64e0-12c9-11d3-9102-00c04fd91ab1 multi systemOnly system=17 link=77
maxPwdAge Max-Pwd-Age 1.2.840.113556.1.4.74 largeInteger bf9679bb-0de6-11d0-a285-00aa003049e2 set=Domain-Password
maxStorage Max-Storage 1.2.840.113556.1.4.76 largeInteger bf9679bd-0de6-11d0-a285-00aa003049e2 search=16
mayContain May-Contain 1.2.840.113556.1.2.25 oid bf9679bf-0de6-11d0-a285-00aa003049e2 multi
member Member 2.5.4.31 dn bf9679c0-0de6-11d0-a285-00aa003049e2 multi gc system=18 set=Membership link=2
memberOf Is-Member-Of-DL 1.2.840.113556.1.2.102 dn bf967991-0de6-11d0-a285-00aa003049e2 multi systemOnly search=16 system=17 set=Membership link=3
memberUid MemberUid 1.3.6.1.1.1.1.12 ia5 03dab236-672e-4f61-ab64-f77d2dc2ffab multi system=0 range=..256000
middleName Other-Name 2.16.840.1.113730.3.1.34 unicode bf9679f2-0de6-11d0-a285-00aa003049e2 range=0..64
minPwdAge Min-Pwd-Age 1.2.840.113556.1.4.78 largeInteger bf9679c2-0de6-11d0-a285-00aa003049e2 set=Domain-Password
minPwdLength Min-Pwd-Length 1.2.840.113556.1.4.79 integer bf9679c3-0de6-11d0-a285-00aa003049e2 set=Domain-Password
mobile Phone-Mobile-Primary 0.9.2342.19200300.100.1.41 unicode f0f8ffa3-1191-11d0-a060-00aa006c33ed set=Personal-Information range=1..64
modifiedCount Modified-Count 1.2.840.113556.1.4.168 largeInteger bf9679c5-0de6-11d0-a285-00aa003049e2 system=17 set=Domain-Other-Parameters
modifiedCountAtLastProm Modified-Count-At-Last-Prom 1.2.840.113556.1.4.81 largeInteger bf9679c6-0de6-11d0-a285-00aa003049e2
modifyTimeStamp Modify-Time-Stamp 2.5.18.2 time 9a7ad94a-ca53-11d1-bbd0-0080c76670c0 systemOnly system=134217748
moveTreeState Move-Tree-State 1.2.840.113556.1.4.1305 octets 1f2ac2c8-3b71-11d2-90cc-00c04fd91ab1 multi
mS-DS-ConsistencyChildCount MS-DS-Consistency-Child-Count 1.2.840.113556.1.4.1361 integer 178b7bc2-b63a-11d2-90e1-00c04fd91ab1
mS-DS-ConsistencyGuid MS-DS-Consistency-Guid 1.2.840.113556.1.4.1360 octets 23773dc2-b63a-11d2-90e1-00c04fd91ab1
mS-DS-CreatorSID MS-DS-Creator-SID 1.2.840.113556.1.4.1410 sid c5e60132-1480-11d3-91c1-0000f87a57d4 systemOnly search=1
ms-DS-MachineAccountQuota MS-DS-Machine-Account-Quota 1.2.840.113556.1.4.1411 integer d064fb68-1480-11d3-91c1-0000f87a57d4
msDS-AdditionalDnsHostName ms-DS-Additional-Dns-Host-Name 1.2.840.113556.1.4.1717 unicode 80863791-dbe9-4eb8-837e-7f0ab55d9ac7 multi systemOnly set=DNS-Host-Name-Attributes range=0..2048
msDS-AdditionalSamAccountName ms-DS-Additional-Sam-Account-Name 1.2.840.113556.1.4.1718 unicode 975571df-a4d5-429a-9f59-cdc6581d91e6 multi systemOnly search=13 range=0..256
msDS-AllowedDNSSuffixes ms-DS-Allowed-DNS-Suffixes 1.2.840.113556.1.4.1710 unicode 8469441b-9ac4-4e45-8205-bd219dbf672d multi range=0..2048
msDS-AllowedToActOnBehalfOfOtherIdentity ms-DS-Allowed-To-Act-On-Behalf-Of-Other-Identity 1.2.840.113556.1.4.2182 descriptor 3f78c3e5-f79a-46bd-a0b8-9d18116ddc79 systemOnly set=User-Account-Restrictions range=0..132096
msDS-AllowedToDelegateTo ms-DS-Allowed-To-Delegate-To 1.2.840.113556.1.4.1787 unicode 800d94d7-b7a1-42a1-b14d-7cae1423d07f multi set=Public-Information
msDS-AllUsersTrustQuota MS-DS-All-Users-Trust-Quota 1.2.840.113556.1.4.1789 integer d3aa4a5c-4e03-4810-97aa-2b339e7a434b
msDS-Approx-Immed-Subordinates ms-DS-Approx-Immed-Subordinates 1.2.840.113556.1.4.1669 integer e185d243-f6ce-4adb-b496-b0c005d7823c systemOnly system=20 set=Public-Information
msDS-ApproximateLastLogonTimeStamp ms-DS-Approximate-Last-Logon-Time-Stamp 1.2.840.113556.1.4.2262 largeInteger a34f983b-84c6-4f0c-9050-a3a14a1d35a4 gc search=1
msDS-AuthenticatedAtDC ms-DS-AuthenticatedAt-DC 1.2.840.113556.1.4.1958 dn 3e1ee99c-6604-4489-89d9-84798a89515a multi link=2112
msDS-AuthenticatedToAccountlist ms-DS-AuthenticatedTo-Accountlist 1.2.840.113556.1.4.1957 dn e8b2c971-a6df-47bc-8d6f-62770d527aa5 multi systemOnly system=17 link=2113
msDS-Behavior-Version ms-DS-Behavior-Version 1.2.840.113556.1.4.1459 integer d31a8757-2447-4545-8081-3bb610cacbf2 systemOnly range=0..
msDS-Cached-Membership ms-DS-Cached-Membership 1.2.840.113556.1.4.1441 octets 69cab008-cdd4-4bc9-bab8-0ff37efe1b20 system=17
msDS-Cached-Membership-Time-Stamp ms-DS-Cached-Membership-Time-Stamp 1.2.840.113556.1.4.1442 largeInteger 3566bf1f-beee-4dcb-8abe-ef89fcfec6c1 search=1 system=17
msDS-CloudAnchor ms-DS-Cloud-Anchor 1.2.840.113556.1.4.2273 octets 78565e80-03d4-4fe3-afac-8c3bca2f3653
msDS-CloudIsEnabled ms-DS-Cloud-IsEnabled 1.2.840.113556.1.4.2275 boolean 89848328-7c4e-4f6f-a013-28ce3ad282dc
msDS-CloudIsManaged ms-DS-Cloud-IsManaged 1.2.840.113556.1.4.2271 boolean 5315ba8e-958f-4b52-bd38-1349a304dd63 search=1
msDS-CloudIssuerPublicCertificates ms-DS-Cloud-Issuer-Public-Certificates 1.2.840.113556.1.4.2274 octets a1e8b54f-4bd6-4fd2-98e2-bcee92a55497 multi range=1..65536
msDS-ComputerSID ms-DS-Computer-SID 1.2.840.113556.1.4.2321 sid dffbd720-0872-402e-9940-fcd78db049ba search=1
msDS-CustomKeyInformation ms-DS-Custom-Key-Information 1.2.840.113556.1.4.2322 octets b6e5e988-e5e4-4c86-a2ae-0dacb970a0e1 range=0..132096
msDS-DefaultQuota ms-DS-Default-Quota 1.2.840.113556.1.4.1846 integer 6818f726-674b-441b-8a3a-f40596374cea
msDS-DeletedObjectLifetime ms-DS-Deleted-Object-Lifetime 1.2.840.113556.1.4.2068 enumeration a9b38cb6-189a-4def-8a70-0fcfa158148e
msDS-DeviceDN ms-DS-Device-DN 1.2.840.113556.1.4.2320 unicode 642c1129-3899-4721-8e21-4839e3988ce5
msDS-DeviceID ms-DS-Device-ID 1.2.840.113556.1.4.2252 octets c30181c7-6342-41fb-b279-f7c566cbe0a7 gc search=1 range=16..16
msDS-DeviceLocation ms-DS-Device-Location 1.2.840.113556.1.4.2261 dn e3fb56c8-5de8-45f5-b1b1-d2b6cd31e762 systemOnly
msDS-DeviceMDMStatus ms-DS-Device-MDMStatus 1.2.840.113556.1.4.2308 unicode f60a8f96-57c4-422c-a3ad-9e2fa09ce6f7 range=..256
msDS-DeviceObjectVersion ms-DS-Device-Object-Version 1.2.840.113556.1.4.2257 integer ef65695a-f179-4e6a-93de-b01e06681cfb gc search=1 system=18
msDS-DeviceOSType ms-DS-Device-OS-Type 1.2.840.113556.1.4.2249 unicode 100e454d-f3bb-4dcb-845f-8d5edc471c59 gc search=1 range=0..1024
msDS-DeviceOSVersion ms-DS-Device-OS-Version 1.2.840.113556.1.4.2250 unicode 70fb8c63-5fab-4504-ab9d-14b329a8a7f8 gc search=1 range=0..512
msDS-DevicePhysicalIDs ms-DS-Device-Physical-IDs 1.2.840.113556.1.4.2251 unicode 90615414-a2a0-4447-a993-53409599b74e multi gc search=1 range=1..1024
msDS-DeviceTrustType ms-DS-Device-Trust-Type 1.2.840.113556.1.4.2325 integer c4a46807-6adc-4bbb-97de-6bed181a1bfe gc
msDS-ExpirePasswordsOnSmartCardOnlyAccounts ms-DS-Expire-Passwords-On-Smart-Card-Only-Accounts 1.2.840.113556.1.4.2344 boolean 3417ab48-df24-4fb1-80b0-0fcb367e25e3
msDS-ExternalDirectoryObjectId ms-DS-External-Directory-Object-Id 1.2.840.113556.1.4.2310 unicode bd29bf90-66ad-40e1-887b-10df070419a6 gc search=9 set=Personal-Information range=..256
msDS-GenerationId ms-DS-Generation-Id 1.2.840.113556.1.4.2166 octets 1e5d393d-8cb7-4b4f-840a-973b36cc09c3 systemOnly system=17 range=16..16
msDS-GroupMSAMembership ms-DS-GroupMSAMembership 1.2.840.113556.1.4.2200 descriptor 888eedd6-ce04-df40-b462-b8a50e41ba38 range=..132096
msDS-HasDomainNCs ms-DS-Has-Domain-NCs 1.2.840.113556.1.4.1820 dn 6f17e347-a842-4498-b8b3-15e007da4fed multi systemOnly range=4..4 link=2026
msDS-hasFullReplicaNCs ms-DS-Has-Full-Replica-NCs 1.2.840.113556.1.4.1925 dn 1d3c2d18-42d0-4868-99fe-0eca1e6fa9f3 multi systemOnly link=2104
msDS-HasInstantiatedNCs ms-DS-Has-Instantiated-NCs 1.2.840.113556.1.4.1709 dnBinary 11e9a5bc-4517-4049-af9c-51554fb0fc09 multi systemOnly range=4..4 link=2002
msDS-hasMasterNCs ms-DS-Has-Master-NCs 1.2.840.113556.1.4.1836 dn ae2de0e2-59d7-4d47-8d47-ed4dfe4357ad multi systemOnly link=2036
msDS-HostServiceAccount ms-DS-Host-Service-Account 1.2.840.113556.1.4.2056 dn 80641043-15a2-40e1-92a2-8ca866f70776 multi set=Personal-Information link=2166
msDS-HostServiceAccountBL ms-DS-Host-Service-Account-BL 1.2.840.113556.1.4.2057 dn 79abe4eb-88f3-48e7-89d6-f4bc7e98c331 multi system=17 link=2167
msDS-IsCompliant ms-DS-Is-Compliant 1.2.840.113556.1.4.2314 boolean 59527d0f-b7c0-4ce2-a1dd-71cef6963292 gc
msDS-IsDomainFor ms-DS-Is-Domain-For 1.2.840.113556.1.4.1933 dn ff155a2a-44e5-4de0-8318-13a58988de4f multi systemOnly system=17 link=2027
msDS-IsEnabled ms-DS-Is-Enabled 1.2.840.113556.1.4.2248 boolean 22a95c0e-1f83-4c82-94ce-bea688cfc871 gc
msDS-IsFullReplicaFor ms-DS-Is-Full-Replica-For 1.2.840.113556.1.4.1932 dn c8bc72e0-a6b4-48f0-94a5-fd76a88c9987 multi systemOnly system=17 link=2105
msDS-isGC ms-DS-isGC 1.2.840.113556.1.4.1959 boolean 1df5cf33-0fe5-499e-90e1-e94b42718a46 system=20
msDS-IsManaged ms-DS-IsManaged 1.2.840.113556.1.4.2270 boolean 60686ace-6c27-43de-a4e5-f00c2f8d3309 search=1
msDS-IsPartialReplicaFor ms-DS-Is-Partial-Replica-For 1.2.840.113556.1.4.1934 dn 37c94ff6-c6d4-498f-b2f9-c6f7f8647809 multi systemOnly system=17 link=75
msDS-isRODC ms-DS-isRODC 1.2.840.113556.1.4.1960 boolean a8e8aa23-3e67-4af1-9d7a-2f1a1d633ac9 system=20
msDS-IssuerCertificates ms-DS-Issuer-Certificates 1.2.840.113556.1.4.2240 octets 6b3d6fda-0893-43c4-89fb-1fb52a6616a9 multi search=128 range=1..65536
msDS-IssuerPublicCertificates ms-DS-Issuer-Public-Certificates 1.2.840.113556.1.4.2269 octets b5f1edfe-b4d2-4076-ab0f-6148342b0bf6 multi range=1..65536
msDS-IsUserCachableAtRodc ms-DS-Is-User-Cachable-At-Rodc 1.2.840.113556.1.4.2025 integer fe01245a-341f-4556-951f-48c033a89050 system=20
msDS-KeyApproximateLastLogonTimeStamp ms-DS-Key-Approximate-Last-Logon-Time-Stamp 1.2.840.113556.1.4.2323 largeInteger 649ac98d-9b9a-4d41-af6b-f616f2a62e4a search=1
msDS-KeyCredentialLink ms-DS-Key-Credential-Link 1.2.840.113556.1.4.2328 dnBinary 5b47d60f-6090-40b2-9f37-2a4de88f3063 multi set=DS-Validated-Write-Computer link=2220
msDS-KeyCredentialLink-BL ms-DS-Key-Credential-Link-BL 1.2.840.113556.1.4.2329 dn 938ad788-225f-4eee-93b9-ad24a159e1db multi system=17 link=2221
msDS-KeyId ms-DS-Key-Id 1.2.840.113556.1.4.2315 octets c294f84b-2fad-4b71-be4c-9fc5701f60ba search=1 range=0..132096
msDS-KeyMaterial ms-DS-Key-Material 1.2.840.113556.1.4.2316 octets a12e0e9f-dedb-4f31-8f21-1311b958182f range=0..132096
msDS-KeyPrincipal ms-DS-Key-Principal 1.2.840.113556.1.4.2318 dn bd61253b-9401-4139-a693-356fc400f3ea link=2218
msDS-KeyPrincipalBL ms-DS-Key-Principal-BL 1.2.840.113556.1.4.2319 dn d1328fbc-8574-4150-881d-0b1088827878 multi systemOnly gc system=17 link=2219
msDS-KeyUsage ms-DS-Key-Usage 1.2.840.113556.1.4.2317 unicode de71b44c-29ba-4597-9eca-c3348ace1917 range=0..132096
msDS-KeyVersionNumber ms-DS-KeyVersionNumber 1.2.840.113556.1.4.1782 integer c523e9c0-33b5-4ac8-8923-b57b927f42f6 systemOnly system=20
msDS-KrbTgtLink ms-DS-KrbTgt-Link 1.2.840.113556.1.4.1923 dn 778ff5c9-6f4e-4b74-856a-d68383313910 link=2100
msDS-KrbTgtLinkBl ms-DS-KrbTgt-Link-BL 1.2.840.113556.1.4.1931 dn 5dd68c41-bfdf-438b-9b5d-39d9618bf260 multi systemOnly system=17 link=2101
msDS-LastFailedInteractiveLogonTime ms-DS-Last-Failed-Interactive-Logon-Time 1.2.840.113556.1.4.1971 largeInteger c7e7dafa-10c3-4b8b-9acd-54f11063742e systemOnly set=Personal-Information
msDS-LastKnownRDN ms-DS-Last-Known-RDN 1.2.840.113556.1.4.2067 unicode 8ab15858-683e-466d-877f-d640e1f9a611 systemOnly range=1..255
msDS-LastSuccessfulInteractiveLogonTime ms-DS-Last-Successful-Interactive-Logon-Time 1.2.840.113556.1.4.1970 largeInteger 011929e6-8b5d-4258-b64a-00b0b4949747 systemOnly set=Personal-Information
msDS-LockoutDuration ms-DS-Lockout-Duration 1.2.840.113556.1.4.2018 largeInteger 421f889a-472e-4fe4-8eb9-e1d0bc6071b2 range=..0
msDS-LockoutObservationWindow ms-DS-Lockout-Observation-Window 1.2.840.113556.1.4.2017 largeInteger b05bda89-76af-468a-b892-1be55558ecc8 range=..0
msDS-LockoutThreshold ms-DS-Lockout-Threshold 1.2.840.113556.1.4.2019 integer b8c8c35e-4a19-4a95-99d0-69fe4446286f range=0..65535
msDS-LogonTimeSyncInterval ms-DS-Logon-Time-Sync-Interval 1.2.840.113556.1.4.1784 integer ad7940f8-e43a-4a42-83bc-d688e59ea605 range=0..
msDS-ManagedPassword ms-DS-ManagedPassword 1.2.840.113556.1.4.2196 octets e362ed86-b728-0842-b27d-2dea7a9df218 system=20
msDS-ManagedPasswordId ms-DS-ManagedPasswordId 1.2.840.113556.1.4.2197 octets 0e78295a-c6d3-0a40-b491-d62251ffa0a6 systemOnly range=..1024
msDS-ManagedPasswordInterval ms-DS-ManagedPasswordInterval 1.2.840.113556.1.4.2199 integer f8758ef7-ac76-8843-a2ee-a26b4dcaf409 systemOnly
msDS-ManagedPasswordPreviousId ms-DS-ManagedPasswordPreviousId 1.2.840.113556.1.4.2198 octets d0d62131-2d4a-d04f-99d9-1c63646229a4 systemOnly range=..1024
msDs-masteredBy ms-DS-Mastered-By 1.2.840.113556.1.4.1837 dn 60234769-4819-4615-a1b2-49d2f119acb5 multi systemOnly system=17 link=2037
msDS-MaximumPasswordAge ms-DS-Maximum-Password-Age 1.2.840.113556.1.4.2011 largeInteger fdd337f5-4999-4fce-b252-8ff9c9b43875 range=..0
msDS-MaximumRegistrationInactivityPeriod ms-DS-Maximum-Registration-Inactivity-Period 1.2.840.113556.1.4.2242 integer 0a5caa39-05e6-49ca-b808-025b936610e7
msds-memberOfTransitive ms-DS-Is-Member-Of-DL-Transitive 1.2.840.113556.1.4.2236 dn 862166b6-c941-4727-9565-48bfff2941de multi systemOnly search=2048 system=29
msds-memberTransitive ms-DS-Member-Transitive 1.2.840.113556.1.4.2238 dn e215395b-9104-44d9-b894-399ec9e21dfc multi systemOnly search=2048 system=29
msDS-MinimumPasswordAge ms-DS-Minimum-Password-Age 1.2.840.113556.1.4.2012 largeInteger 2a74f878-4d9c-49f9-97b3-6767d1cbd9a3 range=..0
msDS-MinimumPasswordLength ms-DS-Minimum-Password-Length 1.2.840.113556.1.4.2013 integer b21b3439-4c3a-441c-bb5f-08f20e9b315e range=0..255
msDS-NcType ms-DS-NC-Type 1.2.840.113556.1.4.2024 integer 5a2eacd7-cc2b-48cf-9d9a-b6f1a0024de9 systemOnly system=17
msDS-NeverRevealGroup ms-DS-Never-Reveal-Group 1.2.840.113556.1.4.1926 dn 15585999-fd49-4d66-b25d-eeb96aba8174 multi link=2106
msDS-ObjectSoa ms-DS-Object-SOA 1.2.840.113556.1.4.2353 unicode 34f6bdf5-2e79-4c3b-8e14-3d93b75aab89 range=1..
msDS-Other-Settings ms-DS-Other-Settings 1.2.840.113556.1.4.1621 unicode 79d2f34c-9d7d-42bb-838f-866b3e4400e2 multi
msDS-parentdistname ms-DS-Parent-Dist-Name 1.2.840.113556.1.4.2203 dn b918fe7d-971a-f404-9e21-9261abec970b systemOnly system=29
msDS-PasswordComplexityEnabled ms-DS-Password-Complexity-Enabled 1.2.840.113556.1.4.2015 boolean db68054b-c9c3-4bf0-b15b-0fb52552a610
msDS-PasswordHistoryLength ms-DS-Password-History-Length 1.2.840.113556.1.4.2014 integer fed81bb7-768c-4c2f-9641-2245de34794d range=0..65535
msDS-PasswordReversibleEncryptionEnabled ms-DS-Password-Reversible-Encryption-Enabled 1.2.840.113556.1.4.2016 boolean 75ccdd8f-af6c-4487-bb4b-69e4d38a959c
msDS-PasswordSettingsPrecedence ms-DS-Password-Settings-Precedence 1.2.840.113556.1.4.2023 integer 456374ac-1f0a-4617-93cf-bc55a7c9d341 range=1..
msDS-PerUserTrustQuota MS-DS-Per-User-Trust-Quota 1.2.840.113556.1.4.1788 integer d161adf0-ca24-4993-a3aa-8b2c981302e8
msDS-PerUserTrustTombstonesQuota MS-DS-Per-User-Trust-Tombstones-Quota 1.2.840.113556.1.4.1790 integer 8b70a6c6-50f9-4fa3-a71e-1ce03040449b
msDS-PrincipalName ms-DS-Principal-Name 1.2.840.113556.1.4.1865 unicode 564e9325-d057-c143-9e3b-4f9e5ef46f93 system=20
msDS-PromotionSettings ms-DS-Promotion-Settings 1.2.840.113556.1.4.1962 unicode c881b4e2-43c0-4ebe-b9bb-5250aa9b434c systemOnly range=..65536
msDS-PSOApplied ms-DS-PSO-Applied 1.2.840.113556.1.4.2021 dn 5e6cf031-bda8-43c8-aca4-8fee4127005b multi systemOnly system=17 link=2119
msDS-PSOAppliesTo ms-DS-PSO-Applies-To 1.2.840.113556.1.4.2020 dn 64c80f48-cdd2-4881-a86d-4e97b6f561fc multi link=2118
msDS-QuotaEffective ms-DS-Quota-Effective 1.2.840.113556.1.4.1848 integer 6655b152-101c-48b4-b347-e1fcebc60157 system=20
msDS-QuotaUsed ms-DS-Quota-Used 1.2.840.113556.1.4.1849 integer b5a84308-615d-4bb7-b05f-2f1746aa439f system=20
msDS-RegisteredOwner ms-DS-Registered-Owner 1.2.840.113556.1.4.2258 octets 617626e9-01eb-42cf-991f-ce617982237e gc search=1 system=18
msDS-RegisteredUsers ms-DS-Registered-Users 1.2.840.113556.1.4.2263 octets 0449160c-5a8e-4fc8-b052-01c0f6e48f02 multi gc search=1 system=18
msDS-RegistrationQuota ms-DS-Registration-Quota 1.2.840.113556.1.4.2241 integer ca3286c2-1f64-4079-96bc-e62b610e730f
msDS-ReplAttributeMetaData ms-DS-Repl-Attribute-Meta-Data 1.2.840.113556.1.4.1707 unicode d7c53242-724e-4c39-9d4c-2df8c9d66c7a multi system=20
msDS-Replication-Notify-First-DSA-Delay ms-DS-Replication-Notify-First-DSA-Delay 1.2.840.113556.1.4.1663 integer 85abd4f4-0a89-4e49-bdec-6f35bb2562ba
msDS-Replication-Notify-Subsequent-DSA-Delay ms-DS-Replication-Notify-Subsequent-DSA-Delay 1.2.840.113556.1.4.1664 integer d63db385-dd92-4b52-b1d8-0d3ecc0e86b6
msDS-ReplicationEpoch ms-DS-ReplicationEpoch 1.2.840.113556.1.4.1720 integer 08e3aa79-eb1c-45b5-af7b-8f94246c8e41 system=17
msDS-ReplValueMetaData ms-DS-Repl-Value-Meta-Data 1.2.840.113556.1.4.1708 unicode 2f5c8145-e1bd-410b-8957-8bfa81d5acfd multi system=20
msDS-ReplValueMetaDataExt ms-DS-Repl-Value-Meta-Data-Ext 1.2.840.113556.1.4.2235 unicode 1e02d2ef-44ad-46b2-a67d-9fd18d780bca multi system=20
msDS-ResultantPSO ms-DS-Resultant-PSO 1.2.840.113556.1.4.2022 dn b77ea093-88d0-4780-9a98-911f8e8b1dca systemOnly system=20
msDS-RevealedDSAs ms-DS-Revealed-DSAs 1.2.840.113556.1.4.1930 dn 94f6f2ac-c76d-4b5e-b71f-f332c3e93c22 multi systemOnly system=17 link=2103
msDS-RevealedList ms-DS-Revealed-List 1.2.840.113556.1.4.1940 dnString cbdad11c-7fec-387b-6219-3a0627d9af81 multi systemOnly system=20
msDS-RevealedListBL ms-DS-Revealed-List-BL 1.2.840.113556.1.4.1975 dn aa1c88fd-b0f6-429f-b2ca-9d902266e808 multi systemOnly system=20
msDS-RevealedUsers ms-DS-Revealed-Users 1.2.840.113556.1.4.1924 dnBinary 185c7821-3749-443a-bd6a-288899071adb multi systemOnly link=2102
msDS-RevealOnDemandGroup ms-DS-Reveal-OnDemand-Group 1.2.840.113556.1.4.1928 dn 303d9f4a-1dd6-4b38-8fc5-33afe8c988ad multi link=2110
msDS-RIDPoolAllocationEnabled ms-DS-RID-Pool-Allocation-Enabled 1.2.840.113556.1.4.2213 boolean 24977c8c-c1b7-3340-b4f6-2b375eb711d7 systemOnly
msDS-SDReferenceDomain ms-DS-SD-Reference-Domain 1.2.840.113556.1.4.1711 dn 4c51e316-f628-43a5-b06b-ffb695fcb4f3 link=2000
msDS-SecondaryKrbTgtNumber ms-DS-Secondary-KrbTgt-Number 1.2.840.113556.1.4.1929 integer aa156612-2396-467e-ad6a-28d23fdb1865 systemOnly search=1 range=65536..65536
msDS-Site-Affinity ms-DS-Site-Affinity 1.2.840.113556.1.4.1443 octets c17c5602-bcb7-46f0-9656-6370ca884b72 multi search=1
msDS-SiteName ms-DS-SiteName 1.2.840.113556.1.4.1961 unicode 98a7f36d-3595-448a-9e6f-6b8965baed9c system=20
msDS-SPNSuffixes ms-DS-SPN-Suffixes 1.2.840.113556.1.4.1715 unicode 789ee1eb-8c8e-4e4c-8cec-79b31b7617b5 multi range=..255
msDS-SupportedEncryptionTypes ms-DS-Supported-Encryption-Types 1.2.840.113556.1.4.1963 integer 20119867-1d04-4ab7-9371-cfc3d5df0afd set=Personal-Information
msds-tokenGroupNames ms-DS-Token-Group-Names 1.2.840.113556.1.4.2345 dn 65650576-4699-4fc9-8d18-26e0cd0137a6 multi systemOnly search=2048 system=29 set=RAS-Information
msds-tokenGroupNamesGlobalAndUniversal ms-DS-Token-Group-Names-Global-And-Universal 1.2.840.113556.1.4.2346 dn fa06d1f4-7922-4aad-b79c-b2201f54417c multi systemOnly search=2048 system=29 set=RAS-Information
msds-tokenGroupNamesNoGCAcceptable ms-DS-Token-Group-Names-No-GC-Acceptable 1.2.840.113556.1.4.2347 dn 523fc6c8-9af4-4a02-9cd7-3dea129eeb27 multi systemOnly search=2048 system=29 set=RAS-Information
msDS-TombstoneQuotaFactor ms-DS-Tombstone-Quota-Factor 1.2.840.113556.1.4.1847 integer 461744d7-f3b6-45ba-8753-fb9552a5df32 range=0..100
msDS-TrustForestTrustInfo ms-DS-Trust-Forest-Trust-Info 1.2.840.113556.1.4.1702 octets 29cc866e-49d3-4969-942e-1dbc0925d183 gc
msDS-User-Account-Control-Computed ms-DS-User-Account-Control-Computed 1.2.840.113556.1.4.1460 integer 2cc4b836-b63f-4940-8d23-ea7acf06af56 system=20 set=User-Account-Restrictions
msDS-UserPasswordExpiryTimeComputed ms-DS-User-Password-Expiry-Time-Computed 1.2.840.113556.1.4.1996 largeInteger add5cf10-7b09-4449-9ae6-2534148f8a72 system=20 set=User-Account-Restrictions
mustContain Must-Contain 1.2.840.113556.1.2.24 oid bf9679d3-0de6-11d0-a285-00aa003049e2 multi
name RDN 1.2.840.113556.1.4.1 unicode bf967a0e-0de6-11d0-a285-00aa003049e2 systemOnly gc search=13 system=18 set=Public-Information range=1..255
nCName NC-Name 1.2.840.113556.1.2.16 dn bf9679d6-0de6-11d0-a285-00aa003049e2 systemOnly search=8
nETBIOSName NETBIOS-Name 1.2.840.113556.1.4.87 unicode bf9679d8-0de6-11d0-a285-00aa003049e2 search=1 range=1..16
nextRid Next-Rid 1.2.840.113556.1.4.88 integer bf9679db-0de6-11d0-a285-00aa003049e2
nisMapName NisMapName 1.3.6.1.1.1.1.26 ia5 969d3c79-0e9a-4d95-b0ac-bdde7ff8f3a1 system=0 range=..1024
notes Additional-Information 1.2.840.113556.1.4.265 unicode 6d05fb41-246b-11d0-a9c8-00aa006c33ed set=Public-Information range=..32768
notificationList Notification-List 1.2.840.113556.1.4.303 dn 19195a56-6da0-11d0-afd3-00c04fd930c9
nTMixedDomain NT-Mixed-Domain 1.2.840.113556.1.4.357 integer 3e97891f-8c01-11d0-afda-00c04fd930c9
ntPwdHistory Nt-Pwd-History 1.2.840.113556.1.4.94 octets bf9679e2-0de6-11d0-a285-00aa003049e2 multi
nTSecurityDescriptor NT-Security-Descriptor 1.2.840.113556.1.2.281 descriptor bf9679e3-0de6-11d0-a285-00aa003049e2 gc search=8 system=26 range=0..132096
o Organization-Name 2.5.4.10 unicode bf9679ef-0de6-11d0-a285-00aa003049e2 multi gc system=18 set=Public-Information range=1..64
objectCategory Object-Category 1.2.840.113556.1.4.782 dn 26d97369-6070-11d1-a9c6-0000f80367c1 gc search=1 system=18 set=Public-Information
objectClass Object-Class 2.5.4.0 oid bf9679e5-0de6-11d0-a285-00aa003049e2 multi systemOnly gc search=9 system=18 set=Public-Information scan
objectClassCategory Object-Class-Category 1.2.840.113556.1.2.370 enumeration bf9679e6-0de6-11d0-a285-00aa003049e2 systemOnly range=0..3
objectClasses Object-Classes 2.5.21.6 unicode 9a7ad94b-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
objectGUID Object-Guid 1.2.840.113556.1.4.2 octets bf9679e7-0de6-11d0-a285-00aa003049e2 systemOnly gc search=9 system=19 set=Public-Information range=16..16
objectSid Object-Sid 1.2.840.113556.1.4.146 sid bf9679e8-0de6-11d0-a285-00aa003049e2 systemOnly gc search=9 system=18 set=General-Information range=0..28
objectVersion Object-Version 1.2.840.113556.1.2.76 integer 16775848-47f3-11d1-a9c3-0000f80367c1
oEMInformation OEM-Information 1.2.840.113556.1.4.151 unicode bf9679ea-0de6-11d0-a285-00aa003049e2 set=Domain-Other-Parameters range=0..32767
oMObjectClass OM-Object-Class 1.2.840.113556.1.2.218 octets bf9679ec-0de6-11d0-a285-00aa003049e2 systemOnly
oMSyntax OM-Syntax 1.2.840.113556.1.2.231 integer bf9679ed-0de6-11d0-a285-00aa003049e2 systemOnly search=8
operatingSystem Operating-System 1.2.840.113556.1.4.363 unicode 3e978925-8c01-11d0-afda-00c04fd930c9
operatingSystemHotfix Operating-System-Hotfix 1.2.840.113556.1.4.415 unicode bd951b3c-9c96-11d0-afdd-00c04fd930c9
operatingSystemServicePack Operating-System-Service-Pack 1.2.840.113556.1.4.365 unicode 3e978927-8c01-11d0-afda-00c04fd930c9
operatingSystemVersion Operating-System-Version 1.2.840.113556.1.4.364 unicode 3e978926-8c01-11d0-afda-00c04fd930c9
options Options 1.2.840.113556.1.4.307 integer 19195a53-6da0-11d0-afd3-00c04fd930c9
otherLoginWorkstations Other-Login-Workstations 1.2.840.113556.1.4.91 unicode bf9679f1-0de6-11d0-a285-00aa003049e2 multi search=16 range=0..1024
otherPager Phone-Pager-Other 1.2.840.113556.1.2.118 unicode f0f8ffa4-1191-11d0-a060-00aa006c33ed multi set=Personal-Information range=1..64
otherTelephone Phone-Office-Other 1.2.840.113556.1.2.18 unicode f0f8ffa5-1191-11d0-a060-00aa006c33ed multi set=Personal-Information range=1..64
otherWellKnownObjects Other-Well-Known-Objects 1.2.840.113556.1.4.1359 dnBinary 1ea64e5d-ac0f-11d2-90df-00c04fd91ab1 multi range=16..16
ou Organizational-Unit-Name 2.5.4.11 unicode bf9679f0-0de6-11d0-a285-00aa003049e2 multi gc search=1 system=18 set=Public-Information range=1..64
pager Phone-Pager-Primary 0.9.2342.19200300.100.1.42 unicode f0f8ffa6-1191-11d0-a060-00aa006c33ed set=Personal-Information range=1..64
partialAttributeSet Partial-Attribute-Set 1.2.840.113556.1.4.640 octets 19405b9e-3cfa-11d1-a9c0-0000f80367c1 systemOnly gc system=19
pekList Pek-List 1.2.840.113556.1.4.865 octets 07383083-91df-11d1-aebc-0000f80367c1 system=17
physicalDeliveryOfficeName Physical-Delivery-Office-Name 2.5.4.19 unicode bf9679f7-0de6-11d0-a285-00aa003049e2 search=5 set=Personal-Information range=1..128
possibleInferiors Possible-Inferiors 1.2.840.113556.1.4.915 oid 9a7ad94c-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
possSuperiors Poss-Superiors 1.2.840.113556.1.2.8 oid bf9679fa-0de6-11d0-a285-00aa003049e2 multi gc
postalAddress Postal-Address 2.5.4.16 unicode bf9679fc-0de6-11d0-a285-00aa003049e2 multi search=16 set=Personal-Information range=1..4096
postalCode Postal-Code 2.5.4.17 unicode bf9679fd-0de6-11d0-a285-00aa003049e2 search=16 set=Personal-Information range=1..40
postOfficeBox Post-Office-Box 2.5.4.18 unicode bf9679fb-0de6-11d0-a285-00aa003049e2 multi search=16 set=Personal-Information range=1..40
preferredLanguage preferredLanguage 2.16.840.1.113730.3.1.39 unicode 856be0d0-18e7-46e1-8f5f-7ee4d9020e0d system=0
prefixMap Prefix-Map 1.2.840.113556.1.4.538 octets 52458022-ca6a-11d0-afff-0000f80367c1 systemOnly system=17
primaryGroupID Primary-Group-ID 1.2.840.113556.1.4.98 integer bf967a00-0de6-11d0-a285-00aa003049e2 gc search=17 system=18 set=General-Information
primaryGroupToken Primary-Group-Token 1.2.840.113556.1.4.1412 integer c0ed8738-7efd-4481-84d9-66d2db8be369 systemOnly system=20
priorSetTime Prior-Set-Time 1.2.840.113556.1.4.99 largeInteger bf967a01-0de6-11d0-a285-00aa003049e2
priorValue Prior-Value 1.2.840.113556.1.4.100 octets bf967a02-0de6-11d0-a285-00aa003049e2
privateKey Private-Key 1.2.840.113556.1.4.101 octets bf967a03-0de6-11d0-a285-00aa003049e2
profilePath Profile-Path 1.2.840.113556.1.4.139 unicode bf967a05-0de6-11d0-a285-00aa003049e2 search=16 set=User-Logon
proxiedObjectName Proxied-Object-Name 1.2.840.113556.1.4.1249 dnBinary e1aea402-cd5b-11d0-afff-0000f80367c1 systemOnly gc system=18
proxyAddresses Proxy-Addresses 1.2.840.113556.1.2.210 unicode bf967a06-0de6-11d0-a285-00aa003049e2 multi search=5 set=Public-Information range=1..1123
pwdHistoryLength Pwd-History-Length 1.2.840.113556.1.4.95 integer bf967a09-0de6-11d0-a285-00aa003049e2 set=Domain-Password range=0..65535
pwdLastSet Pwd-Last-Set 1.2.840.113556.1.4.96 largeInteger bf967a0a-0de6-11d0-a285-00aa003049e2 set=User-Account-Restrictions
pwdProperties Pwd-Properties 1.2.840.113556.1.4.93 integer bf967a0b-0de6-11d0-a285-00aa003049e2 set=Domain-Password
queryPolicyBL Query-Policy-BL 1.2.840.113556.1.4.608 dn e1aea404-cd5b-11d0-afff-0000f80367c1 multi systemOnly system=17 link=69
queryPolicyObject Query-Policy-Object 1.2.840.113556.1.4.607 dn e1aea403-cd5b-11d0-afff-0000f80367c1 link=68
rangeLower Range-Lower 1.2.840.113556.1.2.34 integer bf967a0c-0de6-11d0-a285-00aa003049e2 gc
rangeUpper Range-Upper 1.2.840.113556.1.2.35 integer bf967a0d-0de6-11d0-a285-00aa003049e2 gc
rDNAttID RDN-Att-ID 1.2.840.113556.1.2.26 oid bf967a0f-0de6-11d0-a285-00aa003049e2 systemOnly
replicaSource Replica-Source 1.2.840.113556.1.4.109 unicode bf967a18-0de6-11d0-a285-00aa003049e2 systemOnly
replPropertyMetaData Repl-Property-Meta-Data 1.2.840.113556.1.4.3 octets 281416c0-1968-11d0-a28f-00aa003049e2 systemOnly gc search=8 system=27
replTopologyStayOfExecution Repl-Topology-Stay-Of-Execution 1.2.840.113556.1.4.677 integer 7bfdcb83-4807-11d1-a9c3-0000f80367c1
replUpToDateVector Repl-UpToDate-Vector 1.2.840.113556.1.4.4 octets bf967a16-0de6-11d0-a285-00aa003049e2 systemOnly gc system=19
revision Revision 1.2.840.113556.1.4.145 integer bf967a21-0de6-11d0-a285-00aa003049e2
rid Rid 1.2.840.113556.1.4.153 integer bf967a22-0de6-11d0-a285-00aa003049e2
rIDAllocationPool RID-Allocation-Pool 1.2.840.113556.1.4.371 largeInteger 66171889-8f3c-11d0-afda-00c04fd930c9 systemOnly
rIDAvailablePool RID-Available-Pool 1.2.840.113556.1.4.370 largeInteger 66171888-8f3c-11d0-afda-00c04fd930c9
rIDManagerReference RID-Manager-Reference 1.2.840.113556.1.4.368 dn 66171886-8f3c-11d0-afda-00c04fd930c9 systemOnly
rIDNextRID RID-Next-RID 1.2.840.113556.1.4.374 integer 6617188c-8f3c-11d0-afda-00c04fd930c9 systemOnly system=17
rIDPreviousAllocationPool RID-Previous-Allocation-Pool 1.2.840.113556.1.4.372 largeInteger 6617188a-8f3c-11d0-afda-00c04fd930c9 systemOnly system=17
rIDSetReferences RID-Set-References 1.2.840.113556.1.4.669 dn 7bfdcb7b-4807-11d1-a9c3-0000f80367c1 multi systemOnly search=8
rIDUsedPool RID-Used-Pool 1.2.840.113556.1.4.373 largeInteger 6617188b-8f3c-11d0-afda-00c04fd930c9 systemOnly
rightsGuid Rights-Guid 1.2.840.113556.1.4.340 unicode 8297931c-86d3-11d0-afda-00c04fd930c9 range=36..36
sAMAccountName SAM-Account-Name 1.2.840.113556.1.4.221 unicode 3e0abfd0-126a-11d0-a060-00aa006c33ed gc search=13 system=18 set=General-Information range=0..256
sAMAccountType SAM-Account-Type 1.2.840.113556.1.4.302 integer 6e7b626c-64f2-11d0-afd2-00c04fd930c9 gc search=1 system=18 set=General-Information scan
samDomainUpdates SAM-Domain-Updates 1.2.840.113556.1.4.1969 octets 04d2d114-f799-4e9b-bcdc-90e8f5ba7ebe range=..1024
schemaFlagsEx Schema-Flags-Ex 1.2.840.113556.1.4.120 integer bf967a2b-0de6-11d0-a285-00aa003049e2 systemOnly
schemaIDGUID Schema-ID-GUID 1.2.840.113556.1.4.148 octets bf967923-0de6-11d0-a285-00aa003049e2 systemOnly range=16..16
schemaInfo Schema-Info 1.2.840.113556.1.4.1358 octets f9fb64ae-93b4-11d2-9945-0000f87a57d4 multi systemOnly
schemaVersion Schema-Version 1.2.840.113556.1.2.471 integer bf967a2c-0de6-11d0-a285-00aa003049e2 multi
scriptPath Script-Path 1.2.840.113556.1.4.62 unicode bf9679a8-0de6-11d0-a285-00aa003049e2 search=16 set=User-Logon
sDRightsEffective SD-Rights-Effective 1.2.840.113556.1.4.1304 integer c3dbafa6-33df-11d2-98b2-0000f87a57d4 system=134217748 set=General-Information
searchFlags Search-Flags 1.2.840.113556.1.2.334 enumeration bf967a2d-0de6-11d0-a285-00aa003049e2 range=0..
securityIdentifier Security-Identifier 1.2.840.113556.1.4.121 sid bf967a2f-0de6-11d0-a285-00aa003049e2 gc
seeAlso See-Also 2.5.4.34 dn bf967a31-0de6-11d0-a285-00aa003049e2 multi
serialNumber Serial-Number 2.5.4.5 printable bf967a32-0de6-11d0-a285-00aa003049e2 multi range=1..64
serverReference Server-Reference 1.2.840.113556.1.4.515 dn 26d9736d-6070-11d1-a9c6-0000f80367c1 link=94
serverReferenceBL Server-Reference-BL 1.2.840.113556.1.4.516 dn 26d9736e-6070-11d1-a9c6-0000f80367c1 multi systemOnly system=17 link=95
serverRole Server-Role 1.2.840.113556.1.4.157 integer bf967a33-0de6-11d0-a285-00aa003049e2 set=Domain-Other-Parameters
serverState Server-State 1.2.840.113556.1.4.154 integer bf967a34-0de6-11d0-a285-00aa003049e2 system=17 set=Domain-Other-Parameters
serviceBindingInformation Service-Binding-Information 1.2.840.113556.1.4.510 unicode b7b1311c-b82e-11d0-afee-0000f80367c1 multi gc
serviceClassName Service-Class-Name 1.2.840.113556.1.4.509 unicode b7b1311d-b82e-11d0-afee-0000f80367c1 search=1
serviceDNSName Service-DNS-Name 1.2.840.113556.1.4.657 unicode 28630eb8-41d5-11d1-a9c1-0000f80367c1
serviceDNSNameType Service-DNS-Name-Type 1.2.840.113556.1.4.659 unicode 28630eba-41d5-11d1-a9c1-0000f80367c1 range=1..256
servicePrincipalName Service-Principal-Name 1.2.840.113556.1.4.771 unicode f3a64788-5306-11d1-a9c5-0000f80367c1 multi gc search=1 system=18 set=Public-Information
showInAddressBook Show-In-Address-Book 1.2.840.113556.1.4.644 dn 3e74f60e-3e73-11d1-a9c0-0000f80367c1 multi search=16 set=Public-Information
showInAdvancedViewOnly Show-In-Advanced-View-Only 1.2.840.113556.1.2.169 boolean bf967984-0de6-11d0-a285-00aa003049e2 search=17 set=General-Information scan
sIDHistory SID-History 1.2.840.113556.1.4.609 sid 17eb4278-d167-11d0-b002-0000f80367c1 multi gc search=1 system=18 set=General-Information
siteGUID Site-GUID 1.2.840.113556.1.4.362 octets 3e978924-8c01-11d0-afda-00c04fd930c9 range=16..16
siteObject Site-Object 1.2.840.113556.1.4.512 dn 3e10944c-c354-11d0-aff8-0000f80367c1 link=46
siteObjectBL Site-Object-BL 1.2.840.113556.1.4.513 dn 3e10944d-c354-11d0-aff8-0000f80367c1 multi systemOnly system=17 link=47
sn Surname 2.5.4.4 unicode bf967a41-0de6-11d0-a285-00aa003049e2 gc search=5 set=Public-Information range=1..64
sPNMappings SPN-Mappings 1.2.840.113556.1.4.1347 unicode 2ab0e76c-7041-11d2-9905-0000f87a57d4 multi
st State-Or-Province-Name 2.5.4.8 unicode bf967a39-0de6-11d0-a285-00aa003049e2 gc search=16 system=18 set=Personal-Information range=1..128
street Street-Address 2.5.4.9 unicode bf967a3a-0de6-11d0-a285-00aa003049e2 gc search=16 system=18 set=Personal-Information range=1..1024
streetAddress Address 1.2.840.113556.1.2.256 unicode f0f8ff84-1191-11d0-a060-00aa006c33ed set=Personal-Information range=1..1024
structuralObjectClass Structural-Object-Class 2.5.21.9 oid 3860949f-f6a8-4b38-9950-81ecb6bc2982 multi system=20
subClassOf Sub-Class-Of 1.2.840.113556.1.2.21 oid bf967a3b-0de6-11d0-a285-00aa003049e2 systemOnly search=8
subRefs Sub-Refs 1.2.840.113556.1.2.7 dn bf967a3c-0de6-11d0-a285-00aa003049e2 multi systemOnly gc system=19
subSchemaSubEntry SubSchemaSubEntry 2.5.18.10 dn 9a7ad94d-ca53-11d1-bbd0-0080c76670c0 multi systemOnly system=134217748
supplementalCredentials Supplemental-Credentials 1.2.840.113556.1.4.125 octets bf967a3f-0de6-11d0-a285-00aa003049e2 multi
systemAuxiliaryClass System-Auxiliary-Class 1.2.840.113556.1.4.198 oid bf967a43-0de6-11d0-a285-00aa003049e2 multi systemOnly
systemFlags System-Flags 1.2.840.113556.1.4.375 integer e0fa1e62-9b45-11d0-afdd-00c04fd930c9 systemOnly search=8 set=Public-Information
systemMayContain System-May-Contain 1.2.840.113556.1.4.196 oid bf967a44-0de6-11d0-a285-00aa003049e2 multi systemOnly
systemMustContain System-Must-Contain 1.2.840.113556.1.4.197 oid bf967a45-0de6-11d0-a285-00aa003049e2 multi systemOnly
systemOnly System-Only 1.2.840.113556.1.4.170 boolean bf967a46-0de6-11d0-a285-00aa003049e2 systemOnly
systemPossSuperiors System-Poss-Superiors 1.2.840.113556.1.4.195 oid bf967a47-0de6-11d0-a285-00aa003049e2 multi systemOnly gc system=18
telephoneNumber Telephone-Number 2.5.4.20 unicode bf967a49-0de6-11d0-a285-00aa003049e2 gc set=Personal-Information range=1..64
thumbnailPhoto Picture 2.16.840.1.113730.3.1.35 octets 8d3bca50-1d7e-11d0-a081-00aa006c33ed set=Personal-Information range=0..102400
title Title 2.5.4.12 unicode bf967a55-0de6-11d0-a285-00aa003049e2 set=Public-Information range=1..128
tokenGroups Token-Groups 1.2.840.113556.1.4.1301 sid b7c69e6d-2cc7-11d2-854e-00a0c983f608 multi system=134217748 set=RAS-Information
tokenGroupsGlobalAndUniversal Token-Groups-Global-And-Universal 1.2.840.113556.1.4.1418 sid 46a9b11d-60ae-405a-b7e8-ff8a58d456d2 multi system=134217748 set=RAS-Information
tokenGroupsNoGCAcceptable Token-Groups-No-GC-Acceptable 1.2.840.113556.1.4.1303 sid 040fc392-33df-11d2-98b2-0000f87a57d4 multi system=134217748 set=RAS-Information
tombstoneLifetime Tombstone-Lifetime 1.2.840.113556.1.2.54 integer 16c3a860-1273-11d0-a060-00aa006c33ed
transportType Transport-Type 1.2.840.113556.1.4.791 dn 26d97374-6070-11d1-a9c6-0000f80367c1
trustAttributes Trust-Attributes 1.2.840.113556.1.4.470 integer 80a67e5a-9f22-11d0-afdd-00c04fd930c9 gc
trustAuthIncoming Trust-Auth-Incoming 1.2.840.113556.1.4.129 octets bf967a59-0de6-11d0-a285-00aa003049e2 range=0..32767
trustAuthOutgoing Trust-Auth-Outgoing 1.2.840.113556.1.4.135 octets bf967a5f-0de6-11d0-a285-00aa003049e2 range=0..32767
trustDirection Trust-Direction 1.2.840.113556.1.4.132 integer bf967a5c-0de6-11d0-a285-00aa003049e2 gc
trustParent Trust-Parent 1.2.840.113556.1.4.471 dn b000ea7a-a086-11d0-afdd-00c04fd930c9
trustPartner Trust-Partner 1.2.840.113556.1.4.133 unicode bf967a5d-0de6-11d0-a285-00aa003049e2 gc search=1 range=1..1024
trustPosixOffset Trust-Posix-Offset 1.2.840.113556.1.4.134 integer bf967a5e-0de6-11d0-a285-00aa003049e2
trustType Trust-Type 1.2.840.113556.1.4.136 integer bf967a60-0de6-11d0-a285-00aa003049e2 gc
uASCompat UAS-Compat 1.2.840.113556.1.4.155 integer bf967a61-0de6-11d0-a285-00aa003049e2 set=Domain-Other-Parameters
uid uid 0.9.2342.19200300.100.1.1 unicode 0bb0fca0-1e89-429f-901a-1413894d9f59 multi search=8 system=0 set=General-Information
uidNumber UidNumber 1.3.6.1.1.1.1.0 integer 850fcc8f-9c6b-47e1-b671-7c654be4d5b3 search=1 system=0
unicodePwd Unicode-Pwd 1.2.840.113556.1.4.90 octets bf9679e1-0de6-11d0-a285-00aa003049e2
unixHomeDirectory UnixHomeDirectory 1.3.6.1.1.1.1.3 ia5 bc2dba12-000f-464d-bf1d-0808465d8843 system=0 range=..2048
unixUserPassword UnixUserPassword 1.2.840.113556.1.4.1910 octets 612cb747-c0e8-4f92-9221-fdd5f15b550d multi search=128 system=0 range=1..128
uPNSuffixes UPN-Suffixes 1.2.840.113556.1.4.890 unicode 032160bf-9824-11d1-aec0-0000f80367c1 multi
userAccountControl User-Account-Control 1.2.840.113556.1.4.8 integer bf967a68-0de6-11d0-a285-00aa003049e2 gc search=25 system=18 set=User-Account-Restrictions scan
userCert User-Cert 1.2.840.113556.1.4.645 octets bf967a69-0de6-11d0-a285-00aa003049e2 gc set=Personal-Information range=0..32767
userCertificate X509-Cert 2.5.4.36 octets bf967a7f-0de6-11d0-a285-00aa003049e2 multi gc set=Personal-Information range=..32768
userParameters User-Parameters 1.2.840.113556.1.4.138 unicode bf967a6d-0de6-11d0-a285-00aa003049e2 set=User-Account-Restrictions range=0..32767
userPassword User-Password 2.5.4.35 octets bf967a6e-0de6-11d0-a285-00aa003049e2 multi range=1..128
userPKCS12 userPKCS12 2.16.840.1.113730.3.1.216 octets 23998ab5-70f8-4007-a4c1-a84a38311f9a multi system=0
userPrincipalName User-Principal-Name 1.2.840.113556.1.4.656 unicode 28630ebb-41d5-11d1-a9c1-0000f80367c1 gc search=1 system=18 set=Public-Information range=..1024
userSMIMECertificate User-SMIME-Certificate 2.16.840.1.113730.3.140 octets e16a9db2-403c-11d1-a9c0-0000f80367c1 multi gc system=0 set=Personal-Information range=..32768
userWorkstations User-Workstations 1.2.840.113556.1.4.86 unicode bf9679d7-0de6-11d0-a285-00aa003049e2 search=16 set=User-Logon range=0..1024
uSNChanged USN-Changed 1.2.840.113556.1.2.120 largeInteger bf967a6f-0de6-11d0-a285-00aa003049e2 systemOnly gc search=9 system=19 scan
uSNCreated USN-Created 1.2.840.113556.1.2.19 largeInteger bf967a70-0de6-11d0-a285-00aa003049e2 systemOnly gc search=9 system=19 scan
uSNDSALastObjRemoved USN-DSA-Last-Obj-Removed 1.2.840.113556.1.2.267 largeInteger bf967a71-0de6-11d0-a285-00aa003049e2 systemOnly
USNIntersite USN-Intersite 1.2.840.113556.1.2.469 integer a8df7498-c5ea-11d1-bbcb-0080c76670c0 search=1
uSNLastObjRem USN-Last-Obj-Rem 1.2.840.113556.1.2.121 largeInteger bf967a73-0de6-11d0-a285-00aa003049e2 systemOnly gc system=19
uSNSource USN-Source 1.2.840.113556.1.4.896 largeInteger 167758ad-47f3-11d1-a9c3-0000f80367c1
validAccesses Valid-Accesses 1.2.840.113556.1.4.1356 integer 4d2fa380-7f54-11d2-992a-0000f87a57d4
vendor Vendor 1.2.840.113556.1.4.255 unicode 281416df-1968-11d0-a28f-00aa003049e2 range=0..512
versionNumber Version-Number 1.2.840.113556.1.4.141 integer bf967a76-0de6-11d0-a285-00aa003049e2 gc
volumeCount Volume-Count 1.2.840.113556.1.4.507 integer 34aaa217-b699-11d0-afee-0000f80367c1
wellKnownObjects Well-Known-Objects 1.2.840.113556.1.4.618 dnBinary 05308983-7688-11d1-aded-00c04fd8d5cd multi systemOnly gc system=18 range=16..16
whenChanged When-Changed 1.2.840.113556.1.2.3 time bf967a77-0de6-11d0-a285-00aa003049e2 systemOnly gc system=19
whenCreated When-Created 1.2.840.113556.1.2.2 time bf967a78-0de6-11d0-a285-00aa003049e2 systemOnly gc system=18
wWWHomePage WWW-Home-Page 1.2.840.113556.1.2.464 unicode bf967a7a-0de6-11d0-a285-00aa003049e2 set=Web-Information range=1..2048
parentGUID Parent-GUID 1.2.840.113556.1.4.1224 octets 2df90d74-009f-11d2-aa4c-00c04fd7d83a systemOnly system=134217748
authorityRevocationList Authority-Revocation-List 2.5.4.38 octets 1677578d-47f3-11d1-a9c3-0000f80367c1 multi range=..10485760
cACertificateDN CA-Certificate-DN 1.2.840.113556.1.4.697 unicode 963d2740-48be-11d1-a9c3-0000f80367c1 gc
certificateRevocationList Certificate-Revocation-List 2.5.4.39 octets 1677579f-47f3-11d1-a9c3-0000f80367c1 range=..10485760
certificateTemplates Certificate-Templates 1.2.840.113556.1.4.823 unicode 2a39c5b1-8960-11d1-aebc-0000f80367c1 multi gc
crossCertificatePair Cross-Certificate-Pair 2.5.4.40 octets 167757b2-47f3-11d1-a9c3-0000f80367c1 multi range=..32768
deltaRevocationList Delta-Revocation-List 2.5.4.53 octets 167757b5-47f3-11d1-a9c3-0000f80367c1 multi system=0 range=..10485760
msPKI-Cert-Template-OID ms-PKI-Cert-Template-OID 1.2.840.113556.1.4.1436 unicode 3164c36a-ba26-468c-8bda-c1e5cc256728 search=1
msPKI-Certificate-Application-Policy ms-PKI-Certificate-Application-Policy 1.2.840.113556.1.4.1674 unicode dbd90548-aa37-4202-9966-8c537ba5ce32 multi
msPKI-Certificate-Name-Flag ms-PKI-Certificate-Name-Flag 1.2.840.113556.1.4.1432 integer ea1dddc4-60ff-416e-8cc0-17cee534bce7
msPKI-Certificate-Policy ms-PKI-Certificate-Policy 1.2.840.113556.1.4.1439 unicode 38942346-cc5b-424b-a7d8-6ffd12029c5f multi
msPKI-Enrollment-Flag ms-PKI-Enrollment-Flag 1.2.840.113556.1.4.1430 integer d15ef7d8-f226-46db-ae79-b34e560bd12c
msPKI-Enrollment-Servers ms-PKI-Enrollment-Servers 1.2.840.113556.1.4.2076 unicode f22bd38f-a1d0-4832-8b28-0331438886a6 multi gc range=..65536
msPKI-Minimal-Key-Size ms-PKI-Minimal-Key-Size 1.2.840.113556.1.4.1433 integer e96a63f5-417f-46d3-be52-db7703c503df
msPKI-Private-Key-Flag ms-PKI-Private-Key-Flag 1.2.840.113556.1.4.1431 integer bab04ac2-0435-4709-9307-28380e7c7001
msPKI-RA-Application-Policies ms-PKI-RA-Application-Policies 1.2.840.113556.1.4.1675 unicode 3c91fbbf-4773-4ccd-a87b-85d53e7bcf6a multi
msPKI-RA-Policies ms-PKI-RA-Policies 1.2.840.113556.1.4.1438 unicode d546ae22-0951-4d47-817e-1c9f96faad46 multi
msPKI-RA-Signature ms-PKI-RA-Signature 1.2.840.113556.1.4.1429 integer fe17e04b-937d-4f7e-8e0e-9292c8d5683e
msPKI-Site-Name ms-PKI-Site-Name 1.2.840.113556.1.4.2077 unicode 0cd8711f-0afc-4926-a4b1-09b08d3d436c gc range=..1024
msPKI-Supersede-Templates ms-PKI-Supersede-Templates 1.2.840.113556.1.4.1437 unicode 9de8ae7d-7a5b-421d-b5e4-061f79dfd5d7 multi
msPKI-Template-Minor-Revision ms-PKI-Template-Minor-Revision 1.2.840.113556.1.4.1435 integer 13f5236c-1884-46b1-b5d0-484e38990d58
msPKI-Template-Schema-Version ms-PKI-Template-Schema-Version 1.2.840.113556.1.4.1434 integer 0c15e9f5-491d-4594-918f-32813a091da9
pKICriticalExtensions PKI-Critical-Extensions 1.2.840.113556.1.4.1330 unicode fc5a9106-3b9d-11d2-90cc-00c04fd91ab1 multi gc
pKIDefaultCSPs PKI-Default-CSPs 1.2.840.113556.1.4.1334 unicode 1ef6336e-3b9e-11d2-90cc-00c04fd91ab1 multi gc
pKIDefaultKeySpec PKI-Default-Key-Spec 1.2.840.113556.1.4.1327 integer 426cae6e-3b9d-11d2-90cc-00c04fd91ab1 gc
pKIExpirationPeriod PKI-Expiration-Period 1.2.840.113556.1.4.1331 octets 041570d2-3b9e-11d2-90cc-00c04fd91ab1 gc
pKIExtendedKeyUsage PKI-Extended-Key-Usage 1.2.840.113556.1.4.1333 unicode 18976af6-3b9e-11d2-90cc-00c04fd91ab1 multi gc
pKIKeyUsage PKI-Key-Usage 1.2.840.113556.1.4.1328 octets e9b0a87e-3b9d-11d2-90cc-00c04fd91ab1 gc
pKIMaxIssuingDepth PKI-Max-Issuing-Depth 1.2.840.113556.1.4.1329 integer f0bfdefa-3b9d-11d2-90cc-00c04fd91ab1 gc
pKIOverlapPeriod PKI-Overlap-Period 1.2.840.113556.1.4.1332 octets 1219a3ec-3b9e-11d2-90cc-00c04fd91ab1 gc
`;

function row(line: string): AttributeRow {
  const [name, cn, oid, syntax, guid, ...rest] = line.split(' ') as [
    string,
    string,
    string,
    Syntax,
    string,
    ...string[],
  ];
  const flags = new Set(rest);
  const settings = new Map(
    rest.map((item) => [item.split('=')[0] as string, item.split('=')[1] ?? ''] as const),
  );
  const [low = '', high = ''] = settings.get('range')?.split('..') ?? [];
  const right = settings.get('set');
  const set = right === undefined ? undefined : controlAccessRight(right)?.guid;
  if (right !== undefined && set === undefined)
    throw new Error(`${name}: no property set ${right}`);
  return {
    name,
    cn,
    oid,
    syntax,
    guid,
    single: !flags.has('multi'),
    systemOnly: flags.has('systemOnly'),
    inGlobalCatalog: flags.has('gc'),
    searchFlags: Number(settings.get('search') ?? 0),
    systemFlags: Number(settings.get('system') ?? 16),
    scanned: flags.has('scan'),
    ...(set === undefined ? {} : { propertySet: set }),
    ...(low === '' ? {} : { rangeLower: Number(low) }),
    ...(high === '' ? {} : { rangeUpper: Number(high) }),
    ...(settings.has('link') ? { linkId: Number(settings.get('link')) } : {}),
  };
}

export const ATTRIBUTE_ROWS: readonly AttributeRow[] = TABLE.trim().split('\n').map(row);
