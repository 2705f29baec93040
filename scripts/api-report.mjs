/**
 * The public surface as text: one report per entry point under docs/api, so that a breaking change shows in a diff.
 *
 *     node scripts/api-report.mjs            compares; ends with 1 and the differences when a report is not true any more
 *     node scripts/api-report.mjs --update   writes the reports
 *
 * Needs a build.
 */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ENTRIES = [
  'proposals',
  'proposals/connections',
  'ike',
  'ike/crypto',
  'ike/exchanges',
  'node-crypto',
  'ike/decryption',
  'probe',
  'report',
];
const root = resolve(import.meta.dirname, '..');
const update = process.argv.includes('--update');
const scratch = mkdtempSync(join(tmpdir(), 'ike-probe-api-'));
let stale = 0;
try {
  for (const entry of ENTRIES) stale += report(entry) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (stale > 0) {
  process.stderr.write('The public surface differs from docs/api. If that is meant: npm run api -- --update\n');
  process.exitCode = 1;
}

/** Whether the report on disk is true (now). */
function report(entry) {
  const extractorConfig = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, 'dist', entry, 'index.d.ts'),
      compiler: { tsconfigFilePath: join(root, 'tsconfig.json') },
      apiReport: {
        enabled: true,
        reportFileName: `${entry.replaceAll('/', '-')}.api.md`,
        reportFolder: join(root, 'docs/api'),
        reportTempFolder: scratch,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
  const { apiReportChanged, succeeded, errorCount } = Extractor.invoke(extractorConfig, {
    localBuild: update,
    messageCallback: (message) => {
      if (message.logLevel === ExtractorLogLevel.Error) process.stderr.write(`${message.text}\n`);
      message.handled = true;
    },
  });
  if (errorCount > 0 || !succeeded) process.stderr.write(`docs/api/${entry}.api.md: not made\n`);
  else process.stderr.write(`docs/api/${entry}.api.md: ${apiReportChanged ? (update ? 'written' : 'differs') : 'true'}\n`);
  return errorCount === 0 && (update || !apiReportChanged);
}
