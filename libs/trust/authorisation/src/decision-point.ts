import type { DataCategory } from '@samenhang/data-model';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { AuthorisationInput, Decision, DecisionPoint, DecisionReason } from './authorisation-input.js';
import { PolicyError, policiesOfThisRelease, type CompiledPolicies } from './compiled-policies.js';

/** The part of a loaded module that decisions need. */
export interface PolicyModule {
  evaluate(input: unknown, entryPoint: string): unknown;
}

const internalError: Decision = {
  allow: false,
  reasons: [{ code: 'internal_error', description: 'The policies could not be evaluated' }],
};

/**
 * Loads the compiled policies; by default those of this release.
 * @throws PolicyError
 */
export async function loadPolicies(
  compiled: CompiledPolicies = policiesOfThisRelease(),
): Promise<DecisionPoint> {
  try {
    const module = await loadPolicy(compiled.wasm as Uint8Array<ArrayBuffer>);
    module.setData(compiled.data);
    return createDecisionPoint(module);
  } catch (cause) {
    throw new PolicyError('the module cannot be loaded', { cause });
  }
}

export function createDecisionPoint(module: PolicyModule, clock: () => number = Date.now): DecisionPoint {
  const decide = (input: AuthorisationInput): Decision =>
    evaluate(module, { ...input, context: { now: clock() / 1000, ...input.context } });
  return {
    decide,
    decideCategories: (input, categories) =>
      new Map(
        categories.map((category): [DataCategory, Decision] => [
          category,
          decide({ ...input, context: { ...input.context, data_category: category } }),
        ]),
      ),
  };
}

/** Fails closed: an error, an absent result or a result of another shape is a denial. */
function evaluate(module: PolicyModule, input: AuthorisationInput): Decision {
  try {
    const results = module.evaluate(input, `samenhang/${input.policy}/decision`) as readonly {
      result?: unknown;
    }[];
    const result = results.length === 1 ? results[0]?.result : undefined;
    return isDecision(result) ? result : internalError;
  } catch {
    return internalError;
  }
}

function isDecision(result: unknown): result is Decision {
  if (typeof result !== 'object' || result === null) return false;
  const { allow, reasons } = result as { allow?: unknown; reasons?: unknown };
  return (
    typeof allow === 'boolean' && Array.isArray(reasons) && reasons.length > 0 && reasons.every(isReason)
  );
}

function isReason(reason: unknown): reason is DecisionReason {
  if (typeof reason !== 'object' || reason === null) return false;
  const { code, description } = reason as { code?: unknown; description?: unknown };
  return typeof code === 'string' && typeof description === 'string';
}
