/** Certificates and keys made by openssl(1) when the tests run; nothing of them is kept. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const OPENSSL = spawnSync('openssl', ['version']).status === 0;
export const WITHOUT = OPENSSL ? '' : ' (skipped: no openssl)';

/** Arguments of `openssl genpkey`. */
export const KINDS = {
  'RSA-2048': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'RSA-4096': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:4096'],
  'RSA-PSS': ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'P-256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  Ed25519: ['-algorithm', 'ED25519'],
  Ed448: ['-algorithm', 'ED448'],
} as const;
export type Kind = keyof typeof KINDS;

export interface Made {
  readonly name: string;
  readonly pem: string;
  readonly keyPem: string;
  readonly der: Uint8Array;
  readonly pkcs8: Uint8Array;
}

export interface Wishes {
  readonly kind?: Kind;
  readonly subject?: string;
  readonly issuer?: Made;
  /** Lines of an extensions section. */
  readonly extensions?: readonly string[];
  /** Extra arguments of `openssl x509 -req`, such as `-sha384`. */
  readonly signing?: readonly string[];
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** A directory with an `openssl ca` in it. */
export class Authority {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'ike-certificates-'));
  #count = 0;

  /** A certificate with a key of its own; self-signed without an issuer. */
  make({
    kind = 'P-256',
    subject = '/C=CH/O=Example/CN=one',
    issuer,
    extensions = [],
    signing = [],
    notBefore,
    notAfter,
  }: Wishes = {}): Made {
    const name = `c${this.#count++}`;
    const at = (suffix: string): string => join(this.directory, name + suffix);
    this.run(['genpkey', ...KINDS[kind], '-out', at('.key')]);
    this.run(['req', '-new', '-utf8', '-key', at('.key'), '-subj', subject, '-out', at('.csr')]);
    writeFileSync(at('.cnf'), this.#settings(extensions));
    writeFileSync(join(this.directory, 'index.txt'), '');
    writeFileSync(join(this.directory, 'serial'), `10${this.#count.toString(16).padStart(4, '0')}\n`);
    const signer = issuer
      ? ['-cert', join(this.directory, `${issuer.name}.pem`), '-keyfile', join(this.directory, `${issuer.name}.key`)]
      : ['-selfsign', '-keyfile', at('.key')];
    const times = [...(notBefore ? ['-startdate', notBefore] : []), ...(notAfter ? ['-enddate', notAfter] : ['-days', '365'])];
    this.run(['ca', '-batch', '-notext', '-config', at('.cnf'), '-in', at('.csr'), '-out', at('.pem'), ...signer, ...times, ...signing]);
    this.run(['x509', '-in', at('.pem'), '-outform', 'DER', '-out', at('.der')]);
    this.run(['pkcs8', '-topk8', '-nocrypt', '-in', at('.key'), '-outform', 'DER', '-out', at('.p8')]);
    const octets = (suffix: string): Uint8Array => Uint8Array.from(readFileSync(at(suffix)));
    return {
      name,
      pem: readFileSync(at('.pem'), 'utf8'),
      keyPem: readFileSync(at('.key'), 'utf8'),
      der: octets('.der'),
      pkcs8: octets('.p8'),
    };
  }

  /** Standard output of an openssl command. */
  run(args: readonly string[], input?: Uint8Array): Buffer {
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: this.directory, timeout: 60_000, ...(input && { input }) });
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
    return stdout;
  }

  /** Takes the directory away. */
  close(): void {
    rmSync(this.directory, { recursive: true });
  }

  #settings(extensions: readonly string[]): string {
    return [
      '[ca]\ndefault_ca=x\n[x]',
      `database=${this.directory}/index.txt\nserial=${this.directory}/serial\nnew_certs_dir=${this.directory}`,
      'default_md=default\npolicy=p\nunique_subject=no\nx509_extensions=e\nemail_in_dn=yes\npreserve=yes',
      '[p]\ncountryName=optional\norganizationName=optional\norganizationalUnitName=optional\ncommonName=optional\nemailAddress=optional',
      '[e]',
      ...extensions,
    ].join('\n');
  }
}

/** As an authority's certificate has them. */
export const CA: readonly string[] = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
