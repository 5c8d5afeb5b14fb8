import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { CommandFailure } from './command-failure.js';
import type { Installation } from './installation.js';
import { organisationsOf, type OrganisationApi } from './organisation-api.js';

/** Acts for the care provider that declared the source: without --organisation it is looked for. */
export async function atSourceOwner<T>(
  source: string,
  options: { readonly organisation?: string },
  installation: Installation,
  ingest: OrganisationApi,
  act: (organisation: Ura) => Promise<T>,
): Promise<T> {
  for (const organisation of organisationsOf(options, installation)) {
    try {
      await ingest.ask(organisation, 'GET', `/tenants/${organisation}/sources/${encodeURIComponent(source)}`);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
      continue;
    }
    return act(organisation);
  }
  throw new CommandFailure(`There is no source ${source}`);
}
