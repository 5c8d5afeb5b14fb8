import type { Hl7Component, Hl7Field, Hl7Segment } from '@samenhang/hl7v2';
import { findDecimal } from '../datatypes/decimals.js';
import { codeSystems } from '../fhir-systems.js';
import type { Dosage, Quantity } from '../fhir-types.js';
import { readCodedField } from './coded.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import type { OrderGroup } from './order-groups.js';
import { firstNamed, named } from './patient-groups.js';

interface DoseFields {
  readonly low: number;
  readonly high: number;
  readonly units: number;
  /** Of what is given at a rate: how much, and in which unit. */
  readonly rate: number;
  readonly rateUnits: number;
  readonly instructions: readonly number[];
}

const doseFields: Readonly<Record<string, DoseFields>> = {
  RXE: { low: 3, high: 4, units: 5, rate: 23, rateUnits: 24, instructions: [7, 21] },
  RXO: { low: 2, high: 3, units: 4, rate: 21, rateUnits: 22, instructions: [7, 6] },
};

/** Where the timing stands: TQ1 (from v2.5), else the timing of old versions in ORC-7 or RXE-1. */
interface TimingPlace {
  readonly pattern: { readonly text: string | undefined };
  readonly start: Hl7Component | Hl7Field | undefined;
  readonly end: Hl7Component | Hl7Field | undefined;
  readonly words: string | undefined;
  /** Times of the day (TQ1-4). */
  readonly times: readonly string[];
  /** How much at these times, where there are several (TQ1-2). */
  readonly dose: Hl7Field | undefined;
}

/** An amount with its unit; undefined when it is no number. */
export function quantityOf(amount: Hl7Field, units: Hl7Field, run: Hl7Run): Quantity | undefined {
  const value = findDecimal(textOf(amount) ?? '');
  if (value === undefined) return undefined;
  const [written, name] = [textOf(units.component(1)), textOf(units.component(2))];
  const system = textOf(units.component(3));
  // A unit of another list may look like one of UCUM: "1" is a piece in the G-Standaard.
  const mayBeUcum = system === undefined || run.mapping.tables.findCodingSystem(system) === codeSystems.ucum;
  if (mayBeUcum && written !== undefined && run.mapping.tables.findUnit(written) !== undefined)
    return { value, ...unitOf(written, run) };
  const unit = name ?? written;
  return { value, ...(unit === undefined ? {} : unitOf(unit, run)) };
}

/** A unit that UCUM has is coded; a countable one ("tablet") stays a word. */
function unitOf(unit: string, run: Hl7Run): Pick<Quantity, 'unit' | 'system' | 'code'> {
  const code = run.mapping.tables.findUnit(unit);
  return code === undefined ? { unit } : { unit, system: codeSystems.ucum, code };
}

/** How the medication is to be used: a dosage for each TQ1, one where there is none. */
export function dosagesOf(order: OrderGroup, detail: Hl7Segment, run: Hl7Run): Dosage[] {
  const timings = timingsOf(order, detail);
  return timings.flatMap((timing, index) => {
    const dosage = dosageAt(timing, order, detail, run);
    if (dosage === undefined) return [];
    return [timings.length === 1 ? dosage : { sequence: index + 1, ...dosage }];
  });
}

/** Instructions, dose, rhythm and route. */
function dosageAt(
  timing: TimingPlace,
  order: OrderGroup,
  detail: Hl7Segment,
  run: Hl7Run,
): Dosage | undefined {
  const fields = doseFields[detail.name];
  const rxr = firstNamed(order.members, 'RXR');
  const rhythm = readRhythm(timing, run);
  const instructions = (fields?.instructions ?? []).flatMap((field) =>
    detail.field(field).repetitions.flatMap((value) => textOf(value.component(2)) ?? textOf(value) ?? []),
  );
  const text = [...instructions, timing.words].filter((one) => one !== undefined).join('\n');
  const dose = fields === undefined ? undefined : doseOf(timing, detail, fields, run);
  const route = rxr === undefined ? undefined : readCodedField(rxr.field(1), run, '0162');
  const site = rxr === undefined ? undefined : readCodedField(rxr.field(2), run, '0163');
  const method = rxr === undefined ? undefined : readCodedField(rxr.field(4), run, '0165');
  const dosage: Dosage = {
    ...(text === '' ? {} : { text }),
    ...rhythm,
    ...(site === undefined ? {} : { site }),
    ...(route === undefined ? {} : { route }),
    ...(method === undefined ? {} : { method }),
    ...(dose === undefined ? {} : { doseAndRate: [dose] }),
  };
  return Object.keys(dosage).length === 0 ? undefined : dosage;
}

function doseOf(
  { dose }: TimingPlace,
  detail: Hl7Segment,
  fields: DoseFields,
  run: Hl7Run,
): Record<string, unknown> | undefined {
  const rateQuantity = quantityOf(detail.field(fields.rate), detail.field(fields.rateUnits), run);
  const given = (dose === undefined ? undefined : ownDoseOf(dose, run)) ?? amountOf(detail, fields, run);
  if (rateQuantity === undefined) return given;
  return { ...given, rateQuantity };
}

/** CQ: an amount and its unit. */
function ownDoseOf(dose: Hl7Field, run: Hl7Run): Record<string, unknown> | undefined {
  const value = findDecimal(textOf(dose.component(1)) ?? '');
  const unit = textOf(dose.component(2));
  return value === undefined || unit === undefined
    ? undefined
    : { doseQuantity: { value, ...unitOf(unit, run) } };
}

function amountOf(
  detail: Hl7Segment,
  { low, high, units }: DoseFields,
  run: Hl7Run,
): Record<string, unknown> | undefined {
  const [from, until] = [low, high].map((field) => quantityOf(detail.field(field), detail.field(units), run));
  if (from === undefined) return until === undefined ? undefined : { doseQuantity: until };
  return until === undefined || JSON.stringify(until) === JSON.stringify(from)
    ? { doseQuantity: from }
    : { doseRange: { low: from, high: until } };
}

function timingsOf({ orc, members }: OrderGroup, detail: Hl7Segment): readonly TimingPlace[] {
  const tq1s = named(members, 'TQ1');
  const stated = tq1s.map((tq1): TimingPlace => {
    // The condition under which it is taken (TQ1-10), and the instruction.
    const words = [textOf(tq1.field(10)), textOf(tq1.field(11))].filter((one) => one !== undefined);
    return {
      pattern: tq1.field(3),
      start: tq1.field(7),
      end: tq1.field(8),
      words: words.length === 0 ? undefined : words.join('\n'),
      times: tq1.field(4).repetitions.flatMap((time) => textOf(time) ?? []),
      dose: tq1s.length > 1 ? tq1.field(2) : undefined,
    };
  });
  return stated.length > 0 ? stated : [oldTimingOf(orc, detail)];
}

/** Of versions before 2.5. */
function oldTimingOf(orc: Hl7Segment | undefined, detail: Hl7Segment): TimingPlace {
  const old = detail.name === 'RXE' && detail.field(1).hasValue ? detail.field(1) : orc?.field(7);
  const value = old?.repetition(1);
  if (value === undefined)
    return { pattern: { text: undefined }, start: undefined, end: undefined, words: undefined, ...noTimes };
  return {
    pattern: value.component(2),
    start: value.component(4),
    end: value.component(5),
    words: textOf(value.component(8)),
    ...noTimes,
  };
}

const noTimes = { times: [], dose: undefined } as const;

/** First and last moment of use. */
export function timingFields(
  order: OrderGroup,
  detail: Hl7Segment,
  run: Hl7Run,
): readonly [string | undefined, string | undefined] {
  const timings = timingsOf(order, detail);
  const { start } = timings[0] ?? {};
  const { end } = timings.at(-1) ?? {};
  return [
    start === undefined ? undefined : run.dateTime(start),
    end === undefined ? undefined : run.dateTime(end),
  ];
}

const EVERY = /^Q(\d{1,2})([HDWM])$/;
const periodUnits: Readonly<Record<string, string>> = { H: 'h', D: 'd', W: 'wk', M: 'min' };

/** How often, and at which times of the day. */
function readRhythm({ pattern, times }: TimingPlace, run: Hl7Run): Partial<Dosage> {
  const timeOfDay = times.flatMap((time) => {
    const [, hour, minute] = TIME.exec(time) ?? [];
    return hour === undefined || minute === undefined ? [] : [`${hour}:${minute}:00`];
  });
  const rhythm = readPattern(pattern, run);
  if (timeOfDay.length === 0) return rhythm;
  const timing = rhythm['timing'] as { repeat?: object } | undefined;
  return { ...rhythm, timing: { ...timing, repeat: { ...timing?.repeat, timeOfDay } } };
}

const TIME = /^([01]\d|2[0-3]):?([0-5]\d)/;

/** A repeat pattern (table 0335): "BID", "Q8H", "PRN"; one that is not known stays as it was written. */
function readPattern(pattern: { readonly text: string | undefined }, run: Hl7Run): Partial<Dosage> {
  const stated = textOf(pattern);
  if (stated === undefined) return {};
  const words = stated.toUpperCase().split(/\s+/);
  const asNeeded = words.includes('PRN');
  const code = words.find((word) => word !== 'PRN');
  const prn = asNeeded ? { asNeededBoolean: true } : {};
  if (code === undefined) return prn;
  const [, count, unit = ''] = EVERY.exec(code) ?? [];
  const known = run.mapping.tables.findHl7('0335', code)?.split(' ');
  const repeat =
    count === undefined
      ? known === undefined
        ? undefined
        : { frequency: Number(known[0]), period: Number(known[1]), periodUnit: known[2] }
      : { frequency: 1, period: Number(count), periodUnit: periodUnits[unit] };
  if (repeat === undefined) return { ...prn, timing: { code: { text: stated } } };
  return { ...prn, timing: { repeat } };
}
