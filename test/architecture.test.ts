/**
 * Who may import whom, and what the core must not touch. ARCHITECTURE.md says why; this says it to the compiler's face.
 *
 * An edge that is not listed here fails. Listing one more is a decision about the design, not a fix.
 */
import { describe, it } from 'mocha';
import { expect } from 'chai';
import { build, transform } from 'esbuild';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Directory of src → what its files may import from elsewhere in src: a directory, a file without `.ts`, or `dir/*`. */
const EDGES: Readonly<Record<string, { readonly may: readonly string[]; readonly types?: readonly string[] }>> = {
  proposals: { may: [] },
  ike: { may: ['proposals/model', 'proposals/algorithms', 'proposals/wire/*'] },
  config: { may: ['proposals/*'] },
  evidence: { may: ['proposals/*', 'ike/*', 'config/*'] },
  'node-crypto': { may: ['ike/*'] },
  net: { may: ['ike/exchanges/*', 'usage-error'], types: ['ike/*'] },
  // The report is data, its sentences and findings included: they are made where the facts are, in the words of `report`.
  probe: {
    may: [
      'proposals/*',
      'ike/*',
      'net/*',
      'report/explain',
      'report/explain-sessions',
      'report/findings',
      'report/strength',
      'report/terminal',
    ],
  },
  report: { may: ['proposals/*', 'ike/numbers', 'ike/vendors'], types: ['probe/*', 'ike/*'] },
  cli: { may: ['*'] },
};

/** Packages and Node's own modules → the directories of src that may import them. `node:` modules not named here are free to `net`, `node-crypto` and `cli`. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli'],
  picocolors: ['cli', 'report'],
  preact: ['report'],
  'dgram-as-promised': ['net'],
  '@noble/ciphers': ['ike'],
  '@noble/curves': ['ike'],
  '@noble/hashes': ['ike'],
  '@noble/post-quantum': ['ike'],
  asn1js: ['ike'],
  'node:dgram': ['net'],
  'node:crypto': ['node-crypto', 'net', 'cli'],
  'node:fs': ['cli'],
  'node:fs/promises': ['cli'],
};
const NODE = ['net', 'node-crypto', 'cli'];

/** Named for the universe that it holds: `--universe common`. */
const COMMON_UNIVERSE = 'src/proposals/universes/common.ts';

/** Directories without clock, randomness, terminal or environment. */
const CORE = ['proposals', 'ike', 'config'];

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

function sources(directory: string): string[] {
  if (!existsSync(join(ROOT, directory))) return [];
  const entries = readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' });
  return entries.filter((entry) => /\.tsx?$/.test(entry)).map((entry) => `${directory}/${entry.replaceAll('\\', '/')}`);
}

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The import lines of a file, `export … from` and `import()` included. */
function importsOf(file: string): Import[] {
  const text = textOf(file);
  const lines = [...text.matchAll(/^[ \t]*(?:import|export)\s+(type\s+)?([^'";=]*?from\s*)?'([^']+)'/gm)];
  const dynamic = [...text.matchAll(/^(?![ \t]*(?:\*|\/\/)).*\bimport\('([^']+)'\)/gm)];
  return [
    ...lines.map(([, type, names = '', from = '']) => ({ file, from, typeOnly: type !== undefined || onlyTypes(names) })),
    ...dynamic.map(([, from = '']) => ({ file, from, typeOnly: false })),
  ];
}

/** "{ type A, type B } from". */
function onlyTypes(names: string): boolean {
  const inner = /^\{([^}]*)\}/.exec(names.trim())?.[1];
  const list = inner
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return list !== undefined && list.length > 0 && list.every((name) => name.startsWith('type '));
}

/** "src/ike/payloads/sa.ts" importing "../../proposals/model.ts" → "proposals/model". */
function target({ file, from }: Import): string {
  return normalize(join(dirname(file), from))
    .replaceAll('\\', '/')
    .replace(/^src\//, '')
    .replace(/\.tsx?$/, '');
}

const areaOf = (file: string): string => file.split('/')[1] ?? '';

const covers = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1)));

/** `@noble/hashes/sha2.js` → `@noble/hashes`, `preact/hooks` → `preact`. */
const packageOf = (from: string): string => {
  if (from.startsWith('node:')) return from;
  return from.split('/', from.startsWith('@') ? 2 : 1).join('/');
};

/** The imports that no line of the tables allows, as "file → target". */
function forbidden(all: readonly Import[]): string[] {
  const bad = all.filter((one) => {
    const area = areaOf(one.file);
    if (!one.from.startsWith('.'))
      return !(PACKAGES[packageOf(one.from)] ?? PACKAGES[one.from] ?? (one.from.startsWith('node:') ? NODE : [])).includes(area);
    const path = target(one);
    const edges = EDGES[area];
    if (edges === undefined || path.startsWith(`${area}/`)) return edges === undefined;
    return ![...edges.may, ...(one.typeOnly ? (edges.types ?? []) : [])].some((pattern) => covers(pattern, path));
  });
  return bad.map((one) => `${one.file} → ${one.from}${one.typeOnly ? ' (types)' : ''}`);
}

/** The code of a file without comments, types and spaces: "new Date" stays, talk of it goes. */
async function codeOf(file: string): Promise<string> {
  return (
    await transform(textOf(file), {
      loader: file.endsWith('x') ? 'tsx' : 'ts',
      minifyWhitespace: true,
      legalComments: 'none',
      target: 'es2022',
    })
  ).code;
}

async function filesWith(files: readonly string[], pattern: RegExp): Promise<string[]> {
  const found = await Promise.all(files.map(async (file) => ({ file, hit: pattern.exec(await codeOf(file))?.[0] })));
  return found.filter(({ hit }) => hit !== undefined).map(({ file, hit }) => `${file}: ${hit}`);
}

describe('the architecture', function () {
  this.timeout(20_000);
  const files = sources('src').filter((file) => file.split('/').length > 2);

  it('has no directory of src without a rule', () => {
    expect([...new Set(files.map(areaOf))].filter((area) => EDGES[area] === undefined)).to.deep.equal([]);
  });

  it('has no import that is not listed', () => {
    expect(forbidden(files.flatMap(importsOf))).to.deep.equal([]);
  });

  it('lets the front door import the directories by their index only', () => {
    const doors = sources('src').filter((file) => file.split('/').length === 2);
    const bad = doors.flatMap(importsOf).filter(({ from }) => !/^\.\/[a-z-]+\/index\.ts$/.test(from));
    expect(bad.map(({ file, from }) => `${file} → ${from}`)).to.deep.equal([]);
  });

  it('lets interop, examples and bench use what the package exports, no more', () => {
    const outside = ['interop', 'examples', 'bench'].flatMap(sources).flatMap(importsOf);
    const bad = outside.filter((one) => one.from.includes('src/') && !/\/src\/([a-z-]+\/){0,2}index\.ts$/.test(one.from));
    expect(bad.map(({ file, from }) => `${file} → ${from}`)).to.deep.equal([]);
  });

  it('keeps clock, randomness, terminal and environment out of the core', async () => {
    const core = files.filter((file) => CORE.includes(areaOf(file)));
    const impure =
      /\bnew Date\b|\bDate[.(]|\bMath\.random\b|\b(?:console|process|performance|globalThis|crypto)[.[]|\bset(?:Timeout|Interval)\(/;
    expect(await filesWith(core, impure)).to.deep.equal([]);
  });

  it('lets only the command line touch the process and the console', async () => {
    const others = files.filter((file) => areaOf(file) !== 'cli');
    expect(await filesWith(others, /(?<![.\w])(?:console|process)[.[]/)).to.deep.equal([]);
  });

  it('keeps what a browser brings to the page, and lets the page make no markup of text', async () => {
    const page = files.filter((file) => file.startsWith('src/report/web/'));
    const others = files.filter((file) => !page.includes(file));
    expect(others.flatMap(importsOf).filter(({ from }) => from.startsWith('preact') || from.includes('/web/'))).to.deep.equal([]);
    expect(
      await filesWith(
        page,
        /dangerouslySetInnerHTML|\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(|\bfetch\(/,
      ),
    ).to.deep.equal([]);
  });

  it('has no default export and no file of mixed bags', async () => {
    expect(await filesWith(sources('src'), /\bexport default\b/)).to.deep.equal([]);
    expect(files.filter((file) => /\b(?:utils?|helpers?|manager|misc|common)\.ts$/.test(file) && file !== COMMON_UNIVERSE)).to.deep.equal(
      [],
    );
  });

  it('bundles the core for a browser', async () => {
    const entryPoints = ['src/proposals/index.ts', 'src/ike/index.ts'].map((file) => join(ROOT, file));
    const { warnings, outputFiles } = await build({
      entryPoints,
      bundle: true,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      write: false,
      outdir: join(ROOT, 'dist/browser'),
      logLevel: 'silent',
    });
    expect(warnings).to.deep.equal([]);
    expect(outputFiles).to.have.length(2);
  });

  describe('the reader of import lines', () => {
    const judge = (file: string, from: string, typeOnly = false): boolean => forbidden([{ file, from, typeOnly }]).length === 0;
    const cases: [file: string, from: string, typeOnly: boolean, allowed: boolean][] = [
      ['src/proposals/wire/sa.ts', '../model.ts', false, true],
      ['src/proposals/model.ts', '../ike/header.ts', true, false],
      ['src/ike/payloads/sa.ts', '../../proposals/wire/sa.ts', false, true],
      ['src/ike/payloads/sa.ts', '../../proposals/policy.ts', false, false],
      ['src/ike/header.ts', 'node:crypto', false, false],
      ['src/net/drive.ts', '../ike/header.ts', true, true],
      ['src/net/drive.ts', '../ike/header.ts', false, false],
      ['src/net/drive.ts', '../proposals/model.ts', true, false],
      ['src/probe/oracle.ts', 'node:dgram', false, false],
      ['src/probe/probe.ts', '../report/findings.ts', false, true],
      ['src/probe/probe.ts', '../report/text.ts', false, false],
      ['src/report/text.ts', '../probe/result.ts', true, true],
      ['src/report/text.ts', '../probe/probe.ts', false, false],
      ['src/cli/main.ts', '../probe/probe.ts', false, true],
      ['src/elsewhere/a.ts', './b.ts', false, false],
    ];
    for (const [file, from, typeOnly, allowed] of cases) {
      it(`${allowed ? 'allows' : 'forbids'} ${file} → ${from}${typeOnly ? ' (types)' : ''}`, () => {
        expect(judge(file, from, typeOnly)).to.equal(allowed);
      });
    }

    it('sees imports over several lines, and which are types only', () => {
      expect(onlyTypes('{ type A,\n  type B } from')).to.equal(true);
      expect(onlyTypes('{ type A, b } from')).to.equal(false);
      const own = importsOf('test/architecture.test.ts').map(({ from }) => from);
      expect(own).to.include.members(['mocha', 'esbuild', 'node:url']);
    });
  });
});
