/** What a domain controller knows of its own domain: fixed when the domain is made. */

export interface DomainInfo {
  /** `corp.example`, lower case. */
  readonly dnsName: string;
  /** `CORP`. */
  readonly netbios: string;
  /** `S-1-5-21-...`. */
  readonly sid: string;
  /** `DC1`: the controller's NetBIOS name. */
  readonly controller: string;
  /** `dc1.corp.example`. */
  readonly controllerHost: string;
  /** `Default-First-Site-Name` unless the scenario says otherwise. */
  readonly site: string;
  /** Records of the naming contexts' heads and of what is looked up by place. */
  readonly ids: DomainIds;
}

export interface DomainIds {
  readonly domain: number;
  readonly configuration: number;
  readonly schema: number;
  readonly users: number;
  readonly computers: number;
  readonly domainControllers: number;
  readonly system: number;
  readonly adminSdHolder: number;
  readonly deletedObjects: number;
  readonly partitions: number;
  /** The controller's computer object, server object and NTDS settings. */
  readonly controller: number;
  readonly server: number;
  readonly ntdsSettings: number;
}

/** The counter that holds the domain head's number: where everything else is found from. */
export const DOMAIN_COUNTER = 'domain';
