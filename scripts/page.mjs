/**
 * The template of the report page: markup, style and script of src/report/web in one HTML file, with a policy that allows no other script,
 * style or address. Run after the compiler; does nothing when the template is newer than its sources. See src/report/html/document.ts.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCES = new URL('../src/report/', import.meta.url);
const TEMPLATE = fileURLToPath(new URL('../dist/report/page.html', import.meta.url));

/** Writes the template when it is out of date. */
export async function buildPage() {
  const made = statSync(TEMPLATE, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (made > newest(SOURCES) && made > statSync(fileURLToPath(import.meta.url)).mtimeMs) return;
  const text = await pageTemplate();
  mkdirSync(dirname(TEMPLATE), { recursive: true });
  writeFileSync(TEMPLATE, text);
}

/** The template's text. */
export async function pageTemplate() {
  const [script, style] = await Promise.all([bundled('web/main.tsx'), bundled('web/style/all.css')]);
  const policy = `default-src 'none'; script-src '${digest(script)}'; style-src '${digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title><!--title--></title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript><pre><!--text--></pre></noscript>
<!-- This page contains Preact, (c) Jason Miller and others, MIT licence. -->
<!--run-->
<script>${script}</script>
<!--details-->
</body>
</html>
`;
}

async function bundled(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, SOURCES))],
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    outdir: 'page',
    logLevel: 'warning',
  });
  const text = outputFiles[0].text.trim();
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`${path} holds what would end its element`);
  return text;
}

function digest(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function newest(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((last, { parentPath, path, name }) => Math.max(last, statSync(`${parentPath ?? path}/${name}`).mtimeMs), 0);
}
