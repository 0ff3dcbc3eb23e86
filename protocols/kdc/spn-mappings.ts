/**
 * sPNMappings as Active Directory ships it: service classes that every account with a `host/` name
 * has without listing them (MS-ADTS, attribute sPNMappings; MS-KILE 3.3.5.1.1).
 */
const HOST_CLASSES: ReadonlySet<string> = new Set(
  (
    'alerter appmgmt cisvc clipsrv browser dhcp dnscache replicator eventlog eventsystem ' +
    'policyagent oakley dmserver dns mcsvc fax msiserver ias messenger netlogon netman netdde ' +
    'netddedsm nmagent plugplay protectedstorage rasman rpclocator rpc rpcss remoteaccess rsvp ' +
    'samss scardsvr scesrv seclogon scm dcom cifs spooler snmp schedule tapisrv trksvr trkwks ups ' +
    'time wins www http w3svc iisadmin msdtc'
  ).split(' '),
);

/** `host/files.corp.example` for `cifs/files.corp.example`; undefined for classes of their own. */
export function hostAlias(servicePrincipalName: string): string | undefined {
  const slash = servicePrincipalName.indexOf('/');
  if (slash < 0) return undefined;
  const serviceClass = servicePrincipalName.slice(0, slash).toLowerCase();
  if (!HOST_CLASSES.has(serviceClass)) return undefined;
  return `host${servicePrincipalName.slice(slash)}`;
}
