import type { FailureIssue } from '@samenhang/errors';
import { isResourceType } from '@samenhang/fhir-r4';
import { findEncoding } from '@samenhang/hl7v2';
import { checkTableMapping } from '@samenhang/mapping';
import { checkPull } from '../fhir/pull-settings.js';
import { checkMllpTls } from '../hl7v2/mllp-settings.js';
import type { DeploymentLimits, SourceDeclaration, SourceKind } from './source-declaration.js';

type Section = 'mllp' | 'fhirVersion' | 'pull' | 'notifications' | 'drop' | 'file' | 'table';

const sectionsOf: Readonly<
  Record<SourceKind, { required: readonly Section[]; optional: readonly Section[] }>
> = {
  mllp: { required: ['mllp'], optional: [] },
  'fhir-push': { required: [], optional: ['fhirVersion', 'drop'] },
  'fhir-pull': { required: ['pull'], optional: ['fhirVersion', 'notifications'] },
  cda: { required: [], optional: ['drop'] },
  table: { required: ['file', 'table'], optional: ['drop'] },
};

const allSections: readonly Section[] = [
  'mllp',
  'fhirVersion',
  'pull',
  'notifications',
  'drop',
  'file',
  'table',
];

/** What holds between the properties of a declaration, and what only this installation can judge. Its form may be wrong. */
export function checkDeclaration(
  declaration: SourceDeclaration,
  limits: DeploymentLimits | undefined,
): FailureIssue[] {
  return [
    ...checkSections(declaration),
    ...checkSettings(declaration),
    ...checkListening(declaration, limits),
    ...checkPulling(declaration, limits),
    ...checkFiles(declaration, limits),
  ];
}

function checkSections(declaration: SourceDeclaration): FailureIssue[] {
  const { kind } = declaration;
  if (!Object.hasOwn(sectionsOf, kind)) return [];
  const { required, optional } = sectionsOf[kind];
  return allSections.flatMap((section) => {
    const isThere = declaration[section] !== undefined;
    if (required.includes(section) && !isThere)
      return [{ expression: section, text: `is required for a source of kind ${kind}` }];
    if (isThere && !required.includes(section) && !optional.includes(section))
      return [{ expression: section, text: `does not go with a source of kind ${kind}` }];
    return [];
  });
}

function checkSettings({ settings }: SourceDeclaration): FailureIssue[] {
  if (settings === undefined) return [{ expression: 'settings', text: 'is required' }];
  const { timeZone, defaultCharset } = settings;
  const issues: FailureIssue[] = [];
  if (typeof timeZone === 'string' && !isTimeZone(timeZone))
    issues.push({
      expression: 'settings.timeZone',
      text: 'must be an IANA time zone, such as Europe/Amsterdam',
    });
  if (typeof defaultCharset === 'string' && findEncoding(defaultCharset) === undefined)
    issues.push({ expression: 'settings.defaultCharset', text: 'is not a character set that is supported' });
  return issues;
}

function checkListening({ mllp }: SourceDeclaration, limits: DeploymentLimits | undefined): FailureIssue[] {
  if (!isObject(mllp)) return [];
  const issues: FailureIssue[] =
    Array.isArray(mllp.tls?.clients) || mllp.tls?.clients === undefined ? checkMllpTls(mllp.tls) : [];
  if (typeof mllp.host !== 'string' || typeof mllp.port !== 'number') return issues;
  const refusal = limits?.findListenRefusal(mllp.host, mllp.port);
  return refusal === undefined ? issues : [...issues, { expression: 'mllp', text: refusal }];
}

function checkPulling(
  { pull, notifications, fhirVersion }: SourceDeclaration,
  limits: DeploymentLimits | undefined,
): FailureIssue[] {
  if (!isObject(pull) || typeof pull.baseUrl !== 'string') return [];
  const issues: FailureIssue[] = checkPull(pull);
  for (const [expression, url] of [
    ['pull.baseUrl', pull.baseUrl],
    ['pull.auth.tokenUrl', pull.auth?.tokenUrl],
  ] as const) {
    const refusal = typeof url === 'string' ? refusalOf(url, limits) : undefined;
    if (refusal !== undefined) issues.push({ expression, text: refusal });
  }
  const types: unknown = pull.resourceTypes;
  for (const [index, type] of (Array.isArray(types) ? (types as unknown[]) : []).entries()) {
    if (typeof type === 'string' && fhirVersion !== 'stu3' && !isResourceType(type))
      issues.push({
        expression: `pull.resourceTypes[${String(index)}]`,
        text: 'is not a resource type of FHIR R4',
      });
  }
  if (notifications !== undefined && pull.mode === 'bulk')
    issues.push({
      expression: 'notifications',
      text: 'does not go with pull.mode bulk: an export is too slow to follow them',
    });
  return issues;
}

function refusalOf(url: string, limits: DeploymentLimits | undefined): string | undefined {
  if (limits !== undefined) return limits.findServerRefusal(url);
  return /^https?:\/\/[^/\s]/.test(url) ? undefined : 'must be an absolute URL of http or https';
}

function checkFiles(declaration: SourceDeclaration, limits: DeploymentLimits | undefined): FailureIssue[] {
  const { kind, drop, file, table } = declaration;
  const issues: FailureIssue[] = [];
  if (limits?.hasDropDirectory === false && (drop !== undefined || kind === 'table'))
    issues.push({
      expression: drop === undefined ? 'kind' : 'drop',
      text: 'this deployment has no drop directory',
    });
  if (isObject(file)) {
    if (typeof file.encoding === 'string' && !isEncoding(file.encoding))
      issues.push({ expression: 'file.encoding', text: 'is not a character encoding that is supported' });
    if (file.format === 'ndjson' && (file.delimiter !== undefined || file.columns !== undefined))
      issues.push({ expression: 'file', text: 'delimiter and columns only go with format csv' });
  }
  if (table !== undefined) {
    const outcome = checkTableMapping(table);
    if ('problems' in outcome)
      for (const { path, text } of outcome.problems)
        issues.push({ expression: path.replace(/^\$/, 'table'), text });
  }
  return issues;
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label) instanceof TextDecoder;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
