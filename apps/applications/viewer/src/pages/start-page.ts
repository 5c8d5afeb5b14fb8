import type { DemoProfessional } from '../demo-sign-in.js';
import { html, type Markup } from '../html.js';
import { layout } from './layout.js';

/** Who asks, about whom and why. The BSN goes into the body of the request, never into an address. */
export function startPage(professionals: readonly DemoProfessional[], problem?: string): string {
  return layout(
    'Ask for a patient view',
    html`<h1>Ask for a patient view</h1>
      ${problem !== undefined && html`<p class="missing" role="alert">${problem}</p>`}
      <form method="post" action="/view" autocomplete="off">
        <label
          >Professional
          <select name="professional">
            ${professionals.map(option)}
          </select></label
        >
        <label>
          Citizen service number (BSN) of the patient
          <input
            name="bsn"
            inputmode="numeric"
            pattern="[0-9]{9}"
            maxlength="9"
            required
            aria-describedby="bsn-hint"
          />
        </label>
        <small id="bsn-hint"
          >Nine digits. Fictional persons of the demonstration: 900186021, 999901370, 999911120.</small
        >
        <label
          >Purpose
          <select name="purpose">
            <option value="TREAT">Treatment</option>
          </select></label
        >
        <button>Show the patient view</button>
      </form>`,
  );
}

function option({ deziNumber, name, role, organisation }: DemoProfessional): Markup {
  return html`<option value="${deziNumber}">${name}, ${role}, ${organisation}</option>`;
}
