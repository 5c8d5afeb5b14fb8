// JSON schemas of the Kubernetes API for kubeconform, made from the OpenAPI description in the module k8s.io/kubernetes:
// kubeconform would fetch them from the network otherwise.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, findModule, kubernetes } from './go-tools.mjs';

const definitionsFile = '_definitions.json';

/** Two types say something else in Go than in OpenAPI. */
const special = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { oneOf: [{ type: 'string' }, { type: 'integer' }] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
};

/** Strict: a property that the API does not know is an error, as most are misspelt ones that it would ignore. */
export function strictSchema(schema) {
  if (Array.isArray(schema)) return schema.map(strictSchema);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strictSchema(value)]));
  if (typeof copy.$ref === 'string') return { $ref: copy.$ref.replace(/^#/, `${definitionsFile}#`) };
  if (copy.properties !== undefined && copy.additionalProperties === undefined)
    copy.additionalProperties = false;
  return copy;
}

/** Name under which kubeconform looks for the schema of a kind: `deployment-apps-v1.json`. */
function fileName({ group, kind, version }) {
  const suffix = group === '' ? version : `${group.split('.')[0]}-${version}`;
  return `${kind.toLowerCase()}-${suffix}.json`;
}

function writeSchemas(folder, swagger) {
  const definitions = Object.fromEntries(
    Object.entries(swagger.definitions).map(([name, schema]) => [
      name,
      special[name] ?? strictSchema(schema),
    ]),
  );
  // References between definitions stay within the one file that holds them all.
  const text = JSON.stringify({ definitions }).replaceAll(`"$ref":"${definitionsFile}#`, '"$ref":"#');
  writeFileSync(join(folder, definitionsFile), text);
  for (const [name, schema] of Object.entries(swagger.definitions)) {
    for (const kind of schema['x-kubernetes-group-version-kind'] ?? [])
      writeFileSync(
        join(folder, fileName(kind)),
        JSON.stringify({ $ref: `${definitionsFile}#/definitions/${name}` }),
      );
  }
}

/** @returns {string} schema location for kubeconform */
export function findSchemaLocation() {
  const folder = join(cacheFolder, `kubernetes-schemas-${kubernetes.version}`);
  if (!existsSync(folder)) {
    const source = join(findModule(kubernetes), 'api', 'openapi-spec', 'swagger.json');
    const partial = mkdtempSync(join(cacheFolder, '.schemas-'));
    mkdirSync(partial, { recursive: true });
    writeSchemas(partial, JSON.parse(readFileSync(source, 'utf8')));
    try {
      renameSync(partial, folder);
    } catch (error) {
      // Another run was first.
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
}
