/**
 * One daemon of the lab by hand, until Ctrl-C:
 *
 *     node --import tsx interop/lab.ts up strongswan '{"ike":["aes256-sha256-modp2048"],"version":2}'
 *     node --import tsx interop/lab.ts up libreswan '{"version":1}'
 *     node --import tsx interop/lab.ts up openiked '{"ike":["enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048"]}'
 *     node --import tsx interop/lab.ts up strongswan '{"release":"6.0.1"}'
 *     node --import tsx interop/lab.ts install [--releases]
 *
 * Prints one JSON line {namespace, address4, address6, pid}; `namespace` is the client's: ip netns exec <namespace> …
 */
import { install } from './daemons/install.ts';
import { createLab } from './daemons/lab.ts';

const DEFAULTS = {
  strongswan: ['aes256-sha256-modp2048'],
  libreswan: ['aes256-sha2_256-modp2048'],
  openiked: ['enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048'],
} as const;
const USAGE = `usage: interop/lab.ts install [--releases]\n       interop/lab.ts up strongswan|libreswan|openiked ['{"ike": [...], ...}']\n`;

const [command, kind, json = '{}'] = process.argv.slice(2);
if (command === 'install') await install((step) => process.stderr.write(`lab: ${step}\n`), kind === '--releases');
else if (command === 'up' && (kind === 'strongswan' || kind === 'libreswan' || kind === 'openiked')) await up(kind, json);
else {
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

async function up(daemon: 'strongswan' | 'libreswan' | 'openiked', options: string): Promise<void> {
  const lab = await createLab('hand');
  // What a hand typed is handed on as it is: the daemon says what is wrong with it.
  const { address4, address6, pid } = await lab[daemon]({ ike: DEFAULTS[daemon], ...JSON.parse(options) });
  process.stdout.write(`${JSON.stringify({ namespace: lab.client, address4, address6, pid })}\n`);
  setInterval(() => undefined, 60_000);
}
