import { html, type Markup } from '../html.js';

/** The frame of every page. */
export function layout(title: string, content: Markup): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Samenhang viewer</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <a href="/">Samenhang viewer</a> <span class="note">Demonstration with fictional persons</span>
        </header>
        <main>${content}</main>
      </body>
    </html>`;
  return page.text;
}

export function errorPage(text: string, details: readonly string[] = []): string {
  return layout(
    'Not available',
    html`<h1>No view</h1>
      <p role="alert">${text}</p>
      ${
        details.length > 1 &&
        html`<ul>
          ${details.map((detail) => html`<li>${detail}</li>`)}
        </ul>`
      }
      <p><a href="/">Back</a></p>`,
  );
}

export const styleSheet = `
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; color: #1a1a1a; background: #fff; }
header { padding: .75rem 1.5rem; background: #12355b; color: #fff; }
header a { color: #fff; font-weight: 600; text-decoration: none; }
.note { opacity: .85; margin-left: 1rem; font-size: .875rem; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.5rem 3rem; }
form { display: grid; gap: .75rem; max-width: 28rem; }
label { display: grid; gap: .25rem; font-weight: 600; }
input, select, button { font: inherit; padding: .5rem; border: 1px solid #555; border-radius: .25rem; }
button { background: #12355b; color: #fff; cursor: pointer; }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible { outline: 3px solid #e08a00; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; margin: .25rem 0 1.5rem; }
caption { text-align: left; font-size: 1.15rem; font-weight: 600; padding: .5rem 0; }
td.when { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #ccc; }
.missing { border-left: .35rem solid #b00020; background: #fdecee; padding: .5rem 1rem; }
.conflict { border-left: .35rem solid #e08a00; background: #fff4e0; padding: .5rem 1rem; }
.flag { font-size: .875rem; font-weight: 600; color: #8a4b00; }
ul.plain { list-style: none; margin: 0; padding: 0; }
`;
