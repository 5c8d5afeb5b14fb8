import { TestAuthority, type TestCertificate } from './test-authority.js';

export interface MutualTlsCertificates {
  /** Of who issued those of server and client. */
  readonly authority: string;
  readonly server: TestCertificate;
  readonly client: TestCertificate;
  /** Of another authority. */
  readonly stranger: TestCertificate;
}

/** What a server, its client and somebody else show each other in a test of mutual TLS on this machine. */
export function issueMutualTls(clientName = 'client'): MutualTlsCertificates {
  const authority = new TestAuthority();
  return {
    authority: authority.certificate,
    server: authority.issue({ commonName: 'server' }),
    client: authority.issue({ commonName: clientName }),
    stranger: new TestAuthority('Another authority').issue({ commonName: 'stranger' }),
  };
}
