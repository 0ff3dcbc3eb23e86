/** What Get-AzureADKerberosServer says of both sides: they agree when each Cloud… is what stands above. */
import type { ShownKerberosDomain } from '../entra/kerberos-domain.ts';

/** The side of Active Directory. */
export interface ShownKerberosServer {
  readonly id: number;
  /** Distinguished names; absent: the object is not there. */
  readonly userAccount: string;
  readonly computerAccount?: string;
  readonly displayName: string;
  readonly domainDnsName: string;
  readonly keyVersion: number;
  /** Milliseconds since 1970. */
  readonly keyUpdatedOn: number;
  /** The domain controller where the key was made. */
  readonly keyUpdatedFrom: string;
}

type Value = string | number | undefined;

/** As PowerShell's Format-List writes it; a side that has nothing has empty values. */
export function kerberosServerLines(
  server: ShownKerberosServer | undefined,
  cloud: ShownKerberosDomain | undefined,
): readonly string[] {
  const rows: readonly (readonly [string, Value])[] = [
    ['Id', server?.id],
    ['UserAccount', server?.userAccount],
    ['ComputerAccount', server?.computerAccount],
    ['DisplayName', server?.displayName],
    ['DomainDnsName', server?.domainDnsName],
    ['KeyVersion', server?.keyVersion],
    ['KeyUpdatedOn', server && shownTime(server.keyUpdatedOn)],
    ['KeyUpdatedFrom', server?.keyUpdatedFrom],
    ['CloudDisplayName', cloud && `krbtgt_${cloud.id}`],
    ['CloudDomainDnsName', cloud?.domainDnsName],
    ['CloudId', cloud?.id],
    ['CloudKeyVersion', cloud?.keyVersion],
    ['CloudKeyUpdatedOn', cloud && shownTime(cloud.keyUpdatedOn)],
    ['CloudTrustDisplay', undefined],
  ];
  return rows.map(([name, value]) => `${name.padEnd(18)} : ${value ?? ''}`.trimEnd());
}

/** Whether tickets that the tenant issues now open in Active Directory. */
export function agree(
  server: ShownKerberosServer | undefined,
  cloud: ShownKerberosDomain | undefined,
): boolean {
  return (
    server !== undefined &&
    cloud !== undefined &&
    server.id === cloud.id &&
    server.keyVersion === cloud.keyVersion &&
    server.domainDnsName === cloud.domainDnsName
  );
}

/** `2/24/2022 10:38:55 AM`, as en-US has it; UTC. */
function shownTime(ms: number): string {
  const time = new Date(ms);
  const hours = time.getUTCHours();
  const two = (count: number): string => String(count).padStart(2, '0');
  const date = `${time.getUTCMonth() + 1}/${time.getUTCDate()}/${time.getUTCFullYear()}`;
  const clock = `${hours % 12 || 12}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
  return `${date} ${clock} ${hours < 12 ? 'AM' : 'PM'}`;
}
