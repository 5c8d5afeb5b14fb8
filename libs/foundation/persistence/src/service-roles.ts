import { quoteIdentifier, withClient } from './data-source.js';

export interface ServiceRole {
  /** Name of the role, of its schema, and of the service. */
  readonly name: string;
  readonly password: string;
}

const LOCK = 'samenhang provisioning';

/**
 * Creates the database and, for every service, a login role that owns one schema and can see no other service's.
 * Safe to repeat; passwords are set to the given ones.
 * @returns URL per service
 */
export async function provisionServiceRoles(
  adminUrl: string,
  database: string,
  roles: readonly ServiceRole[],
): Promise<ReadonlyMap<string, string>> {
  await withClient(adminUrl, async (client) => {
    const existing = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (existing.rowCount === 0)
      await client.query(`CREATE DATABASE ${quoteIdentifier(database)} TEMPLATE template0`);
  });
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  await withClient(url.href, async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [LOCK]);
    await client.query(`REVOKE ALL ON SCHEMA public FROM PUBLIC`);
    for (const role of roles) {
      const name = quoteIdentifier(role.name);
      const exists = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role.name]);
      const verb = exists.rowCount === 0 ? 'CREATE' : 'ALTER';
      // Utility statements take no parameters; the password is of our own making (letters, digits, - and _).
      if (!/^[\w-]+$/.test(role.password))
        throw new RangeError('A role password may hold letters, digits, "-" and "_" only');
      await client.query(`${verb} ROLE ${name} LOGIN PASSWORD '${role.password}'`);
      await client.query(`GRANT CONNECT ON DATABASE ${quoteIdentifier(database)} TO ${name}`);
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${name} AUTHORIZATION ${name}`);
    }
  });
  return new Map(roles.map((role) => [role.name, serviceUrl(url, role)]));
}

function serviceUrl(adminUrl: URL, role: ServiceRole): string {
  const url = new URL(adminUrl.href);
  url.username = role.name;
  url.password = role.password;
  return url.href;
}
