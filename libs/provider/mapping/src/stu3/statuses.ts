import type { Tree } from '../json-tree.js';

type Names = Readonly<Record<string, string>>;

/** Statuses of STU3 that have another name in R4. */
const requests: Names = { suspended: 'on-hold', cancelled: 'revoked' };
const later: Readonly<Record<string, Names>> = {
  CarePlan: requests,
  NutritionOrder: { cancelled: 'revoked' },
  ServiceRequest: requests,
};

/** Statuses of a diet that R4 says by its intent. */
const intents: Names = { proposed: 'proposal', planned: 'plan', requested: 'order' };

export function bringStatusForward(draft: Tree): void {
  const type = String(draft['resourceType']);
  const status = String(draft['status']);
  const intent = type === 'NutritionOrder' ? intents[status] : undefined;
  if (intent !== undefined) Object.assign(draft, { status: 'active', intent });
  else draft['status'] = later[type]?.[status] ?? draft['status'];
  if (draft['status'] === undefined) delete draft['status'];
}

export function takeStatusBack(draft: Tree): void {
  const type =
    draft['resourceType'] === 'ProcedureRequest' ? 'ServiceRequest' : String(draft['resourceType']);
  const named = Object.entries(later[type] ?? {}).find(([, status]) => status === draft['status'])?.[0];
  if (named !== undefined) draft['status'] = named;
  if (type !== 'NutritionOrder' || draft['status'] !== 'active') return;
  const intended = Object.entries(intents).find(
    ([, intent]) => intent === draft['intent'] && intent !== 'order',
  )?.[0];
  if (intended !== undefined) draft['status'] = intended;
}
