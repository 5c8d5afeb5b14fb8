#!/usr/bin/env node
import { ServiceEnvironment } from '@samenhang/service-kit';
import { provision } from './provision.js';

/** `provision`: secrets, database roles and schemas of a deployment; needs DATABASE_ADMIN_URL and SECRETS_DIR. */
async function main(command: string | undefined): Promise<number> {
  if (command !== 'provision') {
    process.stderr.write('Usage: main.js provision\n');
    return 2;
  }
  const environment = new ServiceEnvironment('provision', 0, process.env);
  const { databaseUrls } = await provision(
    environment.text('DATABASE_ADMIN_URL'),
    environment.text('SECRETS_DIR'),
    { citizenUrl: environment.serviceUrl('citizen') },
  );
  process.stdout.write(`Provisioned ${databaseUrls.size} services\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  process.stderr.write(`Provisioning failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
