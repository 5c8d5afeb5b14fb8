/** By what a value in one unit is multiplied, and then divided, to be a value in another: whole numbers, so that nothing is lost. */
export interface UnitRatio {
  readonly code: string;
  readonly multiply: bigint;
  readonly divide: bigint;
}

/** A unit as a multiple of base units: those of UCUM, except that amounts of substance, of charge, of
 * particles and of effect stand apart: how much of one is how much of another depends on the substance. */
interface Measure {
  readonly powers: Readonly<Record<string, number>>;
  readonly top: bigint;
  readonly bottom: bigint;
}

/** Units of laboratories, measurements and dosing, in the codes of UCUM (https://ucum.org/ucum). */
const units =
  `mol/L mmol/L umol/L nmol/L pmol/L fmol/L mmol/dL umol/dL mol/mL mmol/mL umol/mL nmol/mL pmol/mL mol/m3
  kg/L g/L mg/L ug/L ng/L pg/L g/dL mg/dL ug/dL ng/dL pg/dL g/mL mg/mL ug/mL ng/mL pg/mL kg/m3
  /L /mL /uL /dL /mm3 10*3/L 10*6/L 10*9/L 10*12/L 10*3/mL 10*6/mL 10*3/uL 10*6/uL 10^3/uL 10^6/uL 10^6/L 10^9/L 10^12/L
  m km dm cm mm um nm [in_i] [ft_i] kg g mg ug ng pg [lb_av] [oz_av] L dL cL mL uL nL pL fL m3 dm3 cm3 mm3
  s ms us min h d wk /s /min /h /d Hz kHz m/s cm/s mm/h cm/h m2 cm2 mm2
  Pa kPa hPa MPa bar mbar mm[Hg] cm[H2O] J kJ MJ cal kcal W kW mW
  U/L kU/L U/mL mU/mL mU/L kat/L mkat/L ukat/L nkat/L [IU]/L k[IU]/L m[IU]/L u[IU]/mL m[IU]/mL [IU]/mL [IU]/dL
  [iU]/L k[iU]/L m[iU]/L u[iU]/mL [iU]/mL
  L/min mL/min mL/s L/s L/h mL/h uL/min kg/m2 g/m2 g/cm2 mosm/kg osm/kg mosm/L osm/L meq/L eq/L ueq/L
  mmol/d mol/d umol/d nmol/d mmol/(24.h) umol/(24.h) g/d mg/d ug/d g/(24.h) mg/(24.h) ug/(24.h) L/d mL/d L/(24.h) mL/(24.h)
  mg/kg g/kg ug/kg mmol/kg umol/kg [IU]/kg mg/kg/d ug/kg/d ug/kg/min mg/kg/h ug/kg/h mL/kg mL/kg/h mg/m2 mg/h ug/h ug/min mg/min
  mol mmol umol nmol pmol eq meq osm mosm U kU [IU] k[IU] [iU] k[iU] kat ukat nkat g/mol mg/mmol ug/mmol mg/mol`.split(
    /\s+/,
  );

const prefixes: Readonly<Record<string, number>> = {
  M: 6,
  k: 3,
  h: 2,
  d: -1,
  c: -2,
  m: -3,
  u: -6,
  n: -9,
  p: -12,
  f: -15,
};

const base = (name: string): Measure => ({ powers: { [name]: 1 }, top: 1n, bottom: 1n });
const times = (measure: Measure, top: bigint, bottom = 1n): Measure => ({
  ...measure,
  top: measure.top * top,
  bottom: measure.bottom * bottom,
});

const metre = base('m');
const gram = base('g');
const second = base('s');
const mole = base('mol');
const international = base('IU');
const litre = times(power(metre, 3), 1n, 1000n);
const pascal = times(product(gram, power(metre, -1), power(second, -2)), 1000n);
const joule = times(product(gram, power(metre, 2), power(second, -2)), 1000n);
const one: Measure = { powers: {}, top: 1n, bottom: 1n };

/** Units that take prefixes. */
const metric: Readonly<Record<string, Measure>> = {
  m: metre,
  g: gram,
  s: second,
  mol: mole,
  eq: base('eq'),
  osm: base('osm'),
  L: litre,
  l: litre,
  Pa: pascal,
  bar: times(pascal, 100_000n),
  'm[Hg]': times(pascal, 133_322n),
  'm[H2O]': times(pascal, 980_665n, 100n),
  J: joule,
  cal: times(joule, 4184n, 1000n),
  W: product(joule, power(second, -1)),
  Hz: power(second, -1),
  kat: product(mole, power(second, -1)),
  U: times(product(mole, power(second, -1)), 1n, 60_000_000n),
  '[IU]': international,
  '[iU]': international,
};

const other: Readonly<Record<string, Measure>> = {
  '1': one,
  '10*': times(one, 10n),
  '10^': times(one, 10n),
  min: times(second, 60n),
  h: times(second, 3600n),
  d: times(second, 86_400n),
  wk: times(second, 604_800n),
  '[in_i]': times(metre, 254n, 10_000n),
  '[ft_i]': times(metre, 3048n, 10_000n),
  '[lb_av]': times(gram, 45_359_237n, 100_000n),
  '[oz_av]': times(gram, 45_359_237n, 1_600_000n),
};

function product(...measures: readonly Measure[]): Measure {
  const powers: Record<string, number> = {};
  for (const { powers: each } of measures)
    for (const [name, exponent] of Object.entries(each)) powers[name] = (powers[name] ?? 0) + exponent;
  return {
    powers,
    top: measures.reduce((all, { top }) => all * top, 1n),
    bottom: measures.reduce((all, { bottom }) => all * bottom, 1n),
  };
}

function power({ powers, top, bottom }: Measure, exponent: number): Measure {
  const size = BigInt(Math.abs(exponent));
  const raised = Object.fromEntries(Object.entries(powers).map(([name, each]) => [name, each * exponent]));
  return exponent < 0
    ? { powers: raised, top: bottom ** size, bottom: top ** size }
    : { powers: raised, top: top ** size, bottom: bottom ** size };
}

function atom(text: string): Measure | undefined {
  const known = other[text] ?? metric[text];
  if (known !== undefined) return known;
  const exponent = prefixes[text.slice(0, 1)];
  const unit = metric[text.slice(1)];
  if (exponent === undefined || unit === undefined) return undefined;
  const size = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? times(unit, 1n, size) : times(unit, size);
}

const FACTOR = /^(10[*^]|\[[^\]]+\]|(?:[A-Za-z]+(?:\[[^\]]+\])?))([+-]?\d+)?$/;

function factor(text: string): Measure | undefined {
  if (/^\d+$/.test(text)) return times(one, BigInt(text));
  const [, unit = '', exponent = '1'] = FACTOR.exec(text) ?? [];
  const measure = atom(unit);
  return measure === undefined ? undefined : power(measure, Number(exponent));
}

/** Products and quotients from left to right, and one group in parentheses. */
function measureOf(code: string): Measure | undefined {
  const group = /\(([^()]*)\)/.exec(code);
  if (group !== null) {
    const inner = measureOf(group[1] ?? '');
    const before = code.slice(0, group.index);
    if (inner === undefined || group.index + group[0].length !== code.length) return undefined;
    const outer = measureOf(before.slice(0, -1) || '1');
    if (outer === undefined) return undefined;
    return product(outer, before.endsWith('/') ? power(inner, -1) : inner);
  }
  let whole: Measure = one;
  for (const [, sign, text = ''] of (/^[./]/.test(code) ? code : `.${code}`).matchAll(/([./])([^./]*)/g)) {
    const part = factor(text);
    if (part === undefined) return undefined;
    whole = product(whole, sign === '/' ? power(part, -1) : part);
  }
  return whole;
}

function dimensionOf({ powers }: Measure): string {
  return Object.entries(powers)
    .filter(([, exponent]) => exponent !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, exponent]) => `${name}${exponent}`)
    .join(' ');
}

const measures = new Map(units.flatMap((code) => withMeasure(code)));
const byDimension = Map.groupBy(measures.keys(), (code) => dimensionOf(measures.get(code) ?? one));

function withMeasure(code: string): [string, Measure][] {
  const measure = measureOf(code);
  return measure === undefined ? [] : [[code, measure]];
}

/**
 * The units whose values can be compared with those in this unit, itself included, and how they become such; undefined for
 * a unit that is not in the table. A fraction is only itself: that 1 % is 10 mmol/mol says nothing about haemoglobin A1c.
 */
export function comparableUnits(code: string): readonly UnitRatio[] | undefined {
  const wanted = measures.get(code);
  const dimension = wanted === undefined ? '' : dimensionOf(wanted);
  if (wanted === undefined || dimension === '') return undefined;
  return (byDimension.get(dimension) ?? []).map((from) => {
    const { top, bottom } = measures.get(from) ?? one;
    const [multiply, divide] = reduced(top * wanted.bottom, bottom * wanted.top);
    return { code: from, multiply, divide };
  });
}

function reduced(top: bigint, bottom: bigint): [bigint, bigint] {
  let [a, b] = [top, bottom];
  while (b !== 0n) [a, b] = [b, a % b];
  return [top / a, bottom / a];
}
