import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Installation } from '../installation/installation.js';
import { OrganisationApi, organisationsOf } from '../installation/organisation-api.js';
import { CommandFailure, usage } from '../terminal/command-failure.js';

export interface SourceView {
  readonly tenant: string;
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly displayName: string;
  readonly reason?: string;
}

/** A care provider sees its own sources only: without --organisation the owner is looked for. */
export async function atOwner(
  id: string,
  options: { readonly organisation?: string },
  installation: Installation,
): Promise<{ api: OrganisationApi; tenant: Ura; view: SourceView }> {
  const api = new OrganisationApi(installation, 'ingest', 'ingest:admin');
  const found: { api: OrganisationApi; tenant: Ura; view: SourceView }[] = [];
  for (const tenant of organisationsOf(options, installation)) {
    try {
      found.push({ api, tenant, view: await api.ask<SourceView>(tenant, 'GET', pathOf(tenant, id)) });
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
    }
  }
  const [first] = found;
  if (first === undefined) throw new CommandFailure(`There is no source ${id}`);
  if (found.length > 1)
    throw usage(
      `Several care providers have a source ${id} (${found.map(({ tenant }) => tenant).join(', ')}): name one with --organisation`,
    );
  return first;
}

export function pathOf(tenant: string, id: string): string {
  return `/tenants/${tenant}/sources/${encodeURIComponent(id)}`;
}
