import type { Demographics, Fact, FactSource, PatientView } from '@samenhang/client';
import { html, type Markup } from '../html.js';
import { layout } from './layout.js';

const sections: readonly (readonly [string, (view: PatientView) => readonly Fact[]])[] = [
  ['Problems', (view) => view.problems],
  ['Allergies and intolerances', (view) => view.allergies],
  ['Medication', (view) => view.medication],
  ['Laboratory results', (view) => view.laboratoryResults],
  ['Vital signs', (view) => view.vitalSigns],
  ['Encounters', (view) => view.encounters],
  ['Procedures', (view) => view.procedures],
  ['Immunizations', (view) => view.immunizations],
];

/** The whole view on one page, what is missing first. */
export function viewPage(view: PatientView): string {
  return layout(
    'Patient view',
    html`<h1>Patient view</h1>
      ${view.nothingRegistered && html`<p class="missing">No care provider has registered data of this person. That does not mean that there is none.</p>`}
      ${missing(view)} ${view.demographics !== undefined && demographics(view.demographics)}
      ${conflicts(view)} ${sections.map(([title, factsOf]) => section(title, factsOf(view)))}
      ${view.retracted.length > 0 && section('Withdrawn as entered in error', view.retracted)}
      ${sources(view)}
      <p><a href="/">Another patient</a></p>`,
  );
}

function missing({ missing: list }: PatientView): Markup | false {
  return (
    list.length > 0 &&
    html`<section class="missing" role="status" aria-label="Missing sources">
      <h2>This view is not complete</h2>
      <ul>
        ${list.map(({ custodianName, text }) => html`<li>${custodianName !== undefined && html`<strong>${custodianName}</strong>: `}${text}</li>`)}
      </ul>
    </section>`
  );
}

function demographics({ elements }: Demographics): Markup {
  const row = ({ element, values }: Demographics['elements'][number]): Markup =>
    html`${values.map(
      ({ text, custodians }, index) =>
        html`<tr>
          <th scope="row">${index === 0 ? element : ''}</th>
          <td>${text}</td>
          <td>${custodians.join(', ')}</td>
        </tr>`,
    )}`;
  return html`<table>
    <caption>
      Person
    </caption>
    <thead>
      <tr>
        <th scope="col">Element</th>
        <th scope="col">Value</th>
        <th scope="col">Custodians (URA)</th>
      </tr>
    </thead>
    <tbody>
      ${elements.map(row)}
    </tbody>
  </table>`;
}

function conflicts({ conflicts: list }: PatientView): Markup | false {
  return (
    list.length > 0 &&
    html`<section class="conflict" aria-label="Conflicts">
      <h2>Sources that contradict each other</h2>
      <ul>
        ${list.map(
          ({ elements, facts }) =>
            html`<li>
              ${elements.join(', ')}:
              ${facts.map((fact, index) => html`${index > 0 && ' / '}${fact.label} (${sourceNames(fact.sources)}${fact.status !== undefined && `, ${fact.status}`})`)}
            </li>`,
        )}
      </ul>
    </section>`
  );
}

function section(title: string, facts: readonly Fact[]): Markup {
  if (facts.length === 0)
    return html`<h2>${title}</h2>
      <p>None in the sources that answered.</p>`;
  return html`<table>
    <caption>
      ${title}
    </caption>
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">When</th>
        <th scope="col">Value</th>
        <th scope="col">Status</th>
        <th scope="col">Sources</th>
      </tr>
    </thead>
    <tbody>
      ${facts.map(factRow)}
    </tbody>
  </table>`;
}

/** To the minute, as the source's clock showed it; the full text, with its offset, is in the markup. */
function moment(date: string | undefined): Markup | undefined {
  if (date === undefined) return undefined;
  return html`<time datetime="${date}">${date.slice(0, 16).replace('T', ' ')}</time>`;
}

function factRow(fact: Fact): Markup {
  return html`<tr>
    <td>
      ${fact.label} ${fact.conflicts.length > 0 && html`<span class="flag">contradicted</span>`}
      ${fact.differences.length > 0 && html`<span class="flag">sources differ in ${fact.differences.join(', ')}</span>`}
    </td>
    <td class="when">${moment(fact.date)}</td>
    <td>${fact.value}</td>
    <td>${fact.status}</td>
    <td>
      <ul class="plain">
        ${fact.sources.map((source) => html`<li>${sourceName(source)} <small>${source.system}</small></li>`)}
      </ul>
    </td>
  </tr>`;
}

function sources({ sources: list }: PatientView): Markup | false {
  return (
    list.length > 0 &&
    html`<table>
      <caption>
        Sources asked
      </caption>
      <thead>
        <tr>
          <th scope="col">Custodian</th>
          <th scope="col">Answer</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        ${list.map(
          ({ custodian, custodianName, status, milliseconds }) =>
            html`<tr>
              <td>${custodianName ?? custodian ?? 'Not named'}</td>
              <td>${status}</td>
              <td>${milliseconds !== undefined && `${milliseconds} ms`}</td>
            </tr>`,
        )}
      </tbody>
    </table>`
  );
}

function sourceNames(list: readonly FactSource[]): string {
  return [...new Set(list.map(sourceName))].join(', ');
}

function sourceName({ custodian, custodianName }: FactSource): string {
  return custodianName === undefined ? custodian : `${custodianName} (${custodian})`;
}
