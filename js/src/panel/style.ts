/** A sheet that is made here is no inline style, and so no policy forbids it. */
export function styleSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  return sheet
}

const STYLE = `
:host {
  all: initial;
  position: fixed;
  inset: auto 1rem 1rem auto;
  z-index: 2147483647;
  color-scheme: light dark;
  --ink: light-dark(#1b1f24, #e9edf1);
  --faint: light-dark(#57606a, #a3adb8);
  --line: light-dark(#d5dae0, #3a424b);
  --ground: light-dark(#fff, #16191d);
  --raised: light-dark(#f4f6f8, #20252b);
  --accent: light-dark(#0b57d0, #8ab4f8);
  font: 14px/1.45 system-ui, sans-serif;
  color: var(--ink);
}
section {
  box-sizing: border-box;
  display: flex;
  flex-direction: column;
  width: min(27rem, calc(100vw - 2rem));
  max-height: min(40rem, calc(100vh - 2rem));
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--ground);
  box-shadow: 0 8px 30px rgb(0 0 0 / 25%);
  overflow: hidden;
}
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.5rem 0.75rem; padding: 0.75rem 1rem; }
h2 { margin: 0; font-size: 15px; }
p { margin: 0; }
header p, .why, .about { color: var(--faint); font-size: 12.5px; }
input, select, textarea, button { font: inherit; color: inherit; }
input, select, textarea {
  box-sizing: border-box;
  width: 100%;
  padding: 0.3rem 0.5rem;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: var(--ground);
}
textarea { font-family: ui-monospace, monospace; min-height: 4.5em; resize: vertical; }
button { padding: 0.25rem 0.6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
ul { margin: 0; padding: 0; list-style: none; overflow-y: auto; border-top: 1px solid var(--line); }
ul > li + li { border-top: 1px solid var(--line); }
.flag {
  display: flex;
  gap: 0.75rem;
  justify-content: space-between;
  width: 100%;
  padding: 0.5rem 1rem 0;
  border: 0;
  border-radius: 0;
  background: none;
  text-align: start;
  overflow-wrap: anywhere;
}
.flag b { font-weight: 600; }
.flag:focus-visible { outline-offset: -2px; }
.variant { font-family: ui-monospace, monospace; }
.about { padding: 0 1rem 0.5rem; }
.mark { color: var(--accent); font-weight: 600; }
.more { display: grid; gap: 0.6rem; padding: 0.6rem 1rem 0.8rem; background: var(--raised); }
.more code { font: 12.5px/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
ol { margin: 0; padding-inline-start: 1.4rem; font-size: 12.5px; }
.decided { font-weight: 600; }
form { display: grid; gap: 0.5rem; }
label { display: grid; gap: 0.15rem; font-size: 12.5px; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: start; }
.wrong { color: light-dark(#b3261e, #f2b8b5); }
[hidden] { display: none; }
`
