import { isExactDecimal } from '@samenhang/fhir-r4';
import type { CodeableConcept, Draft, Extension, Period, Reference } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';
import { knownLanguage } from '../datatypes/languages.js';
import { withOnePrecision } from '../datatypes/periods.js';
import { isOid } from '../datatypes/oids.js';
import { canonicalSystem } from '../datatypes/systems.js';
import { codeSystems } from '../fhir-systems.js';
import { isObject } from './bundle-entries.js';

const translation = 'http://hl7.org/fhir/StructureDefinition/translation';

/** Thrown when a resource says something that changes its meaning and that we do not understand. */
export class UnknownModifier extends Error {
  constructor(
    readonly code: 'unknown-modifier-extension' | 'unknown-implicit-rules',
    text: string,
  ) {
    super(text);
  }
}

/** Where the bytes of an attachment are: a resource of the source, known here by another id. */
const BINARY = /(?:^|\/)Binary\/[A-Za-z0-9\-.]{1,64}$/;
/** An edition of SNOMED CT is a version of the system, not a system (snomedct.html, 4.3.1.0.1). */
const SNOMED_EDITION = `${codeSystems.snomed}/`;

/**
 * A copy of a source's resource that may leave: references in terms of our ids, extensions that nobody here knows taken
 * out (and named in `strippedExtensions`), generated narrative dropped since it would no longer tell what the resource
 * says. The source's own object is never touched.
 */
export class ResourceCopier {
  /** By URL, the extensions taken out of the resource that was copied last. */
  strippedExtensions = new Set<string>();
  /** How many units were said to be UCUM and are not. */
  foreignUnits = 0;
  /** Whether a period of the resource that was copied last lost precision. */
  hasReducedPeriod = false;
  #root: Draft | undefined;

  constructor(
    private readonly tables: CodeTables,
    private readonly rewrite: (reference: Reference, from: Draft) => Reference,
    private readonly rewriteUrl: (url: string, from: Draft) => string,
    private readonly sourceUri: string,
  ) {}

  /** @throws UnknownModifier */
  copyResource(resource: Draft): Draft {
    this.#root = resource;
    this.hasReducedPeriod = false;
    return this.#copyWhole(resource);
  }

  #copyWhole(resource: Draft): Draft {
    const copy: Draft = { resourceType: resource.resourceType };
    for (const element in resource) {
      const value: unknown = resource[element];
      if (element === 'resourceType' || element === 'id') continue;
      if (element === 'implicitRules') {
        throw new UnknownModifier(
          'unknown-implicit-rules',
          'The resource follows rules that are not known here',
        );
      }
      if (element === 'text' && isGenerated(value)) continue;
      if (element === 'contained' && Array.isArray(value)) {
        copy.contained = (value as Draft[]).map((contained) => this.#copyContained(contained));
        continue;
      }
      const copied = this.#copyElement(element, value);
      if (copied !== undefined) copy[element] = copied;
    }
    return copy;
  }

  #copyContained(resource: Draft): Draft {
    const { meta: _meta, ...copy } = this.#copyWhole(resource);
    return {
      ...copy,
      resourceType: resource.resourceType,
      ...(resource.id === undefined ? {} : { id: resource.id }),
    };
  }

  #copyElement(element: string, value: unknown): unknown {
    if (typeof value === 'string') return this.#copyText(element, value);
    if (typeof value !== 'object' || value === null || isExactDecimal(value)) return value;
    if (Array.isArray(value)) {
      if (element === 'extension') return this.#copyExtensions(value as Extension[]);
      if (element === 'modifierExtension') return this.#copyModifiers(value as Extension[]);
      return this.#copyList(element, value);
    }
    return this.#copyObject(value as Record<string, unknown>);
  }

  #copyText(element: string, text: string): string | undefined {
    if (text === '') return undefined;
    if (element === 'language') return knownLanguage(text);
    if (!text.startsWith('urn:oid:')) return text;
    // An OID that is none names no system that anyone could look up: it is one of the source's own making.
    if (!isOid(text.slice(8))) return `${this.sourceUri}/oid/${encodeURIComponent(text.slice(8))}`;
    return element === 'system' ? canonicalSystem(text, this.tables) : text;
  }

  /** The list beside a list of primitives keeps its positions; other lists close up. */
  #copyList(element: string, list: readonly unknown[]): unknown[] | undefined {
    const copied: unknown[] = [];
    for (const value of list) copied.push(this.#copyElement(element, value));
    if (element.startsWith('_') || copied.includes(null)) {
      const padded = copied.map((value) => value ?? null);
      return padded.every((value) => value === null) ? undefined : padded;
    }
    const kept = copied.includes(undefined) ? copied.filter((value) => value !== undefined) : copied;
    return kept.length === 0 ? undefined : kept;
  }

  #copyObject(object: Record<string, unknown>): unknown {
    const copy: Record<string, unknown> = {};
    let isEmpty = true;
    for (const element in object) {
      const copied = this.#copyElement(element, object[element]);
      if (copied === undefined) continue;
      copy[element] = copied;
      isEmpty = false;
    }
    if (isEmpty) return undefined;
    if (copy['system'] === codeSystems.ucum) this.#checkUnit(copy);
    else if (typeof copy['system'] === 'string') nameEdition(copy, copy['system']);
    if (typeof copy['url'] === 'string' && BINARY.test(copy['url']) && this.#root !== undefined)
      copy['url'] = this.rewriteUrl(copy['url'], this.#root);
    if (typeof copy['start'] === 'string' && typeof copy['end'] === 'string') this.#shapePeriod(copy);
    if (Array.isArray(copy['coding'])) keepOwnWords(copy as CodeableConcept);
    return this.#root !== undefined && isReference(copy) ? this.rewrite(copy, this.#root) : copy;
  }

  /** A unit that is not UCUM, whatever the source says, keeps its words and loses the code. */
  #checkUnit(quantity: Record<string, unknown>): void {
    const { code } = quantity;
    if (typeof code !== 'string' || this.tables.isUcum(code)) return;
    this.foreignUnits += 1;
    const known = this.tables.findUnit(code);
    if (known !== undefined) quantity['code'] = known;
    else {
      quantity['unit'] ??= code;
      delete quantity['code'];
      delete quantity['system'];
    }
  }

  #shapePeriod(period: Period): void {
    const shaped = withOnePrecision(period);
    if (shaped === undefined) return;
    this.hasReducedPeriod = true;
    Object.assign(period, shaped);
  }

  #copyExtensions(extensions: readonly Extension[]): unknown {
    const kept = extensions.filter((extension) => {
      const known = this.tables.extensions.has(extension.url) && !isForeignTranslation(extension);
      if (!known) this.strippedExtensions.add(extension.url);
      return known;
    });
    return kept.length === 0 ? undefined : kept.map((extension) => this.#copyExtension(extension));
  }

  #copyModifiers(extensions: readonly Extension[]): unknown {
    if (extensions.some((extension) => !this.tables.extensions.has(extension.url))) {
      throw new UnknownModifier(
        'unknown-modifier-extension',
        'The resource has a modifier extension that is not known here',
      );
    }
    return extensions.map((extension) => this.#copyExtension(extension));
  }

  /** Parts of a known extension are its own business: their names are relative. */
  #copyExtension(extension: Extension): unknown {
    const { extension: parts, ...rest } = extension;
    const copy = this.#copyObject(rest) as Record<string, unknown>;
    // Part of the extension `translation`, whose code is a language.
    if (extension.url === 'lang' && typeof extension['valueCode'] === 'string') {
      copy['valueCode'] = knownLanguage(extension['valueCode']);
    }
    return parts === undefined
      ? copy
      : { ...copy, extension: parts.map((part) => this.#copyExtension(part)) };
  }
}

/** Code systems of which the validator has every display. */
const SAYS_ITS_DISPLAYS =
  /^(?:http:\/\/terminology\.hl7\.org\/CodeSystem\/|urn:oid:2\.16\.840\.1\.113883\.2\.4\.3\.11\.)/;

/** A display is the code system's word; a source's own word for such a code is the text of the concept. */
function keepOwnWords(concept: CodeableConcept): void {
  for (const coding of concept.coding ?? []) {
    if (coding.display === undefined || coding.system === undefined) continue;
    if (!SAYS_ITS_DISPLAYS.test(coding.system)) continue;
    concept.text ??= coding.display;
    delete coding.display;
  }
}

function nameEdition(coding: Record<string, unknown>, system: string): void {
  if (!system.startsWith(SNOMED_EDITION)) return;
  coding['system'] = codeSystems.snomed;
  coding['version'] ??= system;
}

/** A translation into a language that FHIR does not list. */
function isForeignTranslation({ url, extension }: Extension): boolean {
  if (url !== translation) return false;
  const language = extension?.find((part) => part.url === 'lang')?.['valueCode'];
  return typeof language !== 'string' || knownLanguage(language) === undefined;
}

/** Only a Reference has a `reference` that is text, or an identifier beside a type or display alone. */
function isReference(object: Record<string, unknown>): boolean {
  if (typeof object['reference'] === 'string') return true;
  return isObject(object['identifier']) && typeof object['type'] === 'string';
}

function isGenerated(narrative: unknown): boolean {
  return isObject(narrative) && narrative['status'] === 'generated';
}
