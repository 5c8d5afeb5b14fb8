import { laboratoryMessage } from '../pipeline/load.js';

/** Digits that each message has for itself: its control id. */
const SERIAL_DIGITS = 9;
/** Patients among whom the messages are divided, by four digits of the patient number. */
const PATIENTS = 5_000;

/** A message of which only the control id and the patient number differ; making the next one costs next to nothing. */
export class MessageTemplate {
  readonly #serialAt: number[];
  readonly #patientAt: number[];

  /** @param text with `SSSSSSSSS` for the control id and `PPPP` for digits of the patient number */
  constructor(private readonly text: string) {
    this.#serialAt = positionsOf(text, 'S'.repeat(SERIAL_DIGITS));
    this.#patientAt = positionsOf(text, 'PPPP');
  }

  get bytes(): number {
    return Buffer.byteLength(this.text);
  }

  /** A frame for one sender, to be filled in for each message. */
  frame(): Buffer {
    return Buffer.from(`\x0b${this.text}\x1c\r`, 'latin1');
  }

  fill(frame: Buffer, serial: number): void {
    for (const at of this.#serialAt) writeDigits(frame, at + 1, SERIAL_DIGITS, serial);
    for (const at of this.#patientAt) writeDigits(frame, at + 1, 4, serial % PATIENTS);
  }
}

function positionsOf(text: string, mark: string): number[] {
  const positions: number[] = [];
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) positions.push(at);
  return positions;
}

function writeDigits(frame: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let index = digits - 1; index >= 0; index--) {
    frame[at + index] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** An admission as a hospital sends it, some 900 bytes. */
const admission = [
  'MSH|^~\\&|HIS|NOORD|SAMENHANG|NOORD|20261121080000+0100||ADT^A01^ADT_A01|SSSSSSSSS|P|2.5|||||NLD|UNICODE UTF-8',
  'EVN|A01|20261121080000+0100|||U123^Bakker^A',
  'PID|1||10PPPP^^^NOORD^PI~999999990^^^NLMINBIZA^NNNLD||Jansen&van&Jansen^Pieter^P^^^^L||19700101|M|||Dorpsstraat 12 a&Dorpsstraat&12^a^Utrecht^^3511AB^NL^M||030-1234567^PRN^PH|||M|||||||||||||NL||N',
  'PD1||||01004567^Huisarts^H^^^^^^VEKTIS',
  'NK1|1|Jansen^Maria|SPO|Dorpsstraat 12 a^^Utrecht^^3511AB^NL|030-7654321',
  'PV1|1|I|W1^101^2^NOORD||||01004567^&&van Houten^Z.Z.^^^^^^VEKTIS|||SUR||||7|||01004567^&&van Houten^Z.Z.^^^^^^VEKTIS|IP|VSSSSSSSSS^^^NOORD^VN||||||||||||||||||||||||||20261121075500+0100',
  'AL1|1|DA|PEN^Penicilline^L|MO|Uitslag|20200101',
  'DG1|1||I10^Hypertensie^ICD10|Hypertensie|20261121|A',
  'IN1|1|3311|3311^^^UZOVI|Zilveren Kruis||||||||||||A',
  '',
].join('\r');

export const templates = {
  'mllp-adt-a01': new MessageTemplate(admission),
  'mllp-oru-r01': new MessageTemplate(laboratoryTemplate()),
} as const;

export type TemplateName = keyof typeof templates;

/** The laboratory message of the other benchmarks, ten results, with places for the digits. */
function laboratoryTemplate(): string {
  const { text, controlId } = laboratoryMessage(0);
  const patient = /\rPID\|1\|\|([^^]+)\^/.exec(text)?.[1];
  if (patient === undefined) throw new Error('The laboratory message names no patient');
  return text
    .replace(`|${controlId}|`, '|SSSSSSSSS|')
    .replaceAll('BENCH0', 'BENCHSSSSSSSSS')
    .replace(`||${patient}^`, '||10PPPP^');
}
